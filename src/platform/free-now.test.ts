import assert from 'node:assert/strict'
import { test } from 'node:test'

import { freeNow } from './free-now.ts'

test('freeNow() gives back memory that holds nothing else', () => {
  const alone = new Uint8Array(100_000)
  freeNow(alone)
  assert.equal(alone.buffer.detached, true)
  const shared = new Uint8Array(100_000).fill(3)
  freeNow(shared.subarray(1))
  assert.deepEqual(shared, new Uint8Array(100_000).fill(3))
})
