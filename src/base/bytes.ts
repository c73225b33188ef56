/** Bytes and text. */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** `undefined` where the bytes are not UTF-8. */
export function tryText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const piece of pieces) length += piece.length
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** Byte order, as `memcmp`: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0
}

/** So many are joined at once: a text built one by one is a chain of as many objects. */
const UNITS_AT_ONCE = 8

/** Bytes as a text of one unit each: such texts have the order of their bytes. */
export function byteText(bytes: Uint8Array, start = 0): string {
  const whole = bytes.length - ((bytes.length - start) % UNITS_AT_ONCE)
  let text = ''
  let at = start
  for (; at < whole; at += UNITS_AT_ONCE) {
    text += String.fromCharCode(
      bytes[at] ?? 0,
      bytes[at + 1] ?? 0,
      bytes[at + 2] ?? 0,
      bytes[at + 3] ?? 0,
      bytes[at + 4] ?? 0,
      bytes[at + 5] ?? 0,
      bytes[at + 6] ?? 0,
      bytes[at + 7] ?? 0,
    )
  }
  if (bytes.length - at >= UNITS_AT_ONCE / 2) {
    text += String.fromCharCode(
      bytes[at] ?? 0,
      bytes[at + 1] ?? 0,
      bytes[at + 2] ?? 0,
      bytes[at + 3] ?? 0,
    )
    at += UNITS_AT_ONCE / 2
  }
  for (; at < bytes.length; at++) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}
