/** Bytes as base64 with padding (RFC 4648, 4). */

export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
}

/** `undefined`: it is none, or not the one spelling that these bytes have. */
export function tryBase64(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'))
  return base64Of(bytes) === text ? bytes : undefined
}
