/**
 * Digests that other programs ask for, to compare files. Of anillo’s own matters only SHA-256
 * (`hash.ts`) is one.
 */
import { createHash, hash } from 'node:crypto'

import { crc32 } from './crc32.ts'

export const DIGEST_NAMES = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32'] as const
export type DigestName = (typeof DIGEST_NAMES)[number]

export interface RunningDigest {
  update(bytes: Uint8Array): unknown
  /** Once, last of all; small letters. */
  hex(): string
}

export function startDigest(name: DigestName): RunningDigest {
  if (name === 'CRC32') return startCrc32()
  const hash = createHash(name.toLowerCase().replace('-', ''))
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') }
}

function startCrc32(): RunningDigest {
  let value = 0
  return {
    update: (bytes) => (value = crc32(bytes, value)),
    hex: () => value.toString(16).padStart(8, '0'),
  }
}

/**
 * 20 bytes: ids and keys of the open network (`src/wire/kademlia`), and nothing that must be safe.
 */
export function sha1(data: string | Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha1', data, 'buffer'))
}
