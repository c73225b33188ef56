/** Bytes on their way out, all or in ranges (RFC 9110, 14). */
import type { FastifyReply, FastifyRequest } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { contentRange, rangesOf, type ByteRange } from '../../../wire/byte-ranges.ts'
import { whenOver } from '../gone.ts'
import { STORED_FILE_POLICY } from '../headers.ts'
import type { Places } from '../places.ts'
import { whileAdmitted } from '../while-admitted.ts'

export interface SentDoor {
  readonly clock: Clock
  /** Downloads under way. */
  readonly places: Places
}

export interface SentBytes {
  /** 32 hex digits. */
  readonly id: string
  /** For errors. */
  readonly path: string
  readonly bytes: number
  readonly mediaType: string
  /** Of how they are to be shown or saved. */
  readonly headers: Readonly<Record<string, string>>
  read(range: ByteRange): AsyncIterable<Uint8Array>
  /** Before the first byte goes out; `isStart`: that of all. @throws AnilloError */
  begins?(isStart: boolean): Promise<void>
  /** While it takes long; absent: as who asks was let in. @throws AnilloError */
  again?(): Promise<void>
}

interface Sending {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Whose bytes they are may change at any time; another account must not be shown a kept copy. */
export const STANDING = {
  'accept-ranges': 'bytes',
  'cache-control': 'private, no-cache',
  'content-security-policy': STORED_FILE_POLICY,
  'cross-origin-resource-policy': 'same-site',
} as const

/** Beside what is told already for pages of other origins. */
export function varyOf(reply: FastifyReply): string {
  const told = reply.getHeader('vary')
  return ['Authorization', 'Cookie', ...(told === undefined ? [] : [told])].join(', ')
}

/** @param exchange `asked`: the header `Range`, where it counts. @throws RANGE_NOT_THERE, BUSY */
export async function sendBytes(
  door: SentDoor,
  sent: SentBytes,
  { asked, ...exchange }: Sending & { readonly asked: string | undefined },
): Promise<FastifyReply> {
  const { bytes, mediaType, path } = sent
  const { reply, request } = exchange
  // `Range` is of GET alone (RFC 9110, 14.2).
  const verdict = rangesOf(request.method === 'GET' ? asked : undefined, bytes)
  if (verdict.kind === 'none') {
    void reply.header('content-range', `bytes */${bytes}`)
    throw new AnilloError('RANGE_NOT_THERE', { path, bytes })
  }
  const sending = { door, sent, ...exchange }
  if (verdict.kind === 'whole') {
    return stream(sending, { status: 200, type: mediaType, parts: [{ from: 0, to: bytes }] })
  }
  const { parts } = verdict
  const [first] = parts
  if (first === undefined || parts.length > 1) return sendSeveral(sending, parts)
  void reply.header('content-range', contentRange(first, bytes))
  return stream(sending, { status: 206, type: mediaType, parts })
}

type Streaming = Sending & { readonly door: SentDoor; readonly sent: SentBytes }

interface Streamed {
  readonly status: 200 | 206
  readonly type: string
  readonly parts: readonly ByteRange[]
  /** Before each part, and behind the last one. */
  readonly heads?: readonly Uint8Array[]
}

/** Several parts in one body (RFC 9110, 14.6). */
function sendSeveral(sending: Streaming, parts: readonly ByteRange[]): Promise<FastifyReply> {
  const { bytes, id, mediaType } = sending.sent
  // Sixteen bytes that nobody chose; no file holds them behind a line's end by chance.
  const boundary = `anillo-${id}`
  const heads = parts.map((part, at) =>
    utf8(
      `${at === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${mediaType}\r\n` +
        `content-range: ${contentRange(part, bytes)}\r\n\r\n`,
    ),
  )
  const type = `multipart/byteranges; boundary=${boundary}`
  return stream(sending, {
    status: 206,
    type,
    parts,
    heads: [...heads, utf8(`\r\n--${boundary}--\r\n`)],
  })
}

async function stream(sending: Streaming, streamed: Streamed): Promise<FastifyReply> {
  const { door, reply, request, sent } = sending
  const { heads = [], parts, status, type } = streamed
  const isRead = request.method !== 'HEAD'
  const place = isRead ? door.places.take() : undefined
  if (place !== undefined) whenOver(reply, () => place[Symbol.dispose]())
  const isStart = parts.some(({ from }) => from === 0)
  if (isRead) await sent.begins?.(isStart)
  void reply.headers(sent.headers)
  const length =
    parts.reduce((sum, { from, to }) => sum + to - from, 0) +
    heads.reduce((sum, head) => sum + head.length, 0)
  void reply.code(status).header('content-type', type).header('content-length', length)
  if (!isRead || length === 0) return reply.send()
  const admitAgain = sent.again?.bind(sent) ?? request.admitAgain.bind(request)
  const reading = { clock: door.clock, request: { admitAgain } }
  const pieces = whileAdmitted(piecesOf(sent, streamed), reading)
  return reply.send(ReadableStream.from(pieces))
}

async function* piecesOf(
  sent: SentBytes,
  { heads = [], parts }: Streamed,
): AsyncGenerator<Uint8Array> {
  for (const [at, part] of parts.entries()) {
    const head = heads[at]
    if (head !== undefined) yield head
    yield* sent.read(part)
  }
  const end = heads[parts.length]
  if (end !== undefined) yield end
}
