/**
 * The bytes of a chunk's file: what it is, the index at which its row began (rows.ts), then the
 * sealed bytes, bound to hash and index, so that no file can pass for another. Pure but for the
 * cipher.
 */
import { utf8 } from '../../base/bytes.ts'
import { SEAL_BYTES, type Cipher } from '../../effects/cipher.ts'
import { CHUNK_BYTES_MAX } from '../../wire/chunks.ts'

const MAGIC = utf8('anilloC1')
const INDEX_BYTES = 6
export const HEADER_BYTES = MAGIC.length + INDEX_BYTES
/** How much longer a file is than its chunk. */
export const FILE_EXTRA_BYTES = HEADER_BYTES + SEAL_BYTES
export const FILE_BYTES_MAX = CHUNK_BYTES_MAX + FILE_EXTRA_BYTES

export interface Keys {
  readonly cipher: Cipher
  /** The member's, of 32 bytes. */
  readonly key: Uint8Array
}

export interface Found {
  readonly bytes: Uint8Array
  readonly sinceIndex: number
}

/** `into` has room for the chunk and `FILE_EXTRA_BYTES`. */
export function sealChunkFile(
  { cipher, key }: Keys,
  { hash, bytes, sinceIndex }: Found & { readonly hash: string },
  into: Uint8Array,
): void {
  into.set(MAGIC)
  writeIndex(into, sinceIndex)
  cipher.sealInto(key, { bytes, bound: boundTo(hash, sinceIndex), into, at: HEADER_BYTES })
}

/**
 * In the memory of the file, at its beginning. `undefined` where it is not what was sealed for this
 * hash.
 */
export function openChunkFile(
  { cipher, key }: Keys,
  hash: string,
  sealed: Uint8Array,
): Found | undefined {
  const sinceIndex = readIndex(sealed)
  if (sinceIndex === undefined) return undefined
  const text = sealed.subarray(HEADER_BYTES)
  const bytes = cipher.openInto(key, {
    sealed: text,
    bound: boundTo(hash, sinceIndex),
    into: sealed,
  })
  return bytes === undefined ? undefined : { bytes, sinceIndex }
}

/** Of the header alone; `undefined` where the file does not begin as ours. */
export function readIndex(sealed: Uint8Array): number | undefined {
  if (sealed.length < HEADER_BYTES) return undefined
  if (!MAGIC.every((byte, at) => sealed[at] === byte)) return undefined
  let index = 0
  for (const byte of sealed.subarray(MAGIC.length, HEADER_BYTES)) index = index * 256 + byte
  return index
}

function boundTo(hash: string, sinceIndex: number): Uint8Array {
  return utf8(`${hash} ${sinceIndex}`)
}

function writeIndex(sealed: Uint8Array, index: number): void {
  let rest = index
  for (let at = HEADER_BYTES - 1; at >= MAGIC.length; at--) {
    sealed[at] = rest % 256
    rest = Math.floor(rest / 256)
  }
}
