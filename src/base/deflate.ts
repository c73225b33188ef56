/** DEFLATE (RFC 1951) of what is in memory whole: small things that are kept, packed. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** The fastest: of HTML it leaves a quarter, as slower ones nearly do. */
const LEVEL = 1

/** The same bytes give the same. */
export function deflated(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { level: LEVEL })
}

/** `undefined` where it is damaged, or has another length than `plainBytes`. */
export function inflated(packed: Uint8Array, plainBytes: number): Uint8Array | undefined {
  try {
    // One more, so that a longer one is seen.
    const plain = inflateRawSync(packed, { maxOutputLength: plainBytes + 1 })
    return plain.length === plainBytes ? plain : undefined
  } catch {
    return undefined
  }
}
