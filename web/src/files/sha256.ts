/**
 * SHA-256 (FIPS 180-4) of what comes in pieces: what browsers have takes all bytes at once, and a
 * file may be larger than memory..
 */
const BLOCK_BYTES = 64
const ROUNDS = 64
const LENGTH_BYTES = 8

/** The first 32 bits of the fraction of a root (FIPS 180-4, 4.2.2 and 5.3.3). */
const fraction = (value: number): number => Math.floor((value - Math.floor(value)) * 2 ** 32)

function firstPrimes(count: number): readonly number[] {
  const primes: number[] = []
  for (let tried = 2; primes.length < count; tried++)
    if (primes.every((prime) => tried % prime !== 0)) primes.push(tried)
  return primes
}

const PRIMES = firstPrimes(ROUNDS)
const CONSTANTS = Int32Array.from(PRIMES, (prime) => fraction(Math.cbrt(prime)))
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))

export class Sha256 {
  readonly #state = START.slice()
  readonly #words = new Int32Array(ROUNDS)
  readonly #rest = new Uint8Array(BLOCK_BYTES)
  #restBytes = 0
  #bytes = 0

  update(piece: Uint8Array): this {
    this.#bytes += piece.length
    let at = 0
    if (this.#restBytes > 0) {
      at = Math.min(piece.length, BLOCK_BYTES - this.#restBytes)
      this.#rest.set(piece.subarray(0, at), this.#restBytes)
      this.#restBytes += at
      if (this.#restBytes < BLOCK_BYTES) return this
      this.#take(this.#rest, 0)
      this.#restBytes = 0
    }
    for (; at + BLOCK_BYTES <= piece.length; at += BLOCK_BYTES) this.#take(piece, at)
    this.#rest.set(piece.subarray(at))
    this.#restBytes = piece.length - at
    return this
  }

  /** 64 hex digits; the object is used up. */
  digestHex(): string {
    const bits = BigInt(this.#bytes) * 8n
    const zeros = (2 * BLOCK_BYTES - 1 - LENGTH_BYTES - (this.#bytes % BLOCK_BYTES)) % BLOCK_BYTES
    const end = new Uint8Array(1 + zeros + LENGTH_BYTES)
    end[0] = 0x80
    new DataView(end.buffer).setBigUint64(1 + zeros, bits)
    this.update(end)
    return [...this.#state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  }

  /** One block (FIPS 180-4, 6.2.2). Typed arrays are read within their bounds. */
  #take(piece: Uint8Array, from: number): void {
    const w = this.#words
    for (let t = 0; t < 16; t++) {
      const i = from + 4 * t
      w[t] =
        (at(piece, i) << 24) | (at(piece, i + 1) << 16) | (at(piece, i + 2) << 8) | at(piece, i + 3)
    }
    for (let t = 16; t < ROUNDS; t++) {
      const [x, y] = [at(w, t - 15), at(w, t - 2)]
      const s0 = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
      const s1 = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
      w[t] = (at(w, t - 16) + s0 + at(w, t - 7) + s1) | 0
    }
    this.#mix(w)
  }

  #mix(w: Int32Array): void {
    const state = this.#state
    let a = at(state, 0)
    let b = at(state, 1)
    let c = at(state, 2)
    let d = at(state, 3)
    let e = at(state, 4)
    let f = at(state, 5)
    let g = at(state, 6)
    let h = at(state, 7)
    for (let t = 0; t < ROUNDS; t++) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
      const one = (h + s1 + ((e & f) ^ (~e & g)) + at(CONSTANTS, t) + at(w, t)) | 0
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
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
    const last = [a, b, c, d, e, f, g, h]
    for (let i = 0; i < 8; i++) state[i] = (at(state, i) + (last[i] ?? 0)) | 0
  }
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by))
}

function at(array: Uint8Array | Int32Array, index: number): number {
  return array[index] ?? 0
}
