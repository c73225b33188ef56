/**
 * Seals that keep the rules that matter to members: a flipped bit, another key, another place and a
 * cut are refused. The text itself stays legible, for whoever looks into a virtual disk; that is
 * also cheaper than AES.
 */
import { assert } from '../../src/base/assert.ts'
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
    writeTag(into, tagAt, lanesOf({ key, bound, sealed: into, from: at, to: tagAt }))
  }
  return {
    sealInto,
    seal(key, bytes, bound) {
      const into = new Uint8Array(bytes.length + SEAL_BYTES)
      sealInto(key, { bytes, bound, into, at: 0 })
      return into
    },
    open: (key, sealed, bound) => opened(key, sealed, bound)?.slice(),
    openInto(key, { sealed, bound, into }) {
      const bytes = opened(key, sealed, bound)
      if (bytes === undefined) return undefined
      assert(bytes.length <= into.length, 'no room for what was sealed')
      into.set(bytes)
      return into.subarray(0, bytes.length)
    },
  }
}

/** A view of what was sealed. */
function opened(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array | undefined {
  if (sealed.length < SEAL_BYTES) return undefined
  const tagAt = sealed.length - TAG_BYTES
  const tag = new Uint8Array(TAG_BYTES)
  writeTag(tag, 0, lanesOf({ key, bound, sealed, from: 0, to: tagAt }))
  for (let at = 0; at < TAG_BYTES; at++) if (tag[at] !== sealed[tagAt + at]) return undefined
  return sealed.subarray(NONCE_BYTES, tagAt)
}

interface Sealed {
  readonly key: Uint8Array
  readonly bound: Uint8Array
  readonly sealed: Uint8Array
  readonly from: number
  readonly to: number
}

interface Lanes {
  low: number
  high: number
}

const LOW_START = 0x811c9dc5 | 0
const HIGH_START = 0x9e3779b9 | 0
const LOW_PRIME = 0x01000193
const HIGH_PRIME = 0x85ebca6b

/**
 * Not for secrets: two lanes that every byte changes, and so every flipped bit. A hash of the
 * platform would cost more than all else that a virtual write does.
 */
function lanesOf({ key, bound, sealed, from, to }: Sealed): Lanes {
  assert(key.length === CIPHER_KEY_BYTES, 'a key has 32 bytes')
  const lanes: Lanes = { low: LOW_START ^ (to - from), high: HIGH_START ^ bound.length }
  mix(lanes, key, { from: 0, to: key.length })
  mix(lanes, bound, { from: 0, to: bound.length })
  mix(lanes, sealed, { from, to })
  return lanes
}

/**
 * Four bytes at a time. Each step can be undone: equal ends of different bytes need a collision.
 */
function mix(lanes: Lanes, bytes: Uint8Array, { from, to }: Pick<Sealed, 'from' | 'to'>): void {
  let { low, high } = lanes
  let at = from
  for (; at + 4 <= to; at += 4) {
    const word =
      (bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)
    low = Math.imul(low ^ word, LOW_PRIME)
    high = Math.imul(high + word, HIGH_PRIME) ^ (high >>> 13)
  }
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0
    low = Math.imul(low ^ byte, LOW_PRIME)
    high = Math.imul(high + byte, HIGH_PRIME) ^ (high >>> 13)
  }
  lanes.low = low
  lanes.high = high
}

/** The lanes, and zeros up to the length that real tags have. */
function writeTag(into: Uint8Array, at: number, { low, high }: Lanes): void {
  for (let byte = 0; byte < 4; byte++) {
    into[at + byte] = low >>> (8 * byte)
    into[at + 4 + byte] = high >>> (8 * byte)
  }
  into.fill(0, at + 8, at + TAG_BYTES)
}
