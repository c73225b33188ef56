/**
 * Ids of nodes and keys: 160 bits, and how far they are from each other. Made once and compared
 * often, so they hold their bits as numbers beside the text that tables are keyed by.
 */
import { assert } from '../../base/assert.ts'
import { byteText } from '../../base/bytes.ts'
import { hexOf } from '../../base/hex.ts'
import { KEY_BYTES } from './limits.ts'

/** Bits of an id. */
export const KEY_BITS = 8 * KEY_BYTES

const WORDS = 5
const WORD_BITS = 32

export class KeyId {
  /** Its bytes as one unit each: equal for equal ids. */
  readonly text: string
  readonly #words: Int32Array

  private constructor(text: string, words: Int32Array) {
    this.text = text
    this.#words = words
  }

  /** Of exactly 20 bytes, which may change afterwards. */
  static of(bytes: Uint8Array): KeyId {
    assert(bytes.length === KEY_BYTES, 'an id has 20 bytes')
    const words = new Int32Array(WORDS)
    for (let at = 0; at < WORDS; at++) {
      const byte = (offset: number): number => bytes[4 * at + offset] ?? 0
      words[at] = (byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)
    }
    return new KeyId(byteText(bytes), words)
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.text, (unit) => unit.charCodeAt(0))
  }

  get hex(): string {
    return hexOf(this.bytes)
  }

  equals(other: KeyId): boolean {
    return this.text === other.text
  }

  /** How many leading bits are the same: 160 for equal ids. */
  sharedBits(other: KeyId): number {
    for (let at = 0; at < WORDS; at++) {
      const difference = this.word(at) ^ other.word(at)
      if (difference !== 0) return at * WORD_BITS + Math.clz32(difference)
    }
    return KEY_BITS
  }

  /** Bit 0 is the first and heaviest. */
  bit(at: number): 0 | 1 {
    const word = this.word(Math.floor(at / WORD_BITS))
    return ((word >>> (WORD_BITS - 1 - (at % WORD_BITS))) & 1) === 1 ? 1 : 0
  }

  /** 32 bits, signed. */
  word(at: number): number {
    return this.#words[at] ?? 0
  }

  /** Negative where `a` is closer to this than `b`, by exclusive or; 0 for equal ids. */
  compareDistance(a: KeyId, b: KeyId): number {
    for (let at = 0; at < WORDS; at++) {
      const own = this.word(at)
      const toA = (own ^ a.word(at)) >>> 0
      const toB = (own ^ b.word(at)) >>> 0
      if (toA !== toB) return toA < toB ? -1 : 1
    }
    return 0
  }
}
