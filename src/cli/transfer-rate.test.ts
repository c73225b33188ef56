import assert from 'node:assert/strict'
import { test } from 'node:test'

import { TransferRate } from './transfer-rate.ts'

test('TransferRate tells how fast it went of late, and nothing in the first second', () => {
  const rate = new TransferRate(0)
  rate.moved(500, 500)
  assert.equal(rate.bytesPerSecond(500, 500), undefined)
  for (let atMs = 1_000; atMs <= 20_000; atMs += 500) rate.moved(atMs, atMs)
  assert.equal(rate.bytesPerSecond(20_000, 20_000), 1_000)
  // Ten times as fast from then on: after the span only that counts.
  for (let atMs = 20_500; atMs <= 40_000; atMs += 500) {
    rate.moved(20_000 + (atMs - 20_000) * 10, atMs)
  }
  assert.equal(rate.bytesPerSecond(220_000, 40_000), 10_000)
})

test('TransferRate falls when nothing moves any more', () => {
  const rate = new TransferRate(0)
  rate.moved(10_000, 1_000)
  assert.equal(rate.bytesPerSecond(10_000, 2_000), 5_000)
  assert.equal(rate.bytesPerSecond(10_000, 8_000), 1_250)
})
