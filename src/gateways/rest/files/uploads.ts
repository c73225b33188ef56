/**
 * `PUT /v1/files/{path}`, and `/v1/uploads/{path}`: files on their way in, and those that broke
 * off. The second is what draft-ietf-httpbis-resumable-upload calls the upload resource of the
 * first: its `HEAD` tells how far the upload came, its `PATCH` goes on, its `DELETE` gives it up.
 * One account has one upload under way to one path, so that its address need not be told (104).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { present } from '../../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { ToldAnswer } from '../../../services/files/repeats/types.ts'
import type { Entry, Once, WriteAsk, Written } from '../../../services/files/types.ts'
import { FileUploadState } from '../../../wire/api-files.ts'
import { Problem } from '../../../wire/api.ts'
import { sentPart } from '../../../wire/byte-ranges.ts'
import { pathIn } from '../../../wire/file-address.ts'
import { fileTimeIn } from '../../../wire/file-times.ts'
import { writeCondition } from '../../../wire/http-conditions.ts'
import { ONCE_HEADERS, idempotencyKeyOf } from '../idempotency.ts'
import { UPLOADS_AT_ONCE } from '../limits.ts'
import { Places } from '../places.ts'
import { textIn } from '../record-query.ts'
import { answerOnce, DONE, type Exchange } from './answer-once.ts'
import { ArrivingBody } from './arriving-body.ts'
import { contentHeaders, digestIn, quotedTag } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { receive, type Received, type ReceivingDoor } from './receiving.ts'

const PARTIAL_TYPE = 'application/partial-upload'

export function addUploads(server: FastifyInstance, door: FileDoor): void {
  const receiving = { ...door, places: new Places('uploads', UPLOADS_AT_ONCE) }
  void server.register(async (scope) => {
    // Bytes, whatever they are called, and never held.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, body, done) => done(null, body))
    scope.setValidatorCompiler(() => () => true)
    addPut(scope, receiving)
    addPatch(scope, receiving)
    addState(scope, receiving)
  })
}

function addPut(scope: FastifyInstance, door: ReceivingDoor): void {
  scope.put('/v1/files/*', { schema: DESCRIBED.put }, async (request, reply) => {
    const { isFolder, path } = pathIn(request.raw.url ?? '')
    if (isFolder) throw new AnilloError('IS_A_FOLDER', { path })
    const part = partOf(request)
    const how: How = part.from === 0 ? { how: 'replace' } : { how: 'resume', at: part.from }
    return answered(door, { request, reply }, { path, how, ...part })
  })
}

interface Part {
  readonly from: number
  readonly bytes: number | undefined
  readonly isLast: boolean
}

type How = Pick<WriteAsk, 'how' | 'at'>

interface Sent extends Pick<Part, 'bytes' | 'isLast'> {
  readonly path: string
  readonly how: How
}

/** What decides, beside what is in the address, conditions, and the bytes themselves. */
const DECIDING_HEADERS = ['content-range', 'upload-offset', 'upload-complete', 'repr-digest']

async function answered(
  door: ReceivingDoor,
  exchange: Exchange,
  sent: Sent,
): Promise<FastifyReply> {
  const { request } = exchange
  const isHashed = idempotencyKeyOf(request) !== undefined
  const body = new ArrivingBody(request.raw, { isHashed })
  const arrived = (): Promise<string> => {
    door.unhurried(request.raw.socket)
    return body.sha256()
  }
  const carryOut = async (once: Once | undefined): Promise<ToldAnswer> => {
    const { bytes, how, isLast, path } = sent
    const ifMatch = await precondition(door, request, path)
    const ask: WriteAsk = {
      ...how,
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...modifiedIn(request),
      ...(bytes === undefined ? {} : { expectedBytes: bytes }),
    }
    const sha256 = digestIn(request.headers)
    const receiving = { path, ask, bytes, isLast, sha256, body, once }
    return toldOf(request, await receive(door, receiving, exchange))
  }
  const recalled = async (entry: Written | undefined): Promise<ToldAnswer> => {
    const written = present(entry, 'what was written')
    const isWhole = sent.how.how === 'replace' && sent.isLast
    if (isWhole && (await arrived()) !== written.sha256) throw new AnilloError('RETRY_MISMATCH')
    return toldOf(request, { kind: 'whole', entry: written })
  }
  const deciding = DECIDING_HEADERS.map((name) => request.headers[name] ?? null)
  return answerOnce(door, exchange, { arrived, carryOut, recalled, sent: deciding })
}

/** @throws AnilloError BAD_REQUEST */
function partOf({ headers }: FastifyRequest): Part {
  const length = headers['content-length']
  const told = length === undefined ? undefined : Number(length)
  const header = headers['content-range']
  if (header === undefined) return { from: 0, bytes: told, isLast: true }
  const part = sentPart(header)
  if (part === undefined) {
    throw bad('Content-Range must be “bytes FIRST-LAST/ALL”, where ALL may be *')
  }
  const bytes = part.to === undefined ? undefined : part.to - part.from
  if (told !== undefined && bytes !== undefined && told !== bytes) {
    throw bad('Content-Length is another than Content-Range says')
  }
  return { from: part.from, bytes, isLast: part.to === part.total }
}

/** What the tree is to hold the write to. @throws AnilloError CONDITION_FAILED, BAD_REQUEST */
export async function precondition(
  door: FileDoor,
  request: FastifyRequest,
  path: string,
): Promise<WriteAsk['ifMatch']> {
  const condition = writeCondition(request.headers)
  if (condition.kind === 'none') return undefined
  if (condition.kind === 'absent') return { is: 'absent' }
  const entry = await entryAt(door, request, path)
  const isMet =
    entry !== undefined &&
    (condition.kind === 'present' || condition.tags.includes(quotedTag(entry.etag)))
  if (!isMet) throw new AnilloError('CONDITION_FAILED')
  return entry.etag
}

async function entryAt(
  { files }: FileDoor,
  request: FastifyRequest,
  path: string,
): Promise<Entry | undefined> {
  try {
    return await files.stat(fileUserOf(request), path)
  } catch (thrown) {
    if (isAnilloError(thrown, 'NO_ENTRY')) return undefined
    throw thrown
  }
}

/** When the client's own file was changed. @throws AnilloError BAD_REQUEST */
function modifiedIn({ query }: FastifyRequest): { readonly modifiedMs?: number } {
  const text = textIn(query, 'modifiedAt')
  if (text === undefined) return {}
  const modifiedMs = fileTimeIn(text)
  if (modifiedMs !== undefined) return { modifiedMs }
  throw bad('“modifiedAt” must be an instant in ISO 8601 from 1970 on')
}

function toldOf(request: FastifyRequest, received: Received): ToldAnswer {
  if (received.kind === 'part') {
    const headers = { 'upload-offset': String(received.offset), 'upload-complete': '?0' }
    return { status: 202, headers }
  }
  const headers = { ...contentHeaders(received.entry), 'upload-complete': '?1' }
  if (!received.entry.isNew) return { status: 204, headers }
  const [address = ''] = (request.raw.url ?? '').split('?', 1)
  const location = address.replace('/v1/uploads/', '/v1/files/')
  return { status: 201, headers: { ...headers, location } }
}

function addPatch(scope: FastifyInstance, door: ReceivingDoor): void {
  scope.patch('/v1/uploads/*', { schema: DESCRIBED.patch }, async (request, reply) => {
    const { path } = pathIn(request.raw.url ?? '')
    const at = offsetIn(request)
    const isLast = completeIn(request)
    const length = request.headers['content-length']
    const bytes = length === undefined ? undefined : Number(length)
    return answered(door, { request, reply }, { path, how: { how: 'resume', at }, bytes, isLast })
  })
}

/** @throws AnilloError BAD_REQUEST */
function offsetIn({ headers }: FastifyRequest): number {
  if (headers['content-type'] !== PARTIAL_TYPE) {
    throw bad(`its Content-Type must be ${PARTIAL_TYPE}`)
  }
  const text = headers['upload-offset']
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text)
  throw bad('Upload-Offset must be a whole number')
}

/** A boolean of RFC 9651, 3.3.6. @throws AnilloError BAD_REQUEST */
function completeIn({ headers }: FastifyRequest): boolean {
  const text = headers['upload-complete']
  if (text === '?1' || text === '?0') return text === '?1'
  throw bad('Upload-Complete must be ?1 or ?0')
}

function addState(scope: FastifyInstance, door: ReceivingDoor): void {
  const { files } = door
  scope.get('/v1/uploads/*', { schema: DESCRIBED.state }, async (request, reply) => {
    const { path } = pathIn(request.raw.url ?? '')
    const partial = await files.partial(fileUserOf(request), path)
    if (partial === undefined) throw noUpload()
    return reply
      .header('upload-offset', partial.bytes)
      .header('upload-complete', '?0')
      .header('cache-control', 'no-store')
      .send({ offset: partial.bytes, since: instant(partial.sinceMs) })
  })
  scope.delete('/v1/uploads/*', { schema: DESCRIBED.discard }, async (request, reply) => {
    const { path } = pathIn(request.raw.url ?? '')
    const who = fileUserOf(request)
    const carryOut = async (): Promise<ToldAnswer> => {
      const partial = await files.partial(who, path)
      if (partial === undefined) throw noUpload()
      const upload = await files.write(who, path, { how: 'resume', at: partial.bytes })
      await upload.discard()
      return DONE
    }
    return answerOnce(door, { request, reply }, { carryOut, recalled: () => DONE })
  })
}

function noUpload(): AnilloError {
  return new AnilloError('NOT_FOUND', { what: 'upload of yours to this path that broke off' })
}

function bad(problem: string): AnilloError {
  return new AnilloError('BAD_REQUEST', { problem })
}

const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' })
const Text = Type.String()
const tags = ['files']
const GOING_ON =
  'What came of an upload that breaks off is kept for a day: `HEAD /v1/uploads/{path}` tells at any ' +
  'member how far it came (`Upload-Offset`).'
const MODIFIED = {
  modifiedAt: Type.Optional(
    Type.String({ description: 'when the file was changed where it comes from, ISO 8601' }),
  ),
}

/** For OpenAPI alone; nothing is checked by them. */
const DESCRIBED = {
  put: {
    summary: 'Write a file',
    description:
      'Any number of bytes. Answered when they are durable: 201 made, 204 replaced (the old content ' +
      'becomes a version), with ETag and Repr-Digest (SHA-256). Readers see the old content until ' +
      `then. ${GOING_ON} To go on: \`Content-Range: bytes FIRST-LAST/ALL\`; with the last byte the ` +
      'file is whole, before it the answer is 202.',
    tags,
    querystring: Type.Object(MODIFIED),
    headers: Type.Object({
      ...ONCE_HEADERS.properties,
      'content-range': Type.Optional(Text),
      'repr-digest': Type.Optional(
        Type.String({ description: 'sha-256 of the whole file: another is refused, 409' }),
      ),
      'if-match': Type.Optional(Type.String({ description: 'ETags, or * for: there is a file' })),
      'if-none-match': Type.Optional(Type.String({ description: '* for: there is none' })),
    }),
    consumes: ['application/octet-stream'],
    body: Bytes,
    response: {
      201: Type.Null(),
      202: Type.Null(),
      204: Type.Null(),
      409: Problem,
      412: Problem,
      507: Problem,
    },
  },
  patch: {
    summary: 'Go on with an upload that broke off',
    description:
      'As draft-ietf-httpbis-resumable-upload has it. `Upload-Complete: ?1` where with these bytes ' +
      'the file is whole, `?0` where more follow. 409 UPLOAD_OFFSET where it came another way.',
    tags,
    querystring: Type.Object(MODIFIED),
    headers: Type.Object({
      ...ONCE_HEADERS.properties,
      'upload-offset': Text,
      'upload-complete': Text,
    }),
    consumes: [PARTIAL_TYPE],
    body: Bytes,
    response: { 201: Type.Null(), 202: Type.Null(), 204: Type.Null(), 409: Problem, 507: Problem },
  },
  state: {
    summary: 'How far an upload came that broke off',
    description: 'Also as HEAD. Each account has uploads of its own.',
    tags,
    response: { 200: FileUploadState, 404: Problem },
  },
  discard: {
    summary: 'Give an upload up that broke off',
    tags,
    headers: ONCE_HEADERS,
    response: { 204: Type.Null(), 404: Problem },
  },
}
