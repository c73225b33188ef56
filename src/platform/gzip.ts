/** gzip by zlib, off the event loop, a bounded piece at a time. */
import { pipeline, Readable } from 'node:stream'
import { crc32, createGzip, createInflateRaw, type InflateRaw } from 'node:zlib'

import { assert } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import { GZIP_TRAILER_BYTES, gzipHeaderBytes } from '../base/gzip-header.ts'
import { KIB } from '../base/limits.ts'
import type { Gzip, GzipPiece } from '../effects/gzip.ts'

/** Largest piece that comes out. */
const PIECE_BYTES_MAX = 64 * KIB

export const platformGzip: Gzip = {
  async *pack(plain) {
    const stream = createGzip({ chunkSize: PIECE_BYTES_MAX })
    // `pipeline` destroys the stream with what the source failed of.
    pipeline(Readable.from(plain, { highWaterMark: 1 }), stream, () => undefined)
    try {
      for await (const piece of stream) yield piece
    } finally {
      stream.destroy()
    }
  },

  async *members(packed) {
    const input = new Input(packed)
    try {
      while (await input.has(1)) yield* member(input)
    } finally {
      await input.close()
    }
  },
}

async function* member(input: Input): AsyncGenerator<GzipPiece> {
  const start = input.offset
  input.take(await headerBytes(input, start))
  const check = { crc: 0, length: 0 }
  for await (const bytes of inflated(input, start)) {
    check.crc = crc32(bytes, check.crc)
    check.length += bytes.length
    yield { kind: 'data', bytes }
  }
  if (!(await input.has(GZIP_TRAILER_BYTES))) throw broken(start, 'it is cut short')
  const trailer = Buffer.from(input.take(GZIP_TRAILER_BYTES))
  // RFC 1952, 2.3.1: of the length its lowest 32 bits.
  if (trailer.readUInt32LE(0) !== check.crc || trailer.readUInt32LE(4) !== check.length % 2 ** 32)
    throw broken(start, 'the check sum of its gzip member is another')
  yield { kind: 'end', offset: input.offset }
}

async function headerBytes(input: Input, start: number): Promise<number> {
  for (;;) {
    const bytes = gzipHeaderBytes(input.held)
    if (bytes === 'bad') throw broken(start, 'it is not gzip')
    if (bytes !== 'short') return bytes
    if (!(await input.has(input.held.length + 1))) throw broken(start, 'it is cut short')
  }
}

/** Takes the deflated data off the input, and nothing behind it. */
async function* inflated(input: Input, start: number): AsyncGenerator<Uint8Array> {
  const stream = createInflateRaw({ chunkSize: PIECE_BYTES_MAX })
  const fed = feed(stream, input)
  try {
    for await (const piece of stream) yield piece
    input.giveBack(fed.bytes - stream.bytesWritten)
  } catch (thrown) {
    if (thrown !== null && typeof thrown === 'object' && 'errno' in thrown)
      throw broken(start, 'its gzip data is damaged or cut short', thrown)
    throw thrown
  } finally {
    stream.destroy()
  }
}

interface Fed {
  /** What zlib did not want of them lies behind the data. */
  bytes: number
}

/** One piece at a time: nothing is fed before zlib is through with the one before. */
function feed(stream: InflateRaw, input: Input): Fed {
  const fed: Fed = { bytes: 0 }
  const next = async (): Promise<void> => {
    if (!(await input.has(1))) {
      stream.end()
      return
    }
    const piece = input.take(input.held.length)
    fed.bytes += piece.length
    stream.write(piece, (error) => {
      if (error || stream.readableEnded || stream.destroyed) return
      // A stream that has said its end is read to it, and wants no more.
      if (stream.bytesWritten === fed.bytes) fail(next())
    })
  }
  const fail = (step: Promise<void>): void => {
    step.catch((thrown: unknown) =>
      stream.destroy(thrown instanceof Error ? thrown : new Error('no input', { cause: thrown })),
    )
  }
  fail(next())
  return fed
}

/** Packed bytes, of which some were looked at and not yet taken. */
class Input {
  readonly #iterator: AsyncIterator<Uint8Array>
  #piece: Uint8Array = new Uint8Array(0)
  /** Bytes of the piece that were taken. */
  #at = 0
  #offset = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  /** Of the first byte that is held, in the whole. */
  get offset(): number {
    return this.#offset
  }

  get held(): Uint8Array {
    return this.#piece.subarray(this.#at)
  }

  /** Holds so many bytes, or all that are left: then `false`. */
  async has(bytes: number): Promise<boolean> {
    while (this.#piece.length - this.#at < bytes) {
      const step = await this.#iterator.next()
      if (step.done === true) return false
      const { held } = this
      this.#piece = held.length === 0 ? step.value : Buffer.concat([held, step.value])
      this.#at = 0
    }
    return true
  }

  take(bytes: number): Uint8Array {
    const taken = this.#piece.subarray(this.#at, this.#at + bytes)
    this.#at += bytes
    this.#offset += bytes
    return taken
  }

  /** So many of the bytes that were taken last are not taken. */
  giveBack(bytes: number): void {
    assert(bytes <= this.#at, 'what is given back was taken at once')
    this.#at -= bytes
    this.#offset -= bytes
  }

  async close(): Promise<void> {
    await this.#iterator.return?.()
  }
}

function broken(offset: number, problem: string, cause?: unknown): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset, problem }, { cause })
}
