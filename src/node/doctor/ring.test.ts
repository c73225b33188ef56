import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Ring } from '../../wire/api.ts'
import { enrolledAs } from '../../wire/member.test-helper.ts'
import { Findings, type Finding } from './finding.ts'
import { examineRing } from './ring.ts'

const ALL = ['n1', 'n2', 'n3']

function findingsOf(margin: number, changed: Partial<Ring> = {}): readonly Finding[] {
  const findings: Finding[] = []
  const ring: Ring = {
    ringId: 'r',
    self: 'n1',
    members: [],
    partitions: [{ id: 0, leader: '', voters: ALL, learners: [], margin, moves: [] }],
    mayFail: 0,
    enrolled: ALL.map((name) => enrolledAs(name, { isUp: name === 'n1' })),
    ...changed,
  }
  examineRing(new Findings('ring', findings), ring, '0.1.0')
  return findings
}

test('examineRing() advises to take nobody out of a list that cannot be written', () => {
  const adviceOf = (margin: number): readonly string[] =>
    findingsOf(margin).flatMap(({ advice = '', check }) => (check === 'reach' ? [advice] : []))
  assert.match(adviceOf(0)[0] ?? '', /npx anillo member remove n2/)
  assert.equal(adviceOf(-1).length, 2)
  for (const advice of adviceOf(-1)) assert.match(advice, /^Start it, .* reached\.$/)
})

test('examineRing() finds chunks that nobody has', () => {
  const lostOf = (lost: number): readonly Finding[] => {
    const chunks = { bytesLeft: 0, doneInMs: null, damaged: 0, healed: 0, lost }
    return findingsOf(0, { chunks }).filter(({ check }) => check === 'chunks.lost')
  }
  assert.deepEqual(lostOf(0), [])
  const [told] = lostOf(4)
  assert.equal(told?.level, 'wrong')
  assert.match(told?.text ?? '', /no member has a copy of 4 chunks/)
})
