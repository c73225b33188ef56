/**
 * Numbers and bytes packed tightly, for what is sent most: numbers take seven bits a byte, lowest
 * first, the top bit says that more follow (LEB128).
 */
import { assert } from '../base/assert.ts'
import { utf8 } from '../base/bytes.ts'
import { byteOfHex, hexOf } from '../base/hex.ts'
import { KIB } from '../base/limits.ts'

const FIRST_BYTES = 16 * KIB

/** Beyond it the buffer is let go after use: one large message must not hold memory for ever. */
const KEPT_BYTES_MAX = 1024 * KIB

const SMALL_MAX = 2 ** 31

/** A buffer that grows, used again and again. */
export class CompactWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #length = 0

  get length(): number {
    return this.#length
  }

  clear(): void {
    this.#length = 0
    if (this.#bytes.length > KEPT_BYTES_MAX) this.#bytes = new Uint8Array(FIRST_BYTES)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  /** A whole number from 0 to 2^53 - 1. */
  number(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, `${value} is no count`)
    this.#reserve(NUMBER_BYTES_MAX)
    let rest = value
    for (; rest >= SMALL_MAX; rest = Math.floor(rest / 128)) {
      this.#bytes[this.#length++] = (rest % 128) | 128
    }
    for (; rest >= 128; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128
    this.#bytes[this.#length++] = rest
  }

  /** As they are; who reads knows how many. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Their number, then they. */
  bytes(bytes: Uint8Array): void {
    this.number(bytes.length)
    this.raw(bytes)
  }

  text(text: string): void {
    this.bytes(utf8(text))
  }

  /** Pairs of hex digits as bytes; who reads knows how many. */
  hex(digits: string): void {
    assert(digits.length % 2 === 0, 'whole bytes')
    this.#reserve(digits.length / 2)
    for (let at = 0; at < digits.length; at += 2) {
      this.#bytes[this.#length++] = byteOfHex(digits, at)
    }
  }

  /** All that was written; valid until the next write or `clear`. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }
}

/** 53 bits in sevens. */
const NUMBER_BYTES_MAX = 8

/**
 * Reads what `CompactWriter` wrote. Never throws on bad bytes: after the first that cannot be,
 * `isBroken` is true and everything read is zero or empty.
 */
export class CompactReader {
  readonly #bytes: Uint8Array
  #at = 0
  #broken = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isBroken(): boolean {
    return this.#broken
  }

  /** Everything was read, and all of it could be. */
  get isDone(): boolean {
    return !this.#broken && this.#at === this.#bytes.length
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** What was read does not make sense. */
  refuse(): void {
    this.#broken = true
    this.#at = this.#bytes.length
  }

  byte(): number {
    const byte = this.#bytes[this.#at]
    if (byte === undefined) {
      this.refuse()
      return 0
    }
    this.#at++
    return byte
  }

  number(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < NUMBER_BYTES_MAX; i++) {
      const byte = this.byte()
      value += (byte & 127) * scale
      if (byte < 128) {
        // One spelling a number: no zeros at its end.
        if (value > Number.MAX_SAFE_INTEGER || (byte === 0 && i > 0)) break
        return value
      }
      scale *= 128
    }
    this.refuse()
    return 0
  }

  /** How many items follow: each takes `itemBytesMin` or more, so an honest count is bounded. */
  count(itemBytesMin: number, max: number): number {
    const count = this.number()
    if (count <= max && count * itemBytesMin <= this.left) return count
    this.refuse()
    return 0
  }

  /** A view of so many bytes. */
  raw(length: number): Uint8Array {
    if (length > this.left) {
      this.refuse()
      return NO_BYTES
    }
    const start = this.#at
    this.#at += length
    return this.#bytes.subarray(start, this.#at)
  }

  /** A view, its length in front. */
  bytes(max: number): Uint8Array {
    return this.raw(this.count(1, max))
  }

  hex(length: number): string {
    return hexOf(this.raw(length))
  }
}

const NO_BYTES = new Uint8Array(0)
