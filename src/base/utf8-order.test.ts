import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { compareBytes, utf8 } from './bytes.ts'
import { compareUtf8 } from './utf8-order.ts'

test('compareUtf8() has the order of the bytes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '퟿', '', '￿', '𐀀', '💛') })
  fc.assert(
    fc.property(text, text, (a, b) => {
      const byBytes = Math.sign(compareBytes(utf8(a), utf8(b)))
      assert.equal(Math.sign(compareUtf8(a, b)), byBytes)
    }),
  )
})
