/**
 * Ids of nodes and keys: 160 bits, and how far they are from each other. Made once and compared
 * often, so they hold their bytes beside the text that tables are keyed by.
 */
import { assert } from '../../base/assert.ts'
import { byteText } from '../../base/bytes.ts'
import { hexOf } from '../../base/hex.ts'
import { KEY_BYTES } from './limits.ts'

/** Bits of an id. */
export const KEY_BITS = 8 * KEY_BYTES

const BYTE_BITS = 8
/** `clz32` counts those too. */
const ABOVE_BYTE_BITS = 24

export class KeyId {
  /** Its bytes as one unit each: equal for equal ids. */
  readonly text: string
  /** 20; not to be changed. */
  readonly bytes: Uint8Array

  private constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.text = byteText(bytes)
  }

  /** Of exactly 20 bytes, which may change afterwards. */
  static of(bytes: Uint8Array): KeyId {
    assert(bytes.length === KEY_BYTES, 'an id has 20 bytes')
    // Of a Buffer `slice` would be no copy.
    return new KeyId(new Uint8Array(bytes))
  }

  get hex(): string {
    return hexOf(this.bytes)
  }

  equals(other: KeyId): boolean {
    return this.text === other.text
  }

  /** How many leading bits are the same: 160 for equal ids. */
  sharedBits(other: KeyId): number {
    for (let at = 0; at < KEY_BYTES; at++) {
      const difference = (this.bytes[at] ?? 0) ^ (other.bytes[at] ?? 0)
      if (difference !== 0) return at * BYTE_BITS + Math.clz32(difference) - ABOVE_BYTE_BITS
    }
    return KEY_BITS
  }

  /** Bit 0 is the first and heaviest. */
  bit(at: number): 0 | 1 {
    const byte = this.bytes[Math.floor(at / BYTE_BITS)] ?? 0
    return ((byte >> (BYTE_BITS - 1 - (at % BYTE_BITS))) & 1) === 1 ? 1 : 0
  }

  /** Negative where `a` is closer to this than `b`, by exclusive or; 0 for equal ids. */
  compareDistance(a: KeyId, b: KeyId): number {
    for (let at = 0; at < KEY_BYTES; at++) {
      const own = this.bytes[at] ?? 0
      const difference = (own ^ (a.bytes[at] ?? 0)) - (own ^ (b.bytes[at] ?? 0))
      if (difference !== 0) return difference
    }
    return 0
  }
}
