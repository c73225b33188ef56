/**
 * SHA-256, the one hash of anillo: positions, keys, content. The only `node:` import below the
 * platform.
 */
import { createHash, hash } from 'node:crypto'

export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}

/** SHA-256 of what arrives in pieces. */
export class Sha256 {
  readonly #hash = createHash('sha256')

  update(piece: Uint8Array): this {
    this.#hash.update(piece)
    return this
  }

  /** 64 hex digits; the object is used up. */
  digestHex(): string {
    return this.#hash.digest('hex')
  }
}
