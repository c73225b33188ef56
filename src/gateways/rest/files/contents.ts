/** `GET|HEAD /v1/files/{path}`: the bytes of a file, all or in ranges (RFC 9110, 14). */
import type { FastifyReply, FastifyRequest } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { Entry, FileUser, OpenFile } from '../../../services/files/types.ts'
import { judgeRead, mayRange } from '../../../wire/http-conditions.ts'
import { dispositionOf, mediaTypeFor } from '../../../wire/media-types.ts'
import { goneSignal } from '../gone.ts'
import { STORED_FILE_POLICY } from '../headers.ts'
import type { Places } from '../places.ts'
import { whileAdmitted } from '../while-admitted.ts'
import { contentHeaders, quotedTag } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { contentRange, rangesOf, type ByteRange } from './ranges.ts'

export interface ContentDoor extends Pick<FileDoor, 'files' | 'clock'> {
  /** Downloads under way. */
  readonly places: Places
}

export interface ContentAsk {
  readonly path: string
  /** Of an earlier content; absent: what is there now. */
  readonly version?: number | undefined
  /** To be saved, whatever a browser could show. */
  readonly isDownload: boolean
  /** Without the address of its Metalink, which is there under `/v1/files` alone. */
  readonly isBare?: boolean
  /** Absent: by an account, or a guest, with their own rights. */
  readonly link?: LinkReading
}

/** Through a public link. */
export interface LinkReading {
  /** Whose rights count. */
  readonly as: FileUser
  /** Whether that is what the link leads to. @throws AnilloError */
  check(entry: Entry): Promise<void>
  /** Before the first byte goes out; `isStart`: that of the file. @throws AnilloError */
  begins(entry: Entry, isStart: boolean): Promise<void>
  /** While it takes long. @throws AnilloError where it may be read no more */
  again(): Promise<void>
}

/** @throws AnilloError NO_ENTRY, IS_A_FOLDER, CONDITION_FAILED, RANGE_NOT_THERE, BUSY */
export async function sendContent(
  door: ContentDoor,
  ask: ContentAsk,
  { reply, request }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const { link, path, version } = ask
  const signal = goneSignal(reply)
  const file = await door.files.open(link?.as ?? fileUserOf(request), path, {
    signal,
    ...(version === undefined ? {} : { version }),
  })
  await link?.check(file.entry)
  const entry = version === undefined ? file.entry : asVersion(file.entry, version)
  const validators = { etag: quotedTag(entry.etag), modifiedMs: entry.modifiedMs }
  void reply.headers({ ...contentHeaders(entry), ...STANDING, vary: varyOf(reply) })
  const verdict = judgeRead(request.headers, validators)
  if (verdict === 'conditionFailed') throw new AnilloError('CONDITION_FAILED')
  if (verdict === 'notModified') return reply.code(304).send()
  const { range } = request.headers
  const asked = mayRange(request.headers, validators) ? range : undefined
  const mediaType = mediaTypeFor(entry.name)
  return sendParts({ door, ask, entry, file, mediaType, reply, request }, asked)
}

/** An earlier content never changes, and is another than the present one. */
function asVersion(entry: Entry, version: number): Entry {
  return { ...entry, etag: `${entry.id}-${version}` }
}

/** Whose bytes they are may change at any time; another account must not be shown a kept copy. */
const STANDING = {
  'accept-ranges': 'bytes',
  'cache-control': 'private, no-cache',
  'content-security-policy': STORED_FILE_POLICY,
  'cross-origin-resource-policy': 'same-site',
} as const

/** Beside what is told already for pages of other origins. */
function varyOf(reply: FastifyReply): string {
  const told = reply.getHeader('vary')
  return ['Authorization', 'Cookie', ...(told === undefined ? [] : [told])].join(', ')
}

interface Sending {
  readonly door: ContentDoor
  readonly ask: ContentAsk
  readonly entry: Entry
  readonly file: OpenFile
  readonly mediaType: string
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

async function sendParts(sending: Sending, asked: string | undefined): Promise<FastifyReply> {
  const { entry, mediaType, reply, request } = sending
  const { bytes } = entry
  // `Range` is of GET alone (RFC 9110, 14.2).
  const verdict = rangesOf(request.method === 'GET' ? asked : undefined, bytes)
  if (verdict.kind === 'none') {
    void reply.header('content-range', `bytes */${bytes}`)
    throw new AnilloError('RANGE_NOT_THERE', { path: entry.path, bytes })
  }
  if (verdict.kind === 'whole') {
    return stream(sending, { status: 200, type: mediaType, parts: [{ from: 0, to: bytes }] })
  }
  const { parts } = verdict
  const [first] = parts
  if (first === undefined || parts.length > 1) return sendSeveral(sending, parts)
  void reply.header('content-range', contentRange(first, bytes))
  return stream(sending, { status: 206, type: mediaType, parts })
}

interface Streamed {
  readonly status: 200 | 206
  readonly type: string
  readonly parts: readonly ByteRange[]
  /** Before each part, and behind the last one. */
  readonly heads?: readonly Uint8Array[]
}

/** Several parts in one body (RFC 9110, 14.6). */
function sendSeveral(sending: Sending, parts: readonly ByteRange[]): Promise<FastifyReply> {
  const { entry, mediaType } = sending
  // Sixteen bytes that nobody chose; no file holds them behind a line's end by chance.
  const boundary = `anillo-${entry.id}`
  const heads = parts.map((part, at) =>
    utf8(
      `${at === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${mediaType}\r\n` +
        `content-range: ${contentRange(part, entry.bytes)}\r\n\r\n`,
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

async function stream(sending: Sending, sent: Streamed): Promise<FastifyReply> {
  const { ask, door, entry, file, reply, request } = sending
  const { heads = [], parts, status, type } = sent
  const isRead = request.method !== 'HEAD'
  const place = isRead ? door.places.take() : undefined
  if (place !== undefined) reply.raw.once('close', () => place[Symbol.dispose]())
  const isStart = parts.some(({ from }) => from === 0)
  if (isRead) await ask.link?.begins(entry, isStart)
  void reply.headers(shownAs(sending))
  const length =
    parts.reduce((sum, { from, to }) => sum + to - from, 0) +
    heads.reduce((sum, head) => sum + head.length, 0)
  void reply.code(status).header('content-type', type).header('content-length', length)
  if (!isRead || length === 0) return reply.send()
  const admitAgain = ask.link?.again ?? request.admitAgain.bind(request)
  const reading = { clock: door.clock, request: { admitAgain } }
  const pieces = whileAdmitted(piecesOf(file, sent), reading)
  return reply.send(ReadableStream.from(pieces))
}

/** How it is to be shown or saved; and where all its addresses are (RFC 6249). */
function shownAs({ ask, entry, mediaType }: Sending): Readonly<Record<string, string>> {
  const disposition = dispositionOf(entry.name, mediaType, ask.isDownload)
  if (ask.version !== undefined || ask.link !== undefined || ask.isBare === true) {
    return { 'content-disposition': disposition }
  }
  const metalink = `<${encodeURIComponent(entry.name)}.meta4>`
  return {
    'content-disposition': disposition,
    link: `${metalink}; rel=describedby; type="application/metalink4+xml"`,
  }
}

async function* piecesOf(
  file: OpenFile,
  { heads = [], parts }: Streamed,
): AsyncGenerator<Uint8Array> {
  for (const [at, part] of parts.entries()) {
    const head = heads[at]
    if (head !== undefined) yield head
    yield* file.read(part)
  }
  const end = heads[parts.length]
  if (end !== undefined) yield end
}
