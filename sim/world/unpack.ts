/** Content codings, undone in the turn that asks: the thread pool's order is not the seed's. */
import { brotliDecompressSync, inflateRawSync, unzipSync, zstdDecompressSync } from 'node:zlib'

import { concat } from '../../src/base/bytes.ts'
import { AnilloError } from '../../src/base/errors.ts'
import { KIB, MIB } from '../../src/base/limits.ts'
import type { ContentCoding, Unpack } from '../../src/effects/unpack.ts'

const PIECE_BYTES_MAX = 64 * KIB
/** No simulated page is larger. */
const UNPACKED_BYTES_MAX = 64 * MIB

export const virtualUnpack: Unpack = {
  async *unpack(coding, packed) {
    const pieces: Uint8Array[] = []
    for await (const piece of packed) pieces.push(piece)
    const body = concat(pieces)
    // An answer without a body may still name a coding.
    if (body.length === 0) return
    const whole = inflate(coding, body)
    for (let at = 0; at < whole.length; at += PIECE_BYTES_MAX) {
      yield new Uint8Array(whole.subarray(at, at + PIECE_BYTES_MAX))
    }
  },
}

function inflate(coding: ContentCoding, packed: Uint8Array): Uint8Array {
  const limit = { maxOutputLength: UNPACKED_BYTES_MAX }
  try {
    if (coding === 'br') return brotliDecompressSync(packed, limit)
    if (coding === 'zstd') return zstdDecompressSync(packed, limit)
    // `unzip` knows gzip and zlib; some servers send deflate without zlib's frame.
    return isFramed(packed) ? unzipSync(packed, limit) : inflateRawSync(packed, limit)
  } catch (cause) {
    const problem = `the body is not ${coding}`
    throw new AnilloError('FETCH_BROKEN', { host: 'the site', problem }, { cause })
  }
}

/** RFC 1952, 2.3.1 (gzip) and RFC 1950, 2.2 (zlib: method 8, header a multiple of 31). */
function isFramed(packed: Uint8Array): boolean {
  const [first = 0, second = 0] = packed
  return (
    (first === 0x1f && second === 0x8b) || ((first & 15) === 8 && (first * 256 + second) % 31 === 0)
  )
}
