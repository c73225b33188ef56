import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SeededChance } from '../../../base/random.ts'
import { Machine, valueOf } from '../../../store/partition/machine.test-helper.ts'
import { partitionOfAddress, SHARE_MS, type Share, type ShareInput } from './address-procedures.ts'
import { CRAWL_PROCEDURES } from './procedures.ts'

const ADDRESS = '192.0.2.7'

function open() {
  const machine = new Machine({
    partition: partitionOfAddress(ADDRESS),
    procedures: CRAWL_PROCEDURES,
  })
  machine.timeMs = 1_700_000_000_000
  const ask = (host: number, more: Partial<ShareInput> = {}): Share => {
    const named = { address: ADDRESS, host: `http://h${host}.example`, fence: 1 }
    return valueOf(machine.call('crawl.share', { ...named, want: 1, max: 2, ...more })) as Share
  }
  return { machine, ask }
}

test('two hosts of an address have a connection each, the third waits, in its place in the line', () => {
  const { ask, machine } = open()
  assert.equal(ask(1).given, 1)
  assert.deepEqual(ask(2).given, 1)
  assert.equal(ask(3).given, 0)
  assert.equal(ask(4).given, 0)
  assert.equal(ask(1).given, 1)
  assert.ok(ask(1).isWaitedFor)
  ask(1, { want: 0 })
  assert.equal(ask(4).given, 0, 'the third comes before the fourth')
  assert.equal(ask(1).given, 0, 'and both before who had its turn')
  assert.equal(ask(3).given, 1)
  machine.timeMs += SHARE_MS
  assert.equal(ask(4).given, 1, 'what nobody lengthens is free')
})

test('a crawl that asks for more has it where nobody else asks, and never more with others', () => {
  const { ask } = open()
  assert.equal(ask(1, { want: 6, max: 6 }).given, 6)
  assert.equal(ask(2).given, 0)
  assert.equal(ask(1, { want: 6, max: 6 }).given, 6, 'what is held is held')
  ask(1, { want: 0 })
  assert.equal(ask(2).given, 1)
  assert.equal(ask(1, { want: 6, max: 6 }).given, 5)
})

test('a scheduler that was followed by another gives nothing back', () => {
  const { ask, machine } = open()
  ask(1, { fence: 5 })
  const late = { address: ADDRESS, host: 'http://h1.example', fence: 4, want: 0, max: 1 }
  const answer = machine.call('crawl.share', late)
  assert.equal(answer.kind === 'refused' && answer.code, 'LOCK_LOST')
})

test('whatever hosts ask for, and whenever, the address bears no more than the most that one asks for', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const chance = new SeededChance(seed)
    const { ask, machine } = open()
    const held = new Map<number, { given: number; untilMs: number }>()
    for (let step = 0; step < 300; step++) {
      machine.timeMs += chance.below(4_000)
      const host = chance.below(80)
      const want = chance.below(3)
      const { given } = ask(host, { want, max: 2 })
      held.set(host, { given, untilMs: machine.timeMs + SHARE_MS })
      const all = [...held.values()].filter(({ untilMs }) => untilMs > machine.timeMs)
      const sum = all.reduce((total, one) => total + one.given, 0)
      assert.ok(sum <= 2, `seed ${seed}, step ${step}: ${sum} connections`)
    }
  }
})
