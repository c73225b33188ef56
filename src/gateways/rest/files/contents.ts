/** `GET|HEAD /v1/files/{path}`: the bytes of a file, all or in ranges (RFC 9110, 14). */
import type { FastifyReply, FastifyRequest } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import type { Entry, FileUser, OpenFile } from '../../../services/files/types.ts'
import { judgeRead, mayRange } from '../../../wire/http-conditions.ts'
import { dispositionOf, mediaTypeFor } from '../../../wire/media-types.ts'
import { goneSignal } from '../gone.ts'
import { contentHeaders, quotedTag } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { sendBytes, STANDING, varyOf, type SentBytes, type SentDoor } from './sent-bytes.ts'

export interface ContentDoor extends Pick<FileDoor, 'files'>, SentDoor {}

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
  return sendParts({ door, ask, entry, file, reply, request }, asked)
}

/** An earlier content never changes, and is another than the present one. */
function asVersion(entry: Entry, version: number): Entry {
  return { ...entry, etag: `${entry.id}-${version}` }
}

interface Sending {
  readonly door: ContentDoor
  readonly ask: ContentAsk
  readonly entry: Entry
  readonly file: OpenFile
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

function sendParts(
  { ask, door, entry, file, reply, request }: Sending,
  asked: string | undefined,
): Promise<FastifyReply> {
  const { bytes, id, path } = entry
  const { link } = ask
  const mediaType = mediaTypeFor(entry.name)
  const sent: SentBytes = {
    id,
    path,
    bytes,
    mediaType,
    headers: shownAs({ ask, entry, mediaType }),
    read: file.read.bind(file),
    ...(link === undefined
      ? {}
      : { begins: (isStart) => link.begins(entry, isStart), again: () => link.again() }),
  }
  return sendBytes(door, sent, { asked, reply, request })
}

/** How it is to be shown or saved; and where all its addresses are (RFC 6249). */
function shownAs({
  ask,
  entry,
  mediaType,
}: Pick<Sending, 'ask' | 'entry'> & { readonly mediaType: string }): Readonly<
  Record<string, string>
> {
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
