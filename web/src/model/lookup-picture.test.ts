import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { NetworkLookup } from '../../../src/wire/api-shares.ts'
import {
  hopMark,
  hopsByRound,
  hopSum,
  lookupPicture,
  sharedBits,
  type Hop,
} from './lookup-picture.ts'

const KEY = 'f'.repeat(40)
const idOf = (start: string): string => start.padEnd(40, '0')

function hop(start: string, more: Partial<Hop> = {}): Hop {
  return {
    id: idOf(start),
    host: '192.0.2.1',
    port: 1,
    round: 1,
    toldBy: null,
    askedMs: 0,
    tookMs: 10,
    state: 'answered',
    has: 'nothing',
    ...more,
  }
}

const LOOKUP: NetworkLookup = {
  number: 1,
  key: KEY,
  kind: 'records',
  tookMs: 50,
  asked: 3,
  answered: 2,
  rounds: 2,
  closest: [],
  hops: [
    hop('ff', { round: 2, toldBy: idOf('8'), tookMs: 40, has: 'value' }),
    hop('e', { tookMs: null, state: 'silent' }),
    hop('8', { tookMs: 20 }),
  ],
}

test('sharedBits() counts leading bits of hex digits', () => {
  assert.equal(sharedBits('f'.repeat(40), 'f'.repeat(40)), 160)
  assert.equal(sharedBits('0', '8'), 0)
  assert.equal(sharedBits('ff', 'fe'), 7)
  assert.equal(sharedBits('f0', 'f3'), 6)
})

test('hopMark() shows who has something, of those that answered', () => {
  assert.equal(hopMark(hop('0', { has: 'records' })), 'has')
  assert.equal(hopMark(hop('0')), 'answered')
  assert.equal(hopMark(hop('0', { state: 'forged', has: 'value' })), 'forged')
})

test('lookupPicture() has rounds from left to right, and the closest at the bottom', () => {
  const { hops, lines, longestMs, rounds, self } = lookupPicture(LOOKUP, 45)
  assert.deepEqual(
    rounds.map(({ round, x }) => [round, x]),
    [
      [1, 5],
      [2, 25],
    ],
  )
  const [closest, silent, farthest] = hops
  assert.ok(closest && silent && farthest)
  assert.ok(closest.y > silent.y && silent.y > farthest.y)
  assert.equal(longestMs, 40)
  assert.deepEqual([closest.from, closest.to], [26, 43])
  assert.deepEqual([farthest.from, farthest.to], [6, 14.5])
  assert.equal(silent.from, silent.to)
  assert.deepEqual(lines[0], {
    id: idOf('ff'),
    from: [farthest.to, farthest.y],
    to: [closest.from, closest.y],
  })
  assert.deepEqual(lines[1]?.from, [self.x, self.y])
})

test('lookupPicture() tells where as many bits are shared', () => {
  const { bands, height } = lookupPicture(LOOKUP, 45)
  assert.deepEqual(
    bands.map((band) => band.sharedBits),
    [8, 3, 1],
  )
  assert.ok(bands.every(({ y }) => y >= 0 && y < height))
  assert.ok((bands[0]?.y ?? 0) > (bands[1]?.y ?? 0))
})

test('of a look-up that asked nobody there is an empty picture', () => {
  const { height, hops, rounds } = lookupPicture({ ...LOOKUP, hops: [] }, 45)
  assert.ok(height > 0)
  assert.deepEqual([hops.length, rounds.length], [0, 1])
})

test('hopSum() and hopsByRound() tell the same in words and in rows', () => {
  assert.deepEqual(hopSum(LOOKUP.hops), { asked: 3, answered: 2, silent: 1, having: 1, rounds: 2 })
  assert.deepEqual(
    hopsByRound(LOOKUP.hops).map(({ id }) => id),
    [idOf('e'), idOf('8'), idOf('ff')],
  )
})
