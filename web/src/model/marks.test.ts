import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Partition } from '../../../src/wire/api.ts'
import { bandOf, partMarks, standingMarks } from './marks.ts'

const partition = (leader: string): Partition => ({
  id: 0,
  leader,
  voters: ['a', 'b', 'c'],
  learners: [],
  margin: 1,
})
const THREE = [partition('a'), partition('b'), partition('')]

const columnsOf = (path: string): readonly number[] =>
  [...path.matchAll(/M([\d.]+) /g)].map(([, x]) => Math.floor(Number(x)))

test('partMarks() stand in the columns of the partitions that they mean', () => {
  assert.deepEqual(columnsOf(partMarks(THREE, { member: 'a', part: 'leader' })), [0])
  assert.deepEqual(columnsOf(partMarks(THREE, { member: 'a', part: 'voter' })), [1, 2])
  assert.equal(partMarks(THREE, { member: 'a', part: 'learner' }), '')
})

test('standingMarks() put each partition into one kind', () => {
  assert.deepEqual(columnsOf(standingMarks(THREE, 'steady')), [0, 1])
  assert.deepEqual(columnsOf(standingMarks(THREE, 'leaderless')), [2])
})

test('bandOf() halves the row until its marks can be seen, and no further than 16', () => {
  assert.equal(bandOf(64, 700), 64)
  assert.equal(bandOf(64, 300), 32)
  assert.equal(bandOf(64, 140), 16)
  assert.equal(bandOf(64, 10), 16)
  assert.equal(bandOf(4, 10), 4)
  assert.equal(bandOf(0, 700), 1)
})
