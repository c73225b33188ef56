import assert from 'node:assert/strict'
import { test } from 'node:test'

import { SharedBytes } from './shared-bytes.ts'

test('SharedBytes.take() gives zeros that nobody else has', () => {
  const shared = new SharedBytes()
  const arrays = Array.from({ length: 300 }, (_, i) => shared.take((i * 37) % 3_000))
  for (const [i, array] of arrays.entries()) {
    assert.equal(array.length, (i * 37) % 3_000)
    assert.ok(array.every((byte) => byte === 0))
    array.fill(i)
  }
  for (const [i, array] of arrays.entries()) assert.ok(array.every((byte) => byte === i % 256))
})

test('SharedBytes.copy() gives bytes that do not change with those they are of', () => {
  const shared = new SharedBytes()
  const bytes = new Uint8Array(100).fill(1)
  const copy = shared.copy(bytes)
  bytes.fill(2)
  assert.deepEqual(copy, new Uint8Array(100).fill(1))
})
