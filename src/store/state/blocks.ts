/**
 * A snapshot as it is sent: blocks of entries, the lengths of key and value (4 bytes each) before
 * them. Each block's hash covers the hash of the one before, the first one's that of the offer, so
 * that no block can be left out, changed or come from another snapshot.
 */
import { concat, utf8 } from '../../base/bytes.ts'
import { sha256Hex } from '../../base/hash.ts'
import type { DatabaseEntry } from '../../effects/database.ts'

const LENGTHS_BYTES = 8

export function packEntries(entries: readonly DatabaseEntry[]): Uint8Array {
  let length = 0
  for (const { key, value } of entries) length += LENGTHS_BYTES + key.length + value.length
  const bytes = new Uint8Array(length)
  const lengths = new DataView(bytes.buffer)
  let at = 0
  for (const { key, value } of entries) {
    lengths.setUint32(at, key.length)
    lengths.setUint32(at + 4, value.length)
    bytes.set(key, at + LENGTHS_BYTES)
    bytes.set(value, at + LENGTHS_BYTES + key.length)
    at += LENGTHS_BYTES + key.length + value.length
  }
  return bytes
}

/** `undefined` where the bytes are no block. What it gives are views. */
export function unpackEntries(bytes: Uint8Array): readonly DatabaseEntry[] | undefined {
  const lengths = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const entries: DatabaseEntry[] = []
  let at = 0
  while (at < bytes.length) {
    const keyAt = at + LENGTHS_BYTES
    if (keyAt > bytes.length) return undefined
    const valueAt = keyAt + lengths.getUint32(at)
    const end = valueAt + lengths.getUint32(at + 4)
    if (end > bytes.length) return undefined
    entries.push({ key: bytes.subarray(keyAt, valueAt), value: bytes.subarray(valueAt, end) })
    at = end
  }
  return entries
}

/** Over all blocks up to this one. */
export function chainedHash(hashBefore: string, bytes: Uint8Array): string {
  return sha256Hex(concat([utf8(hashBefore), bytes]))
}
