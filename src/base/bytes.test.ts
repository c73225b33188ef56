import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { byteText, compareBytes } from './bytes.ts'

test('byteText() has one unit a byte, from any start, in the order of the bytes', () => {
  const bytes = fc.uint8Array({ maxLength: 40 })
  fc.assert(
    fc.property(bytes, bytes, fc.nat({ max: 40 }), (a, b, start) => {
      const from = Math.min(start, a.length)
      assert.equal(byteText(a, from), String.fromCharCode(...a.subarray(from)))
      const [first, second] = [byteText(a), byteText(b)]
      const order = first < second ? -1 : Number(first > second)
      assert.equal(order, Math.sign(compareBytes(a, b)))
    }),
  )
})
