/** AES-256-GCM (NIST SP 800-38D), synchronous: for log batches, record values and chunks. */

export interface Cipher {
  /**
   * `bytes` under a key of 32 bytes: 12 bytes nonce, ciphertext, 16 bytes tag. `bound` is
   * authenticated with it and must be given again to open.
   */
  seal(key: Uint8Array, bytes: Uint8Array, bound: Uint8Array): Uint8Array
  /** `undefined` when it was changed, or sealed under another key or bound to something else. */
  open(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array | undefined
}

export const CIPHER_KEY_BYTES = 32
/** Nonce and tag: how much longer a sealed text is. */
export const SEAL_BYTES = 28
