/** AES-256-GCM of OpenSSL. */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  randomFillSync,
  type Cipheriv,
  type Decipheriv,
  type KeyObject,
} from 'node:crypto'

import { assert } from '../base/assert.ts'
import { KIB } from '../base/limits.ts'
import {
  CIPHER_KEY_BYTES,
  SEAL_BYTES,
  type Cipher,
  type OpenInto,
  type SealInto,
} from '../effects/cipher.ts'
import { freeNow } from './free-now.ts'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const TAG = { authTagLength: TAG_BYTES }

/** What OpenSSL is given at once: its output fits the processor's cache, and small memory. */
const SLICE_BYTES = 64 * KIB

/** One call of the system serves 341 seals. */
const POOL_BYTES = 4_096

export function platformCipher(): Cipher {
  const nextNonce = nonceSource()
  const sealInto = (key: Uint8Array, { bytes, bound, into, at }: SealInto): void => {
    assert(at + bytes.length + SEAL_BYTES <= into.length, 'no room for the seal')
    const nonce = nextNonce()
    into.set(nonce, at)
    const cipher = createCipheriv(ALGORITHM, keyObjectOf(key), nonce, TAG)
    cipher.setAAD(bound)
    updateInto(cipher, bytes, { into, at: at + NONCE_BYTES })
    cipher.final()
    into.set(cipher.getAuthTag(), at + NONCE_BYTES + bytes.length)
  }
  return {
    sealInto,
    seal(key, bytes, bound) {
      const into = new Uint8Array(bytes.length + SEAL_BYTES)
      sealInto(key, { bytes, bound, into, at: 0 })
      return into
    },
    open,
    openInto,
  }
}

/** Each is valid until the next is asked for. */
function nonceSource(): () => Uint8Array {
  const pool = new Uint8Array(POOL_BYTES)
  let at = POOL_BYTES
  return () => {
    if (at + NONCE_BYTES > POOL_BYTES) {
      randomFillSync(pool)
      at = 0
    }
    at += NONCE_BYTES
    return pool.subarray(at - NONCE_BYTES, at)
  }
}

/** A key seals thousands of values: to take it as bytes each time costs half of a small seal. */
const keyObjects = new WeakMap<Uint8Array, KeyObject>()

function keyObjectOf(key: Uint8Array): KeyObject {
  const known = keyObjects.get(key)
  if (known !== undefined) return known
  assert(key.length === CIPHER_KEY_BYTES, 'a key has 32 bytes')
  const made = createSecretKey(key)
  keyObjects.set(key, made)
  return made
}

function open(key: Uint8Array, sealed: Uint8Array, bound: Uint8Array): Uint8Array | undefined {
  if (sealed.length < SEAL_BYTES) return undefined
  return openInto(key, { sealed, bound, into: new Uint8Array(sealed.length - SEAL_BYTES) })
}

function openInto(key: Uint8Array, { sealed, bound, into }: OpenInto): Uint8Array | undefined {
  if (sealed.length < SEAL_BYTES) return undefined
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv(
    ALGORITHM,
    keyObjectOf(key),
    sealed.subarray(0, NONCE_BYTES),
    TAG,
  )
  decipher.setAAD(bound)
  decipher.setAuthTag(sealed.subarray(end))
  const bytes = into.subarray(0, end - NONCE_BYTES)
  assert(bytes.length === end - NONCE_BYTES, 'no room for what was sealed')
  updateInto(decipher, sealed.subarray(NONCE_BYTES, end), { into: bytes, at: 0 })
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return bytes
}

interface Place {
  readonly into: Uint8Array
  readonly at: number
}

function updateInto(cipher: Cipheriv | Decipheriv, bytes: Uint8Array, { into, at }: Place): void {
  if (bytes.length <= SLICE_BYTES) {
    into.set(cipher.update(bytes), at)
    return
  }
  for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
    const slice = cipher.update(bytes.subarray(from, from + SLICE_BYTES))
    into.set(slice, at + from)
    freeNow(slice)
  }
}
