/**
 * SHA-256 (FIPS 180-4, 6.2) whose state can be kept and gone on with elsewhere, which the one of
 * `hash.ts` cannot: ten times slower, but of a file that grows only what is new need be read.
 */
import { assert } from './assert.ts'
import { bytesOfHex, hexOf } from './hex.ts'

/** Taken in one step: states stand at multiples of it. */
export const SHA256_BLOCK_BYTES = 64
const STATE_BYTES = 32
const LENGTH_BYTES = 8
const ROUNDS = 64

/** What came so far, up to the end of its last whole block. */
export interface Sha256State {
  /** 64 hex digits. */
  readonly hex: string
  /** In it; a multiple of SHA256_BLOCK_BYTES. */
  readonly bytes: number
}

export class ResumableSha256 {
  readonly #state = new Uint32Array(8)
  readonly #block = new Uint8Array(SHA256_BLOCK_BYTES)
  readonly #view = new DataView(this.#block.buffer)
  readonly #words = new Int32Array(ROUNDS)
  #filled = 0
  #bytes: number

  constructor(from: Sha256State = { hex: BEGINNING, bytes: 0 }) {
    assert(from.bytes % SHA256_BLOCK_BYTES === 0, 'a state stands at the end of a block')
    const bytes = bytesOfHex(from.hex)
    assert(bytes.length === STATE_BYTES, 'a state has 32 bytes')
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    for (let at = 0; at < 8; at++) this.#state[at] = view.getUint32(at * 4)
    this.#bytes = from.bytes
  }

  update(piece: Uint8Array): this {
    for (let at = 0; at < piece.length;) {
      const some = piece.subarray(at, at + SHA256_BLOCK_BYTES - this.#filled)
      this.#block.set(some, this.#filled)
      this.#filled += some.length
      at += some.length
      if (this.#filled < SHA256_BLOCK_BYTES) break
      this.#filled = 0
      this.#takeBlock()
    }
    this.#bytes += piece.length
    return this
  }

  get state(): Sha256State {
    const bytes = new Uint8Array(STATE_BYTES)
    const view = new DataView(bytes.buffer)
    for (const [at, word] of this.#state.entries()) view.setUint32(at * 4, word)
    return { hex: hexOf(bytes), bytes: this.#bytes - this.#filled }
  }

  /** Of all so far, 64 hex digits; more may follow. */
  soFarHex(): string {
    const end = new ResumableSha256(this.state)
    const rest = this.#filled + 1 + LENGTH_BYTES
    const padding = new Uint8Array(Math.ceil(rest / SHA256_BLOCK_BYTES) * SHA256_BLOCK_BYTES)
    padding.set(this.#block.subarray(0, this.#filled))
    padding[this.#filled] = 0x80
    const bits = BigInt(this.#bytes) * 8n
    new DataView(padding.buffer).setBigUint64(padding.length - LENGTH_BYTES, bits)
    return end.update(padding).state.hex
  }

  #takeBlock(): void {
    const words = this.#words
    for (let at = 0; at < 16; at++) words[at] = this.#view.getInt32(at * 4)
    for (let at = 16; at < ROUNDS; at++) {
      const w15 = words[at - 15] as number
      const w2 = words[at - 2] as number
      const s0 = (rotated(w15, 7) ^ rotated(w15, 18) ^ (w15 >>> 3)) | 0
      const s1 = (rotated(w2, 17) ^ rotated(w2, 19) ^ (w2 >>> 10)) | 0
      words[at] = ((words[at - 16] as number) + s0 + (words[at - 7] as number) + s1) | 0
    }
    this.#rounds(words)
  }

  #rounds(words: Int32Array): void {
    const state = this.#state
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
    for (let at = 0; at < ROUNDS; at++) {
      const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
      const choice = (e & f) ^ (~e & g)
      const one = (h + s1 + choice + (CONSTANTS[at] as number) + (words[at] as number)) | 0
      const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
      const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      h = g
      g = f
      f = e
      e = (d + one) | 0
      d = c
      c = b
      b = a
      a = (one + two) | 0
    }
    const after = [a, b, c, d, e, f, g, h]
    for (let at = 0; at < 8; at++) state[at] = (state[at] as number) + (after[at] as number)
  }
}

function rotated(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

/** The first 32 bits of the fractional parts of roots of the first primes. */
function fractions(count: number, root: (prime: number) => number): number[] {
  const found: number[] = []
  for (let prime = 2; found.length < count; prime++) {
    if (!isPrime(prime)) continue
    found.push(Math.floor((root(prime) % 1) * 2 ** 32))
  }
  return found
}

function isPrime(number: number): boolean {
  for (let by = 2; by * by <= number; by++) if (number % by === 0) return false
  return true
}

const CONSTANTS = Int32Array.from(fractions(ROUNDS, Math.cbrt), (word) => word | 0)
const BEGINNING = fractions(8, Math.sqrt)
  .map((word) => word.toString(16).padStart(8, '0'))
  .join('')
