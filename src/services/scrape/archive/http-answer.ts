/**
 * Answers of HTTP in archives (ISO 28500:2017, 6.3.2), whoever wrote them: as they came over the
 * wire, chunked and packed, or decoded.
 */
import { concat } from '../../../base/bytes.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Unpack } from '../../../effects/unpack.ts'
import { codingsOf } from '../fetch/http-message.ts'
import { UNPACK_FEED_BYTES } from '../limits.ts'
import { unchunked } from './chunked.ts'
import { fieldOf, HeadReader, parseHead, type Fields } from './fields.ts'
import type { WarcRecord } from './warc-reader.ts'
import { sentHeaders } from './warc-record.ts'

/** Of HTTP, within a record. */
const HTTP_HEAD_BYTES_MAX = 64 * 1_024

export interface AnswerHead {
  /** `undefined`: there is no status line. */
  readonly status: number | undefined
  readonly statusText: string
  /** As they stand in the archive. */
  readonly headers: Fields
}

export interface HttpAnswer extends AnswerHead {
  /** As the site sent them. */
  readonly headers: Fields
  /**
   * Decoded; to be read once, before the next record is asked for. Who reads it counts: nothing
   * here says how far it unpacks. @throws AnilloError ARCHIVE_BROKEN
   */
  readonly body: AsyncIterable<Uint8Array>
}

/** `undefined` where the block does not begin as HTTP does. */
export async function readAnswerHead(record: WarcRecord): Promise<AnswerHead | undefined> {
  const read = await splitBlock(record.block[Symbol.asyncIterator]())
  return read === undefined ? undefined : headOf(read.head)
}

/** Of a record of type `response`. `undefined` as `readAnswerHead()`. */
export async function readAnswer(
  record: WarcRecord,
  unpack: Unpack,
): Promise<HttpAnswer | undefined> {
  const block = record.block[Symbol.asyncIterator]()
  const read = await splitBlock(block)
  if (read === undefined) return undefined
  const { status, statusText, headers } = headOf(read.head)
  const sent = sentHeaders(headers)
  const raw = following(read.rest, block)
  const body = sent.isDecoded ? raw : decoded(raw, headers, { unpack, offset: record.offset })
  return { status, statusText, headers: sent.headers, body }
}

interface Split {
  readonly head: Uint8Array
  readonly rest: Uint8Array
}

async function splitBlock(block: AsyncIterator<Uint8Array>): Promise<Split | undefined> {
  const reader = new HeadReader(HTTP_HEAD_BYTES_MAX)
  for (let step = await block.next(); step.done !== true; step = await block.next()) {
    const read = reader.push(step.value)
    if (read === 'tooLong') return undefined
    if (read !== 'more') return read
  }
  // Some revisits leave the last empty line out.
  return { head: reader.held, rest: new Uint8Array(0) }
}

function headOf(bytes: Uint8Array): AnswerHead {
  // One character a byte, as Node gives them.
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const { firstLine, fields } = parseHead(text)
  const [, status, statusText = ''] = /^HTTP\/\d(?:\.\d)? (\d{3})(?: (.*))?$/.exec(firstLine) ?? []
  return { status: status === undefined ? undefined : Number(status), statusText, headers: fields }
}

async function* following(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first
  for (let step = await rest.next(); step.done !== true; step = await rest.next()) yield step.value
}

interface Decoding {
  readonly unpack: Unpack
  /** Of the record. */
  readonly offset: number
}

async function* decoded(
  raw: AsyncIterable<Uint8Array>,
  headers: Fields,
  { unpack, offset }: Decoding,
): AsyncGenerator<Uint8Array> {
  const isChunked = /(?:^|,)\s*chunked\s*$/i.test(fieldOf(headers, 'Transfer-Encoding') ?? '')
  const whole = isChunked ? unchunked(raw, offset) : raw
  const codings = codingsOf(headers)
  if (typeof codings === 'string') throw broken(offset, codings)
  try {
    let body = whole
    for (const coding of codings) {
      const held = coding === 'gzip' ? await ifGzip(body) : { body, isPacked: true }
      body = held.isPacked ? unpack.unpack(coding, fed(held.body)) : held.body
    }
    yield* body
  } catch (thrown) {
    if (isAnilloError(thrown, 'FETCH_BROKEN'))
      throw broken(offset, 'a body is not of its coding', thrown)
    throw thrown
  }
}

/** Small steps, so that whoever counts what comes out sees a bomb before it has grown. */
async function* fed(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    for (let at = 0; at < piece.length; at += UNPACK_FEED_BYTES) {
      yield piece.subarray(at, at + UNPACK_FEED_BYTES)
    }
  }
}

/** Some writers unpack bodies and leave the header as it was. */
async function ifGzip(
  body: AsyncIterable<Uint8Array>,
): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly isPacked: boolean }> {
  const iterator = body[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array(0)
  while (head.length < 2) {
    const step = await iterator.next()
    if (step.done === true) break
    head = concat([head, step.value])
  }
  return { body: following(head, iterator), isPacked: head[0] === 0x1f && head[1] === 0x8b }
}

function broken(offset: number, problem: string, cause?: unknown): AnilloError {
  return new AnilloError('ARCHIVE_BROKEN', { offset, problem }, { cause })
}
