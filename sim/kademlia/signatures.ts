/**
 * Signatures that cost a hash, since Ed25519 would be most of a run: whoever knows the public key
 * could forge them, and in the simulation nobody does but by changing what was signed.
 */
import { concat, equalBytes } from '../../src/base/bytes.ts'
import { sha1 } from '../../src/base/digests.ts'
import { bytesOfHex, hexOf } from '../../src/base/hex.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import { SIGNATURE_BYTES } from '../../src/effects/signing.ts'
import type { KeyId } from '../../src/wire/kademlia/key-id.ts'
import {
  encodeRecord,
  signedBytes,
  type RecordContents,
  type ShareRecord,
} from '../../src/wire/kademlia/share-record.ts'

function signatureOf(publicKey: Uint8Array, bytes: Uint8Array): Uint8Array {
  const digest = sha1(concat([publicKey, bytes]))
  const signature = new Uint8Array(SIGNATURE_BYTES)
  for (let at = 0; at < SIGNATURE_BYTES; at++) signature[at] = digest[at % digest.length] ?? 0
  return signature
}

export function verify(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  return equalBytes(signature, signatureOf(publicKey, bytes))
}

export function isSignedRecord(record: ShareRecord): boolean {
  const publicKey = bytesOfHex(record.publisher)
  return verify(publicKey, signedBytes(record), bytesOfHex(record.signature))
}

export interface Said {
  readonly key: KeyId
  readonly publicKey: Uint8Array
  readonly wallMs: number
  readonly lifeMs: number
  readonly sequence: number
  readonly urls: readonly string[]
}

export function signedRecord({ key, lifeMs, publicKey, sequence, urls, wallMs }: Said) {
  const contents: RecordContents = {
    key: key.hex,
    publisher: hexOf(publicKey),
    sequence,
    expiresAtS: Math.floor((wallMs + lifeMs) / SECOND_MS),
    urls,
    size: 1_000,
    root: '5a'.repeat(32),
  }
  const signature = signatureOf(publicKey, signedBytes(contents))
  const record: ShareRecord = { ...contents, signature: hexOf(signature) }
  return { record, bytes: encodeRecord(contents, signature) }
}
