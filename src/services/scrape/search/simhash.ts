/**
 * SimHash (Charikar 2002; for web pages Manku, Jain and Das Sarma 2007): 64 bits of a text such
 * that texts that have much in common differ in few bits. Each shingle of three words votes, by a
 * hash of its own, for or against each bit. The same at all members and versions: the numbers are
 * kept. Pure.
 */

/** Words of a shingle: in their order, so that the same words otherwise are another text. */
export const SHINGLE_WORDS = 3
/** Shorter texts have too little to vote: menus, errors, and what is one sentence. */
export const SIMHASH_WORDS_MIN = 24
/** Bits in which near-duplicates may differ: measured in docs/spec/search.md. */
export const NEAR_BITS = 5

const HALF_BITS = 32

/** Two halves of 32 bits. */
export interface Print {
  readonly high: number
  readonly low: number
}

/** Takes the words of a text one by one. */
export class SimHash {
  readonly #votes = new Int32Array(2 * HALF_BITS)
  /** Hashes of the latest words, the oldest at `#at`. */
  readonly #high = new Uint32Array(SHINGLE_WORDS)
  readonly #low = new Uint32Array(SHINGLE_WORDS)
  #words = 0

  add(word: string): void {
    const at = this.#words % SHINGLE_WORDS
    this.#high[at] = hashOf(word, HIGH_SEED)
    this.#low[at] = hashOf(word, LOW_SEED)
    this.#words++
    if (this.#words >= SHINGLE_WORDS) this.#vote()
  }

  /** `undefined`: the text is too short. */
  take(): Print | undefined {
    if (this.#words < SIMHASH_WORDS_MIN) return undefined
    return { high: this.#half(0), low: this.#half(HALF_BITS) }
  }

  #vote(): void {
    let high = 0
    let low = 0
    for (let back = 0; back < SHINGLE_WORDS; back++) {
      const at = (this.#words + back) % SHINGLE_WORDS
      // The order of the words counts.
      high = mixed(Math.imul(high, ORDER) + (this.#high[at] ?? 0))
      low = mixed(Math.imul(low, ORDER) + (this.#low[at] ?? 0))
    }
    const votes = this.#votes
    for (let bit = 0; bit < HALF_BITS; bit++) {
      votes[bit] = (votes[bit] ?? 0) + (((high >>> bit) & 1) << 1) - 1
      votes[bit + HALF_BITS] = (votes[bit + HALF_BITS] ?? 0) + (((low >>> bit) & 1) << 1) - 1
    }
  }

  #half(from: number): number {
    let half = 0
    for (let bit = 0; bit < HALF_BITS; bit++) {
      if ((this.#votes[from + bit] ?? 0) > 0) half |= 1 << bit
    }
    return half >>> 0
  }
}

/** In how many bits they differ, 0 to 64. */
export function distanceOf(a: Print, b: Print): number {
  return bitsIn(a.high ^ b.high) + bitsIn(a.low ^ b.low)
}

/** FNV-1a over UTF-16 units, mixed: of short words alone its high bits would hardly differ. */
function hashOf(word: string, seed: number): number {
  let hash = seed
  for (let at = 0; at < word.length; at++) {
    hash = Math.imul(hash ^ word.charCodeAt(at), FNV_PRIME)
  }
  return mixed(hash)
}

/** The finaliser of MurmurHash3: each bit of what goes in moves each bit of what comes out. */
function mixed(value: number): number {
  let hash = value ^ (value >>> 16)
  hash = Math.imul(hash, 0x85eb_ca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const FNV_PRIME = 0x0100_0193
const HIGH_SEED = 0x811c_9dc5
const LOW_SEED = 0x9e37_79b9
const ORDER = 31

function bitsIn(value: number): number {
  let bits = value - ((value >>> 1) & 0x5555_5555)
  bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
}

const PRINT_BYTES = 8

/**
 * Of pages in the order of their numbers; none of them is 0: a text that votes so is passed over.
 */
export function packPrints(prints: readonly (Print | undefined)[]): Uint8Array {
  const bytes = new Uint8Array(PRINT_BYTES * prints.length)
  const view = new DataView(bytes.buffer)
  for (const [number, print] of prints.entries()) {
    view.setUint32(PRINT_BYTES * number, print?.high ?? 0)
    view.setUint32(PRINT_BYTES * number + 4, print?.low ?? 0)
  }
  return bytes
}

export function readPrints(bytes: Uint8Array): readonly (Print | undefined)[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: Math.floor(bytes.length / PRINT_BYTES) }, (_, number) => {
    const high = view.getUint32(PRINT_BYTES * number)
    const low = view.getUint32(PRINT_BYTES * number + 4)
    return high === 0 && low === 0 ? undefined : { high, low }
  })
}
