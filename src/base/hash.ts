/**
 * SHA-256, the one hash of anillo: positions, keys, content. Beside `deflate.ts` the only `node:`
 * import below the platform.
 */
import { createHash, hash } from 'node:crypto'

export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}

/** 32 bytes. */
export function sha256Bytes(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer')
}

/** Compares two digests in a time that does not depend on where they differ. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}

/** SHA-256 of what arrives in pieces. */
export class Sha256 {
  readonly #hash = createHash('sha256')

  update(piece: Uint8Array): this {
    this.#hash.update(piece)
    return this
  }

  /** Of all so far, 64 hex digits; more may follow. */
  soFarHex(): string {
    return this.#hash.copy().digest('hex')
  }

  /** 64 hex digits; the object is used up. */
  digestHex(): string {
    return this.#hash.digest('hex')
  }
}
