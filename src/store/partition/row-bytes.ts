/** Bytes of rows: where they come from, and numbers of six bytes in them. */
import { assert } from '../../base/assert.ts'
import { SharedBytes } from '../../base/shared-bytes.ts'
import { COUNTER_MAX } from '../../wire/record-limits.ts'

const rows = new SharedBytes()

/** Zeros, the caller's own. */
export function rowBytes(length: number): Uint8Array {
  return rows.take(length)
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
