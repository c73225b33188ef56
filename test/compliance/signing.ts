/** What every Signing keeps. */
import assert from 'node:assert/strict'

import { utf8 } from '../../src/base/bytes.ts'
import { SIGNATURE_BYTES, SIGNING_KEY_BYTES } from '../../src/effects/signing.ts'
import { promise, type Suite } from './subject.ts'

const TEXT = utf8('what was said')

export function signingSuite(suite: Suite<'signing'>): void {
  promise(suite, 'Signing.verify() holds for what was signed', async ({ signing }) => {
    const { privateKey, publicKey } = signing.makeKey()
    assert.equal(privateKey.length, SIGNING_KEY_BYTES)
    assert.equal(publicKey.length, SIGNING_KEY_BYTES)
    for (const bytes of [TEXT, new Uint8Array(0), new Uint8Array(100_000).fill(3)]) {
      const signature = signing.sign(privateKey, bytes)
      assert.equal(signature.length, SIGNATURE_BYTES)
      assert.deepEqual(signing.sign(privateKey.slice(), bytes), signature)
      assert.equal(signing.verify(publicKey.slice(), bytes, signature), true)
    }
  })

  promise(suite, 'Signing.verify() refuses every flipped bit', async ({ signing }) => {
    const { privateKey, publicKey } = signing.makeKey()
    const signature = signing.sign(privateKey, TEXT)
    for (let bit = 0; bit < SIGNATURE_BYTES * 8; bit++) {
      const changed = flip(signature, bit)
      assert.equal(signing.verify(publicKey, TEXT, changed), false, `signature, bit ${bit}`)
    }
    for (let bit = 0; bit < TEXT.length * 8; bit++) {
      assert.equal(signing.verify(publicKey, flip(TEXT, bit), signature), false, `bit ${bit}`)
    }
  })

  promise(suite, 'Signing.verify() refuses other keys and lengths', async ({ signing }) => {
    const { privateKey, publicKey } = signing.makeKey()
    const signature = signing.sign(privateKey, TEXT)
    assert.equal(signing.verify(signing.makeKey().publicKey, TEXT, signature), false)
    assert.equal(signing.verify(publicKey.subarray(1), TEXT, signature), false)
    assert.equal(signing.verify(new Uint8Array(0), TEXT, signature), false)
    for (const length of [0, 1, SIGNATURE_BYTES - 1]) {
      assert.equal(signing.verify(publicKey, TEXT, signature.subarray(0, length)), false)
    }
  })
}

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice()
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return changed
}
