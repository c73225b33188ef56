import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Partition, ReplicaMove } from '../../../src/wire/api.ts'
import { leftMsOf, watchRepairs } from './repairs.ts'

const MOVE: ReplicaMove = {
  kind: 'repair',
  to: 'f',
  from: 'e',
  waitsFor: null,
  sinceMs: 0,
  doneInMs: null,
  bytesCopied: null,
}

/** A ring with one move a partition, so far copied. */
function moving(...copied: readonly (number | null)[]): { readonly partitions: Partition[] } {
  return {
    partitions: copied.map((bytesCopied, id) => ({
      id,
      leader: 'a',
      voters: ['a'],
      learners: [],
      moves: [{ ...MOVE, bytesCopied }],
    })),
  }
}

const STILL = { partitions: [{ id: 0, leader: 'a', voters: ['a'], learners: [] }] }

test('watchRepairs() counts what is done from the most that was wanted, and ends with the moves', () => {
  const begun = watchRepairs(undefined, moving(null, null), 1_000)
  assert.deepEqual([begun?.wanted, begun?.left], [2, 2])
  const grown = watchRepairs(begun, moving(null, null, null, null), 2_000)
  const late = watchRepairs(grown, moving(null), 4_000)
  assert.deepEqual([late?.wanted, late?.left, late?.begunAtMs], [4, 1, 1_000])
  assert.equal(watchRepairs(late, STILL, 5_000), undefined)
  assert.equal(watchRepairs(undefined, STILL, 5_000), undefined)
})

test('watchRepairs() tells bytes a second, and a copy that begins anew takes nothing away', () => {
  const begun = watchRepairs(undefined, moving(0, 500), 0)
  const first = watchRepairs(begun, moving(2_000, 1_500), 1_000)
  assert.equal(first?.bytesPerSecond, 3_000)
  const second = watchRepairs(first, moving(0, 1_500), 2_000)
  assert.equal(second?.bytesPerSecond, 1_800)
  assert.equal(watchRepairs(second, moving(9, 1_500), 2_000)?.bytesPerSecond, 1_800)
})

test('leftMsOf() goes by the pace since the start, once there is one', () => {
  const watch = { begunAtMs: 0, toldAtMs: 6_000, copied: new Map(), bytesPerSecond: 0 }
  assert.equal(leftMsOf({ ...watch, wanted: 4, left: 3 }), undefined)
  assert.equal(leftMsOf({ ...watch, wanted: 8, left: 5 }), 10_000)
})
