/** Bytes of rows: where they come from, and numbers of six bytes in them. */
import { assert } from '../../base/assert.ts'
import { KIB } from '../../base/limits.ts'
import { COUNTER_MAX } from '../../wire/record-limits.ts'

/**
 * The engine makes a buffer of its own outside its heap for each array over 64 bytes, which costs
 * more than filling it: so small rows share one. A row that is kept keeps this much.
 */
const SLAB_BYTES = 8 * KIB
const SHARED_BYTES_MAX = 2 * KIB
const HEAP_BYTES_MAX = 64

let slab = new Uint8Array(SLAB_BYTES)
let used = 0

/** Zeros, the caller's own. */
export function rowBytes(length: number): Uint8Array {
  if (length <= HEAP_BYTES_MAX || length > SHARED_BYTES_MAX) return new Uint8Array(length)
  if (used + length > SLAB_BYTES) {
    slab = new Uint8Array(SLAB_BYTES)
    used = 0
  }
  used += length
  return slab.subarray(used - length, used)
}

const WORD = 2 ** 32
export function setFourBytes(bytes: Uint8Array, at: number, number: number): void {
  assert(number >= 0 && number < WORD, 'a number of four bytes')
  bytes[at] = number >>> 24
  bytes[at + 1] = number >>> 16
  bytes[at + 2] = number >>> 8
  bytes[at + 3] = number
}

export function fourBytesAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16)
  return (high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0
}

export function setSixBytes(bytes: Uint8Array, at: number, number: number): void {
  assert(number >= 0 && number <= COUNTER_MAX, 'a number of six bytes')
  const high = Math.floor(number / WORD)
  bytes[at] = high >>> 8
  bytes[at + 1] = high
  setFourBytes(bytes, at + 2, number % WORD)
}

export function sixBytesAt(bytes: Uint8Array, at: number): number {
  return (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) * WORD + fourBytesAt(bytes, at + 2)
}
