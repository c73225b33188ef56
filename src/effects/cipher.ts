/** AES-256-GCM (NIST SP 800-38D), synchronous: for log batches, record values and chunks. */

export interface Cipher {
  /**
   * `bytes` under a key of 32 bytes: 12 bytes nonce, ciphertext, 16 bytes tag. `bound` is
   * authenticated with it and must be given again to open. Nonces are random: a key is good for
   * 2^32 seals (8.3 there).
   */
  seal(key: Uint8Array, bytes: Uint8Array, bound: Uint8Array): Uint8Array
  /** The same, into a buffer that the caller keeps. */
  sealInto(key: Uint8Array, sealing: SealInto): void
  /** `undefined` when it was changed, or sealed under another key or bound to something else. */
  open(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array | undefined
  /** The same, at the beginning of a buffer that the caller keeps; garbage where it is refused. */
  openInto(key: Uint8Array, opening: OpenInto): Uint8Array | undefined
}

export interface OpenInto {
  readonly sealed: Uint8Array
  readonly bound: Uint8Array
  /**
   * Has room for what was sealed. It may be the same memory as `sealed`, where it begins at or
   * before it.
   */
  readonly into: Uint8Array
}

export interface SealInto {
  readonly bytes: Uint8Array
  readonly bound: Uint8Array
  /** Takes `bytes.length + SEAL_BYTES` bytes from `at` on; must not overlap `bytes`. */
  readonly into: Uint8Array
  readonly at: number
}

export const CIPHER_KEY_BYTES = 32
/** Nonce and tag: how much longer a sealed text is. */
export const SEAL_BYTES = 28
