import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ManualClock } from '../../effects/manual-clock.test-helper.ts'
import { BLOCK_BYTES } from '../../wire/chunk-methods.ts'
import { Arrivals } from './arrivals.ts'
import { ARRIVAL_WAIT_MS } from './limits.ts'

const HASH = 'a'.repeat(64)

test('block() waits until the block stands in its place, and gives a copy', async () => {
  const arrivals = new Arrivals(new ManualClock())
  const place = new Uint8Array(BLOCK_BYTES + 3)
  const arrival = arrivals.begin(HASH, place)
  const [first, second] = [arrivals.block(HASH, 0), arrivals.block(HASH, 1)]
  place.fill(7, BLOCK_BYTES)
  arrival.came(1)
  assert.deepEqual(await second, Uint8Array.of(7, 7, 7))
  place.fill(5)
  arrival.came(0)
  const given = await first
  place.fill(0)
  assert.deepEqual(given, new Uint8Array(BLOCK_BYTES).fill(5))
})

test('block() gives nothing of what is not on its way, or did not come', async () => {
  const arrivals = new Arrivals(new ManualClock())
  assert.equal(await arrivals.block(HASH, 0), undefined)
  arrivals.begin(HASH, new Uint8Array(10))
  const waiting = arrivals.block(HASH, 0)
  arrivals.end(HASH)
  assert.equal(await waiting, undefined)
  assert.equal(await arrivals.block(HASH, 0), undefined)
})

test('begun() settles when the chunk comes, does not, or has not in time', async () => {
  const clock = new ManualClock()
  const arrivals = new Arrivals(clock)
  const [comes, doesNot] = [arrivals.begun(HASH), arrivals.begun('b'.repeat(64))]
  arrivals.begin(HASH, new Uint8Array(10))
  await comes
  await arrivals.begun(HASH)
  arrivals.tell('b'.repeat(64))
  await doesNot
  const late = arrivals.begun('c'.repeat(64))
  assert.equal(clock.waiting, 1)
  clock.advance(ARRIVAL_WAIT_MS)
  await late
  assert.equal(clock.waiting, 0)
})
