/** The chunked transfer coding (RFC 9112, 7.1), undone in a stream. */
import { concat } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'

/** A size in hex digits, and extensions that nobody uses. */
const SIZE_LINE_BYTES_MAX = 1_024
const SIZE = /^([0-9a-f]{1,13})[ \t]*(?:;.*)?$/i
const LF = 10

/**
 * Without the trailer. A body that does not begin as a chunk is passed on as it is: some writers
 * undo chunks and leave the header as it was. One that ends early is what the site sent.
 * @throws AnilloError ARCHIVE_BROKEN with `offset` where no size stands behind a chunk
 */
export async function* unchunked(
  raw: AsyncIterable<Uint8Array>,
  offset: number,
): AsyncGenerator<Uint8Array> {
  const chunks = new Chunks(offset)
  for await (const piece of raw) yield* chunks.push(piece)
  yield* chunks.end()
}

class Chunks {
  readonly #offset: number
  #state: 'first' | 'size' | 'data' | 'behind' | 'trailer' | 'plain' = 'first'
  /** What has come of a line. */
  #line: Uint8Array = new Uint8Array(0)
  /** Of the data of a chunk. */
  #left = 0

  constructor(offset: number) {
    this.#offset = offset
  }

  *push(piece: Uint8Array): Generator<Uint8Array> {
    for (let rest = piece; rest.length > 0;) {
      if (this.#state === 'plain') {
        yield rest
        return
      }
      if (this.#state === 'trailer') return
      if (this.#state === 'data') {
        const data = rest.subarray(0, this.#left)
        this.#left -= data.length
        if (this.#left === 0) this.#state = 'behind'
        rest = rest.subarray(data.length)
        yield data
      } else rest = this.#takeLine(rest)
    }
  }

  /** What was held for a line and is none. */
  *end(): Generator<Uint8Array> {
    if (this.#state === 'first' && this.#line.length > 0) yield this.#line
  }

  #takeLine(piece: Uint8Array): Uint8Array {
    const end = piece.indexOf(LF)
    const isFirst = this.#state === 'first'
    this.#line = concat([this.#line, end === -1 ? piece : piece.subarray(0, end + 1)])
    const rest = end === -1 ? new Uint8Array(0) : piece.subarray(end + 1)
    const isTooLong = this.#line.length > SIZE_LINE_BYTES_MAX
    if (end === -1 && !isTooLong) return rest
    const size = isTooLong ? undefined : this.#sizeOf(this.#line)
    if (size === undefined && isFirst) return this.#asPlain(rest)
    this.#line = new Uint8Array(0)
    if (size === 'empty') this.#state = 'size'
    else if (size === undefined) throw this.#broken()
    else {
      this.#left = size
      this.#state = size === 0 ? 'trailer' : 'data'
    }
    return rest
  }

  #sizeOf(bytes: Uint8Array): number | 'empty' | undefined {
    const line = new TextDecoder().decode(bytes).trim()
    if (this.#state === 'behind') return line === '' ? 'empty' : undefined
    const digits = SIZE.exec(line)?.[1]
    return digits === undefined ? undefined : Number.parseInt(digits, 16)
  }

  #asPlain(rest: Uint8Array): Uint8Array {
    const all = concat([this.#line, rest])
    this.#line = new Uint8Array(0)
    this.#state = 'plain'
    return all
  }

  #broken(): AnilloError {
    const problem = 'the chunks of a body do not fit together'
    return new AnilloError('ARCHIVE_BROKEN', { offset: this.#offset, problem })
  }
}
