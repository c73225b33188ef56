/** Bytes as hex digits: two a byte, in lower case. */
import { assert } from './assert.ts'

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** Of the digit with this code unit, whether upper or lower case. */
const VALUES = new Uint8Array(128)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  VALUES[digit.charCodeAt(0)] = value
  VALUES[digit.toUpperCase().charCodeAt(0)] = value
}

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
    bytes[at] = byteOfHex(digits, 2 * at)
  }
  return bytes
}

/** Of the two digits at and behind this place; what is no digit counts as 0. */
export function byteOfHex(digits: string, at: number): number {
  const high = VALUES[digits.charCodeAt(at)] ?? 0
  return (high << 4) | (VALUES[digits.charCodeAt(at + 1)] ?? 0)
}
