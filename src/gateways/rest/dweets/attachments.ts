/**
 * What is shown with dweets: sent before they are written, or taken from the tree; and its bytes.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import type {
  AttachAsk,
  Attachments,
  AttachmentUpload,
  OpenAttachment,
} from '../../../services/dweets/attachments/types.ts'
import type { DweetToPublish, UsedAttachment } from '../../../services/dweets/types.ts'
import { Attachment } from '../../../wire/api-attachments.ts'
import type { NewAttachment, NewDweet } from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { ATTACHMENTS_MAX } from '../../../wire/dweet-limits.ts'
import { judgeRead, mayRange } from '../../../wire/http-conditions.ts'
import { dispositionOf } from '../../../wire/media-types.ts'
import { ArrivingBody } from '../files/arriving-body.ts'
import { fileUserOf } from '../files/file-door.ts'
import { sendBytes, STANDING, varyOf, type SentDoor } from '../files/sent-bytes.ts'
import { goneSignal } from '../gone.ts'
import { DOWNLOAD_POLICY } from '../headers.ts'
import { ASK_AGAIN_MS, ATTACHING_AT_ONCE, DOWNLOADS_AT_ONCE } from '../limits.ts'
import { Places } from '../places.ts'
import { DweetParams, dweeterOf, idOf, tags, type DweetDoor, type OfDweet } from './dweet-door.ts'
import { Lately } from './lately.ts'
import { noteModeration } from './note-moderation.ts'

export interface AttachingDoor extends DweetDoor {
  readonly attachments: Attachments
}

const NAME_CHARS_MAX = 1_024
const PATH_CHARS_MAX = 4_096
const DESCRIPTION_GIVEN_MAX = 24_000

const AttachQuestion = Type.Object({
  name: Type.Optional(
    Type.String({ maxLength: NAME_CHARS_MAX, description: 'of the file; tells its kind' }),
  ),
  description: Type.Optional(
    Type.String({
      maxLength: DESCRIPTION_GIVEN_MAX,
      description: 'for whoever does not see it: at most 1,500 characters',
    }),
  ),
  from: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: PATH_CHARS_MAX,
      description: 'path of a file of the tree that the account may read; then no body is read',
    }),
  ),
})

interface Attaching {
  readonly Querystring: {
    readonly name?: string
    readonly description?: string
    readonly from?: string
  }
}

const FileParams = Type.Object({ file: Type.String({ minLength: 1, maxLength: 64 }) })

interface OfFile {
  readonly Params: { readonly file: string }
}

interface OfBoth {
  readonly Params: OfDweet['Params'] & OfFile['Params']
}

export function addAttachments(server: FastifyInstance, door: AttachingDoor): void {
  const places = new Places('attachments', ATTACHING_AT_ONCE)
  void server.register(async (scope) => {
    // Bytes, whatever they are called.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
    addSending(scope, door, places)
  })
  const sent = { ...door, places: new Places('downloads', DOWNLOADS_AT_ONCE) }
  addBytes(server, sent)
  addInspecting(server, sent)
}

function addSending(scope: FastifyInstance, door: AttachingDoor, places: Places): void {
  scope.post<Attaching>(
    '/v1/dweets/attachments',
    {
      schema: {
        summary: 'Send what is to be shown with a dweet',
        description:
          'The body is the file itself. Pictures have at most 16 MiB, other files 100 MiB. Of a ' +
          'JPEG, PNG or WebP, what tells where it was taken is left out. With `from`, it is a ' +
          'file of the tree as it is now. What no dweet uses goes after 12 hours.',
        tags,
        querystring: AttachQuestion,
        consumes: ['application/octet-stream'],
        response: { 201: Attachment, 409: Problem, 413: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      using _ = places.take()
      const { description, from, name } = request.query
      const said = description === undefined ? {} : { description }
      const attachment =
        from === undefined
          ? await received(door, request, { name: name ?? 'file', ...said })
          : await copied(door, request, { path: from, ...said })
      void reply.code(201).header('location', attachment.url)
      return attachment
    },
  )
  scope.delete<OfFile>(
    '/v1/dweets/attachments/:file',
    {
      schema: {
        summary: 'Give up an attachment that no dweet uses',
        tags,
        params: FileParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await door.attachments.detach(dweeterOf(request), request.params.file)
      return reply.code(204).send()
    },
  )
}

function addBytes(server: FastifyInstance, door: AttachingDoor & SentDoor): void {
  server.get<OfFile>(
    '/v1/dweets/attachments/:file',
    { schema: { summary: 'An own attachment that no dweet uses yet', tags, params: FileParams } },
    async (request, reply) => {
      const options = { signal: goneSignal(reply) }
      const { file } = request.params
      const opened = await door.attachments.unused(dweeterOf(request), file, options)
      return send(door, opened, { request, reply })
    },
  )
  server.get<OfBoth>(
    '/v1/dweets/:id/attachments/:file',
    {
      schema: {
        summary: 'What is shown with a dweet: for those who may see that',
        description: 'With `Range` and `ETag`.',
        tags,
        params: Type.Object({ ...DweetParams.properties, ...FileParams.properties }),
      },
    },
    async (request, reply) => {
      const options = { signal: goneSignal(reply) }
      const { file } = request.params
      const who = dweeterOf(request)
      const opened = await door.attachments.open(who, idOf(request), file, options)
      return send(door, opened, { request, reply })
    },
  )
}

function addInspecting(server: FastifyInstance, door: AttachingDoor & SentDoor): void {
  const lately = new Lately(door.clock, { forMs: NOTED_AGAIN_MS, most: NOTED_MAX })
  server.get<OfBoth>(
    '/v1/reports/:id/attachments/:file',
    {
      schema: {
        summary: 'What is shown with a dweet that was reported, whoever may see that',
        description: 'With `Range` and `ETag`. Who reads it stands in the audit log.',
        tags,
        params: Type.Object({ ...DweetParams.properties, ...FileParams.properties }),
      },
    },
    async (request, reply) => {
      const options = { signal: goneSignal(reply) }
      const { file, id: subject } = request.params
      const opened = await door.attachments.inspect(dweeterOf(request), subject, file, options)
      // A film is asked for in many parts, of which the first tells.
      if (lately.isNew(`${request.asker?.nick} ${subject} ${file}`)) {
        noteModeration(door, request, { action: 'inspect', subject, nick: opened.author })
      }
      return send(door, opened, { request, reply })
    },
  )
}

/** Who opened what is noted again after that. */
const NOTED_AGAIN_MS = 10 * MINUTE_MS
/** Those that are remembered as noted; what is forgotten is noted once more. */
const NOTED_MAX = 1_000

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  /** In place of those that stand in each answer. */
  readonly headers?: Readonly<Record<string, string>>
  /** While it takes long; absent: as who asks was let in. @throws AnilloError */
  readonly again?: () => Promise<void>
}

/** It never changes; whether it may be seen does. @throws CONDITION_FAILED, RANGE_NOT_THERE */
export function send(
  door: SentDoor,
  { attachment, read }: OpenAttachment,
  { again, headers: own, reply, request }: Exchange,
): Promise<FastifyReply> | FastifyReply {
  const { bytes, id, kind, name, sha256, type } = attachment
  const isShown = kind !== 'file' || type === 'application/pdf'
  const etag = `"${sha256}"`
  void reply.headers({
    ...STANDING,
    ...own,
    ...(isShown ? {} : { 'content-security-policy': DOWNLOAD_POLICY }),
    etag,
    vary: varyOf(reply),
  })
  const validators = { etag, modifiedMs: 0 }
  const verdict = judgeRead(request.headers, validators)
  if (verdict === 'conditionFailed') throw new AnilloError('CONDITION_FAILED')
  if (verdict === 'notModified') return reply.code(304).send()
  const { range } = request.headers
  const headers = { 'content-disposition': dispositionOf(name, type, !isShown) }
  const stays = again === undefined ? {} : { again }
  const sent = { id, path: name, bytes, mediaType: type, headers, read, ...stays }
  const asked = mayRange(request.headers, validators) ? range : undefined
  return sendBytes(door, sent, { asked, request, reply })
}

async function received(
  { attachments, clock, unhurried }: AttachingDoor,
  request: FastifyRequest,
  ask: AttachAsk,
): Promise<Attachment> {
  const body = new ArrivingBody(request.raw)
  const length = request.headers['content-length']
  const told = length === undefined ? undefined : Number(length)
  unhurried(request.raw.socket)
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    let askedAtMs = clock.nowMs()
    for await (const piece of body.pieces()) {
      if (clock.nowMs() - askedAtMs >= ASK_AGAIN_MS) {
        await request.admitAgain()
        askedAtMs = clock.nowMs()
      }
      yield piece
    }
  }
  try {
    const expected = told === undefined ? {} : { expectedBytes: told }
    return await taken(attachments, request, { ask: { ...ask, ...expected }, pieces: pieces() })
  } finally {
    // Ended early, what still arrives is passed over: the sender learns why.
    body.passOver()
  }
}

/** A file of the tree, read with the rights of who asks. @throws AnilloError as `Files.open` */
async function copied(
  { attachments, files }: AttachingDoor,
  request: FastifyRequest,
  { description, path }: { readonly path: string; readonly description?: string },
): Promise<Attachment> {
  const who = fileUserOf(request)
  if (files === undefined || request.asker?.permissions.has('files.read') !== true) {
    throw new AnilloError('PERMISSION_MISSING', { permission: 'files.read' })
  }
  const file = await files.open(who, path)
  const { entry } = file
  const ask: AttachAsk = {
    name: entry.name,
    expectedBytes: entry.bytes,
    ...(description === undefined ? {} : { description }),
  }
  return taken(attachments, request, { ask, pieces: file.read({ from: 0, to: entry.bytes }) })
}

interface Taking {
  readonly ask: AttachAsk
  readonly pieces: AsyncIterable<Uint8Array>
}

async function taken(
  attachments: Attachments,
  request: FastifyRequest,
  { ask, pieces }: Taking,
): Promise<Attachment> {
  const upload: AttachmentUpload = await attachments.attach(dweeterOf(request), ask)
  try {
    for await (const piece of pieces) await upload.push(piece)
    return await upload.end()
  } catch (thrown) {
    // The first error tells more than a second.
    await upload.discard().catch(() => undefined)
    throw thrown
  }
}

/** With files of the tree as they are now. @throws AnilloError as `Files.open`; ATTACHMENT_* */
export async function attachedTo(
  door: DweetDoor,
  request: FastifyRequest,
  { attachments: asked, ...dweet }: NewDweet,
): Promise<DweetToPublish> {
  if (asked === undefined) return dweet
  if (asked.length > ATTACHMENTS_MAX) {
    throw new AnilloError('ATTACHMENTS_TOO_MANY', { max: ATTACHMENTS_MAX })
  }
  const attachments: UsedAttachment[] = []
  for (const one of asked) attachments.push(await usedOf(door, request, one))
  return { ...dweet, attachments }
}

async function usedOf(
  door: DweetDoor,
  request: FastifyRequest,
  one: NewAttachment,
): Promise<UsedAttachment> {
  const { attachments } = door
  if ('id' in one) return one
  if (attachments === undefined) throw new AnilloError('NO_ENTRY', { path: one.path })
  const { id } = await copied({ ...door, attachments }, request, one)
  return { id }
}
