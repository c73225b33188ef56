/**
 * Values at rest: each is sealed under a key of the member's, bound to the key of its row, so that
 * no value can stand in for another. Stored: salt (8 bytes), then nonce, ciphertext and tag.
 *
 * Nonces are random, and GCM bears 2^32 of such under one key (NIST SP 800-38D, 8.3): a member
 * would write that many in days. So values are sealed under SHA-256(label, member's key, salt),
 * with a salt of chance at each start and after `SEALS_A_SALT_MAX` values.
 */
import { byteText, concat, utf8 } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/hash.ts'
import { bytesOfHex } from '../../base/hex.ts'
import { SharedBytes } from '../../base/shared-bytes.ts'
import { SEAL_BYTES, type Cipher } from '../../effects/cipher.ts'
import type { Random } from '../../effects/random.ts'

const SALT_BYTES = 8
const LABEL = utf8('anillo state\0')
/** Far below 2^32: two equal nonces among them have a chance of 2^-40. */
const SEALS_A_SALT_MAX = 2 ** 28
/** Derived keys that are kept: one a start of the member. 1,024 of 32 bytes and their names. */
const KEYS_MAX = 1_024

/** How much longer a stored value is than the value. */
export const SEALED_BYTES = SALT_BYTES + SEAL_BYTES

export interface SealerOptions {
  readonly cipher: Cipher
  readonly random: Random
  /** The member's, 32 bytes. */
  readonly key: Uint8Array
}

interface SaltedKey {
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

export class Sealer {
  readonly #options: SealerOptions
  /** By their salts (`byteText`). */
  readonly #keys = new Map<string, Uint8Array>()
  /** Values live until their batch is packed. */
  readonly #stored = new SharedBytes()
  #own: SaltedKey
  #seals = 0

  constructor(options: SealerOptions) {
    this.#options = options
    this.#own = this.#newKey()
  }

  seal(value: Uint8Array, rowKey: Uint8Array): Uint8Array {
    if (++this.#seals > SEALS_A_SALT_MAX) {
      this.#own = this.#newKey()
      this.#seals = 1
    }
    const { salt, key } = this.#own
    const stored = this.#stored.take(value.length + SEALED_BYTES)
    stored.set(salt)
    this.#options.cipher.sealInto(key, {
      bytes: value,
      bound: rowKey,
      into: stored,
      at: SALT_BYTES,
    })
    return stored
  }

  /** `undefined` when it was changed, or is not what was sealed for this row. */
  open(stored: Uint8Array, rowKey: Uint8Array): Uint8Array | undefined {
    if (stored.length < SEALED_BYTES) return undefined
    const key = this.#keyFor(stored)
    return this.#options.cipher.open(key, stored.subarray(SALT_BYTES), rowKey)
  }

  #newKey(): SaltedKey {
    const salt = this.#options.random.bytes(SALT_BYTES)
    return { salt, key: this.#keyFor(salt) }
  }

  #keyFor(salted: Uint8Array): Uint8Array {
    const salt = salted.subarray(0, SALT_BYTES)
    const name = byteText(salt)
    const known = this.#keys.get(name)
    if (known !== undefined) return known
    if (this.#keys.size >= KEYS_MAX) this.#keys.clear()
    const key = bytesOfHex(sha256Hex(concat([LABEL, this.#options.key, salt])))
    this.#keys.set(name, key)
    return key
  }
}
