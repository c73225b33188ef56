/** Records that came from elsewhere: whether they are what they say. */
import { bytesOfHex } from '../base/hex.ts'
import type { KeyId } from '../wire/kademlia/key-id.ts'
import { decodeRecord, encodeSignedRecord, signedBytes } from '../wire/kademlia/share-record.ts'
import type { ShareRecord } from '../wire/kademlia/share-record.ts'
import type { CheckedRecord } from './held.ts'
import type { NodeOptions } from './types.ts'

/** Read, of that key, its signature not looked at yet. */
export interface ReadRecord extends CheckedRecord {
  readonly record: ShareRecord
}

/** `undefined` for what is no record of the key. */
export function readRecord(bytes: Uint8Array, key: KeyId): ReadRecord | undefined {
  const record = decodeRecord(bytes)
  if (record === undefined || record.key !== key.hex) return undefined
  return withParts(record, bytes)
}

export function partsOf(record: ShareRecord): ReadRecord {
  return withParts(record, encodeSignedRecord(record))
}

function withParts(record: ShareRecord, bytes: Uint8Array): ReadRecord {
  const { expiresAtS, publisher, sequence, urls } = record
  const publicKey = bytesOfHex(publisher)
  return { record, bytes, publicKey, sequence, expiresAtS, url: urls[0] }
}

export function isSigned({ verify }: Pick<NodeOptions, 'verify'>, read: ReadRecord): boolean {
  const { publicKey, record } = read
  return verify(publicKey, signedBytes(record), bytesOfHex(record.signature))
}

/** Of a record that was checked when it came; none where it is of another key. */
export function partsOfBytes(bytes: Uint8Array, key: KeyId): readonly ReadRecord[] {
  const read = readRecord(bytes, key)
  return read === undefined ? [] : [read]
}
