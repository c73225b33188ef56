import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fc } from '../../../test/properties.ts'
import { KEY_BITS, KeyId } from './key-id.ts'

const bytes = fc.uint8Array({ minLength: 20, maxLength: 20 })
const big = (id: KeyId): bigint => BigInt(`0x${id.hex}`)

test('distances compare as numbers of 160 bits do', () => {
  fc.assert(
    fc.property(bytes, bytes, bytes, (one, two, three) => {
      const [key, a, b] = [KeyId.of(one), KeyId.of(two), KeyId.of(three)]
      const [toA, toB] = [big(key) ^ big(a), big(key) ^ big(b)]
      assert.equal(Math.sign(key.compareDistance(a, b)), toA < toB ? -1 : toA > toB ? 1 : 0)
      const difference = (big(a) ^ big(b)).toString(2)
      assert.equal(a.sharedBits(b), difference === '0' ? KEY_BITS : KEY_BITS - difference.length)
    }),
  )
})

test('an id tells its bits, its bytes and whether it is another', () => {
  fc.assert(
    fc.property(bytes, fc.nat(KEY_BITS - 1), (one, at) => {
      const id = KeyId.of(one)
      const bits = big(id).toString(2).padStart(KEY_BITS, '0')
      assert.equal(id.bit(at), Number(bits[at]))
      assert.deepEqual(id.bytes, one)
      assert.ok(id.equals(KeyId.of(id.bytes)))
    }),
  )
  assert.throws(() => KeyId.of(new Uint8Array(19)))
})
