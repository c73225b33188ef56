/** Where the data of a gzip member begins (RFC 1952, 2.3). */

const FIXED_BYTES = 10
const HAS_HEADER_CHECK = 2
const HAS_EXTRA = 4
const HAS_NAME = 8
const HAS_COMMENT = 16
const RESERVED = 0xe0
const DEFLATE = 8
/** CRC-32 and length behind the data. */
export const GZIP_TRAILER_BYTES = 8
/** Whatever is longer holds no name of a file any more: 64 KiB of extra field, and two names. */
export const GZIP_HEADER_BYTES_MAX = 128 * 1024

/**
 * The bytes of the header that `head` begins with. `short`: not all of it is there. `bad`: it is
 * not gzip, or of a kind that nobody knows.
 */
export function gzipHeaderBytes(head: Uint8Array): number | 'short' | 'bad' {
  const [first, second, method, flags = 0] = head
  if (first !== undefined && first !== 0x1f) return 'bad'
  if (second !== undefined && second !== 0x8b) return 'bad'
  if (method !== undefined && (method !== DEFLATE || (flags & RESERVED) !== 0)) return 'bad'
  if (head.length < FIXED_BYTES) return 'short'
  let at: number | undefined = FIXED_BYTES
  if ((flags & HAS_EXTRA) !== 0) at += 2 + (head[at] ?? 0) + 256 * (head[at + 1] ?? 0)
  if ((flags & HAS_NAME) !== 0) at = behindZero(head, at)
  if (at !== undefined && (flags & HAS_COMMENT) !== 0) at = behindZero(head, at)
  if (at !== undefined && (flags & HAS_HEADER_CHECK) !== 0) at += 2
  if (at !== undefined && at <= head.length) return at
  return head.length > GZIP_HEADER_BYTES_MAX ? 'bad' : 'short'
}

function behindZero(bytes: Uint8Array, from: number): number | undefined {
  const zero = bytes.indexOf(0, from)
  return zero === -1 ? undefined : zero + 1
}
