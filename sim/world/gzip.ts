/** gzip in the turn that asks: the thread pool's order is not the seed's. */
import { crc32, gzipSync, inflateRawSync } from 'node:zlib'

import { assert } from '../../src/base/assert.ts'
import { concat } from '../../src/base/bytes.ts'
import { AnilloError } from '../../src/base/errors.ts'
import { GZIP_TRAILER_BYTES, gzipHeaderBytes } from '../../src/base/gzip-header.ts'
import { KIB, MIB } from '../../src/base/limits.ts'
import type { Gzip, GzipPiece } from '../../src/effects/gzip.ts'

const PIECE_BYTES_MAX = 64 * KIB
/** No simulated archive is larger. */
const UNPACKED_BYTES_MAX = 64 * MIB

export const virtualGzip: Gzip = {
  async *pack(plain) {
    yield* pieces(gzipSync(await whole(plain)))
  },

  async *members(packed) {
    const all = await whole(packed)
    for (let at = 0; at < all.length;) {
      const { data, end } = member(all, at)
      for (const bytes of pieces(data)) yield { kind: 'data', bytes } satisfies GzipPiece
      yield { kind: 'end', offset: end }
      at = end
    }
  },
}

function member(all: Uint8Array, start: number): { data: Uint8Array; end: number } {
  const header = gzipHeaderBytes(all.subarray(start))
  if (header === 'bad') throw broken(start, 'it is not gzip')
  if (header === 'short') throw broken(start, 'it is cut short')
  const { data, bytes } = inflated(all.subarray(start + header), start)
  const trailer = all.subarray(start + header + bytes, start + header + bytes + GZIP_TRAILER_BYTES)
  if (trailer.length < GZIP_TRAILER_BYTES) throw broken(start, 'it is cut short')
  const said = Buffer.from(trailer)
  if (said.readUInt32LE(0) !== crc32(data) || said.readUInt32LE(4) !== data.length)
    throw broken(start, 'the check sum of its gzip member is another')
  return { data, end: start + header + bytes + GZIP_TRAILER_BYTES }
}

function inflated(packed: Uint8Array, start: number): { data: Uint8Array; bytes: number } {
  try {
    const options = { maxOutputLength: UNPACKED_BYTES_MAX, info: true }
    const result: unknown = inflateRawSync(packed, options)
    assert(isInflated(result), 'zlib gives what was asked for')
    return { data: result.buffer, bytes: result.engine.bytesWritten }
  } catch (cause) {
    throw broken(start, 'its gzip data is damaged or cut short', cause)
  }
}

interface Inflated {
  readonly buffer: Uint8Array
  readonly engine: { readonly bytesWritten: number }
}

/** What zlib gives for `info: true`; its types do not know. */
function isInflated(result: unknown): result is Inflated {
  return typeof result === 'object' && result !== null && 'engine' in result
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of source) all.push(piece)
  return concat(all)
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES_MAX) {
    yield new Uint8Array(bytes.subarray(at, at + PIECE_BYTES_MAX))
  }
}

function broken(offset: number, problem: string, cause?: unknown): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset, problem }, { cause })
}
