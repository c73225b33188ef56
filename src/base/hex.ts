/** Bytes as hex digits: two a byte, in lower case. */
import { assert } from './assert.ts'

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function hexOf(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += PAIRS[byte] ?? ''
  return digits
}

/** Of hex digits alone, as a parser of ids or a pattern has seen to. */
export function bytesOfHex(digits: string): Uint8Array {
  assert(digits.length % 2 === 0, 'whole bytes')
  const bytes = new Uint8Array(digits.length / 2)
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16)
  }
  return bytes
}
