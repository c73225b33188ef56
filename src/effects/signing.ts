/** Ed25519 signatures (RFC 8032). */

export interface SigningKey {
  /** The seed: 32 bytes. */
  readonly privateKey: Uint8Array
  /** 32 bytes. */
  readonly publicKey: Uint8Array
}

export interface Signing {
  makeKey(): SigningKey
  /** 64 bytes. Equal for equal key and bytes. */
  sign(privateKey: Uint8Array, bytes: Uint8Array): Uint8Array
  /** `false` also for what is no signature or no key. */
  verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean
}

export const SIGNING_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64
