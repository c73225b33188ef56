/**
 * Seals that keep the rules that matter to members: a flipped bit, another key, another place and a
 * cut are refused. The text itself stays legible, for whoever looks into a virtual disk; that is
 * also cheaper than AES.
 */
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

/**
 * Not for secrets: two lanes that every byte changes, and so every flipped bit. A hash of the
 * platform would cost more than all else that a virtual write does.
 */
function tagOf(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array {
  assert(key.length === CIPHER_KEY_BYTES, 'a key has 32 bytes')
  const lanes: Lanes = { low: LOW_START, high: HIGH_START ^ bound.length }
  mix(lanes, key)
  mix(lanes, bound)
  mix(lanes, sealed)
  const tag = new Uint8Array(TAG_BYTES)
  const view = new DataView(tag.buffer)
  view.setUint32(0, lanes.low)
  view.setUint32(4, lanes.high)
  view.setUint32(8, sealed.length)
  return tag
}

interface Lanes {
  low: number
  high: number
}

const LOW_START = 0x811c9dc5 | 0
const HIGH_START = 0x9e3779b9 | 0
const LOW_PRIME = 0x01000193
const HIGH_PRIME = 0x85ebca6b

/** Each step is undone by none: equal ends of different bytes need a collision. */
function mix(lanes: Lanes, bytes: Uint8Array): void {
  let { low, high } = lanes
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    low = Math.imul(low ^ byte, LOW_PRIME)
    high = Math.imul(high + byte, HIGH_PRIME) ^ (high >>> 13)
  }
  lanes.low = low
  lanes.high = high
}
