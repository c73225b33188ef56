import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../test/properties.ts'
import { bytesOfHex, hexOf } from './hex.ts'

test('hexOf() writes each byte with two digits, bytesOfHex() reads them', () => {
  assert.equal(hexOf(Uint8Array.of(0, 10, 255)), '000aff')
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      assert.equal(hexOf(bytes), Buffer.from(bytes).toString('hex'))
      assert.deepEqual(bytesOfHex(hexOf(bytes)), bytes)
      assert.deepEqual(bytesOfHex(hexOf(bytes).toUpperCase()), bytes)
    }),
  )
})

test('bytesOfHex() takes no half byte', () => {
  assert.throws(() => bytesOfHex('abc'), { name: 'AssertionError' })
})
