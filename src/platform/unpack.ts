/** Content codings by zlib, brotli and zstd, off the event loop, a bounded piece at a time. */
import { pipeline, Readable, type Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'

import { AnilloError } from '../base/errors.ts'
import { KIB } from '../base/limits.ts'
import type { ContentCoding, Unpack } from '../effects/unpack.ts'

/** Largest piece that comes out. */
const PIECE_BYTES_MAX = 64 * KIB
/** RFC 9659: a zstd coding for HTTP needs no window over 8 MiB. */
const ZSTD_WINDOW_LOG_MAX = 23

export const platformUnpack: Unpack = {
  async *unpack(coding, packed) {
    const input = await peekable(packed)
    // An answer without a body may still name a coding (RFC 9110, 8.4).
    if (input === undefined) return
    const stream = unpacker(coding, input.first)
    // One waiting piece on each side: what is unpacked follows closely what was fed.
    pipeline(Readable.from(input.all(), { highWaterMark: 1 }), stream, () => undefined)
    try {
      for await (const piece of stream) yield piece
    } catch (thrown) {
      if (thrown instanceof AnilloError) throw thrown
      throw new AnilloError('FETCH_BROKEN', { problem: `bad ${coding} data` }, { cause: thrown })
    } finally {
      stream.destroy()
    }
  },
}

interface Peeked {
  readonly first: Uint8Array
  /** The first piece and all that follow. */
  all(): AsyncIterable<Uint8Array>
}

async function peekable(packed: AsyncIterable<Uint8Array>): Promise<Peeked | undefined> {
  const iterator = packed[Symbol.asyncIterator]()
  let head = await iterator.next()
  while (head.done !== true && head.value.length === 0) head = await iterator.next()
  if (head.done === true) return undefined
  const first = head.value
  return {
    first,
    async *all() {
      try {
        yield first
        for (let step = await iterator.next(); step.done !== true; step = await iterator.next())
          yield step.value
      } finally {
        await iterator.return?.()
      }
    },
  }
}

function unpacker(coding: ContentCoding, first: Uint8Array): Transform {
  const options = { chunkSize: PIECE_BYTES_MAX, writableHighWaterMark: 1, readableHighWaterMark: 1 }
  switch (coding) {
    case 'gzip':
      return createGunzip(options)
    case 'deflate':
      return hasZlibHeader(first) ? createInflate(options) : createInflateRaw(options)
    case 'br':
      return createBrotliDecompress(options)
    case 'zstd':
      return createZstdDecompress({
        ...options,
        params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
      })
  }
}

/**
 * RFC 9110, 8.4.1.2: some sites send deflate without its zlib wrapper (RFC 1950, 2.2: method 8).
 */
function hasZlibHeader(first: Uint8Array): boolean {
  return ((first[0] ?? 0) & 0x0f) === 8
}
