import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { deflated, inflated } from './deflate.ts'

test('inflated() gives back what deflated() took', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
      const plain = inflated(deflated(bytes), bytes.length)
      assert.deepEqual(plain === undefined ? undefined : [...plain], [...bytes])
    }),
  )
})

test('inflated() gives nothing for another length, and for what is damaged', () => {
  const bytes = new Uint8Array(1_000).map((_, at) => at % 7)
  const packed = deflated(bytes)
  assert.equal(inflated(packed, 999), undefined)
  assert.equal(inflated(packed, 1_001), undefined)
  assert.equal(inflated(packed.subarray(0, -2), 1_000), undefined)
  assert.equal(inflated(new Uint8Array([7, 7, 7]), 1_000), undefined)
})
