/**
 * Seals that keep the rules that matter to members: a flipped bit, another key, another place and a
 * cut are refused. The text itself stays legible, for whoever looks into a virtual disk; that is
 * also cheaper than AES.
 */
import { createHash } from 'node:crypto'

import { assert } from '../../src/base/assert.ts'
import { equalBytes } from '../../src/base/bytes.ts'
import {
  CIPHER_KEY_BYTES,
  SEAL_BYTES,
  type Cipher,
  type SealInto,
} from '../../src/effects/cipher.ts'
import type { Random } from '../../src/effects/random.ts'

const NONCE_BYTES = 12
const TAG_BYTES = SEAL_BYTES - NONCE_BYTES

export function virtualCipher(random: Random): Cipher {
  const sealInto = (key: Uint8Array, { bytes, bound, into, at }: SealInto): void => {
    assert(at + bytes.length + SEAL_BYTES <= into.length, 'no room for the seal')
    into.set(random.bytes(NONCE_BYTES), at)
    into.set(bytes, at + NONCE_BYTES)
    const tagAt = at + NONCE_BYTES + bytes.length
    into.set(tagOf(key, into.subarray(at, tagAt), bound), tagAt)
  }
  return {
    sealInto,
    seal(key, bytes, bound) {
      const into = new Uint8Array(bytes.length + SEAL_BYTES)
      sealInto(key, { bytes, bound, into, at: 0 })
      return into
    },
    open(key, sealed, bound) {
      if (sealed.length < SEAL_BYTES) return undefined
      const tagAt = sealed.length - TAG_BYTES
      const tag = tagOf(key, sealed.subarray(0, tagAt), bound)
      if (!equalBytes(tag, sealed.subarray(tagAt))) return undefined
      return sealed.slice(NONCE_BYTES, tagAt)
    },
  }
}

/** The length of `bound` keeps it apart from what follows. */
function tagOf(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array {
  assert(key.length === CIPHER_KEY_BYTES, 'a key has 32 bytes')
  const hash = createHash('sha256').update(key).update(`${bound.length}:`)
  return hash.update(bound).update(sealed).digest().subarray(0, TAG_BYTES)
}
