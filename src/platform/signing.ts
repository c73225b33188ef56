/** Ed25519 of OpenSSL. */
import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

import { assert } from '../base/assert.ts'
import { SIGNATURE_BYTES, SIGNING_KEY_BYTES, type Signing } from '../effects/signing.ts'

/** What stands before the key in PKCS #8 and SubjectPublicKeyInfo (RFC 8410, sections 4 and 7). */
const PRIVATE_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_HEAD = Buffer.from('302a300506032b6570032100', 'hex')

export function platformSigning(): Signing {
  return {
    makeKey() {
      const privateKey = new Uint8Array(randomBytes(SIGNING_KEY_BYTES))
      const spki = createPublicKey(privateKeyOf(privateKey)).export({ type: 'spki', format: 'der' })
      return { privateKey, publicKey: new Uint8Array(spki.subarray(PUBLIC_HEAD.length)) }
    },
    sign: (privateKey, bytes) => new Uint8Array(sign(null, bytes, privateKeyOf(privateKey))),
    verify: (publicKey, bytes, signature) =>
      publicKey.length === SIGNING_KEY_BYTES &&
      signature.length === SIGNATURE_BYTES &&
      verify(null, bytes, publicKeyOf(publicKey), signature),
  }
}

/** A key is used thousands of times: to read it each time costs more than a signature. */
const privateKeys = new WeakMap<Uint8Array, KeyObject>()
const publicKeys = new WeakMap<Uint8Array, KeyObject>()

function privateKeyOf(bytes: Uint8Array): KeyObject {
  assert(bytes.length === SIGNING_KEY_BYTES, 'a key has 32 bytes')
  return known(privateKeys, bytes, () => {
    const der = Buffer.concat([PRIVATE_HEAD, bytes])
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  })
}

function publicKeyOf(bytes: Uint8Array): KeyObject {
  return known(publicKeys, bytes, () => {
    const der = Buffer.concat([PUBLIC_HEAD, bytes])
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  })
}

function known(
  keys: WeakMap<Uint8Array, KeyObject>,
  bytes: Uint8Array,
  make: () => KeyObject,
): KeyObject {
  const key = keys.get(bytes) ?? make()
  keys.set(bytes, key)
  return key
}
