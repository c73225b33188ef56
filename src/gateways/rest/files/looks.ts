/** `GET|HEAD|DELETE /v1/files/{path}`: what is there, and taking it away. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { METALINK_END, METALINK_TYPE, metalinkOf } from '../../../services/files/metalink.ts'
import type { ToldAnswer } from '../../../services/files/repeats/types.ts'
import type { ListOptions, Once } from '../../../services/files/types.ts'
import {
  FileEntry,
  FileGrantsAnswer,
  FileList,
  FileListQuestion,
  FileVersionList,
} from '../../../wire/api-files.ts'
import { Problem } from '../../../wire/api.ts'
import { addressOf, pathIn, type AskedPath } from '../../../wire/file-address.ts'
import { LIST_ENTRIES_DEFAULT, NAME_BYTES_MAX } from '../../../wire/file-limits.ts'
import { writeCondition } from '../../../wire/http-conditions.ts'
import { withTrueDoors } from '../../../wire/true-doors.ts'
import { isFromBeyond } from '../beyond.ts'
import { ONCE_HEADERS } from '../idempotency.ts'
import { DOWNLOADS_AT_ONCE } from '../limits.ts'
import { Places } from '../places.ts'
import { answerOnce, DONE, type Exchange } from './answer-once.ts'
import { sendArchive } from './archives.ts'
import { sendContent, type ContentDoor } from './contents.ts'
import { bareTag, contentHeaders, entryJson, listJson, quotedTag, versionJson } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'

const tags = ['files']

const OPS = ['stat', 'versions', 'grants'] as const

/** Beyond, an address would be longer than a request may be. */
const ENTRIES_ASKED_MAX = 1_000
const EntryName = Type.String({ minLength: 1, maxLength: NAME_BYTES_MAX })

const Question = Type.Object({
  op: Type.Optional(Type.Union(OPS.map((op) => Type.Literal(op)))),
  version: Type.Optional(
    Type.Integer({ minimum: 0, description: 'the content that the file had then' }),
  ),
  as: Type.Optional(Type.Literal('zip', { description: 'a folder as one archive' })),
  entry: Type.Optional(
    Type.Union([EntryName, Type.Array(EntryName, { maxItems: ENTRIES_ASKED_MAX })], {
      description: 'with `as`: a name in the folder; may be repeated; without it, all of it',
    }),
  ),
  download: Type.Optional(
    Type.Boolean({ description: 'to be saved, also where a browser could show it' }),
  ),
  ...FileListQuestion.properties,
})

interface Look {
  readonly Querystring: {
    readonly op?: (typeof OPS)[number]
    readonly version?: number
    readonly download?: boolean
    readonly as?: 'zip'
    readonly entry?: string | readonly string[]
    readonly prefix?: string
    readonly cursor?: string
    readonly limit?: number
  }
}

export function addFileLooks(server: FastifyInstance, fileDoor: FileDoor): void {
  const door = { ...fileDoor, places: new Places('downloads', DOWNLOADS_AT_ONCE) }
  const look = (request: FastifyRequest<Look>, reply: FastifyReply): Promise<FastifyReply> =>
    request.query.op === undefined
      ? sendWhatIsThere(door, request, reply)
      : sendAbout(door, request, reply)
  const described = { schema: DESCRIBED.get }
  server.get<Look>('/v1/files/*', { ...described, exposeHeadRoute: false }, look)
  // A body that is made and passed over would be read from the ring.
  server.head<Look>('/v1/files/*', described, look)
  addRemoval(server, door)
}

async function sendAbout(
  { files }: FileDoor,
  request: FastifyRequest<Look>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { path } = pathIn(request.raw.url ?? '')
  const who = fileUserOf(request)
  void reply.header('cache-control', 'no-store')
  const { op } = request.query
  if (op === 'versions') {
    return reply.send({ items: (await files.versions(who, path)).map(versionJson) })
  }
  if (op === 'grants') return reply.send({ grants: (await files.grants(who, path)) ?? null })
  const entry = await files.stat(who, path)
  return reply.header('etag', quotedTag(entry.etag)).send(entryJson(entry))
}

async function sendWhatIsThere(
  door: ContentDoor & FileDoor,
  request: FastifyRequest<Look>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = pathIn(request.raw.url ?? '')
  if (request.query.as === 'zip') {
    const { entry } = request.query
    const names = entry === undefined ? undefined : [entry].flat()
    return sendArchive(door, { path: asked.path, names }, { request, reply })
  }
  if (asked.isFolder || asked.path === '/') return sendFolder(door, asked.path, { request, reply })
  const { download = false, version } = request.query
  const ask = { path: asked.path, version, isDownload: download }
  try {
    return await sendContent(door, ask, { request, reply })
  } catch (thrown) {
    if (isAnilloError(thrown, 'IS_A_FOLDER')) return toFolder(asked, { request, reply })
    if (!isAnilloError(thrown, 'NO_ENTRY') || !asked.path.endsWith(METALINK_END)) throw thrown
    return await sendMetalink(door, asked.path.slice(0, -METALINK_END.length), { request, reply })
  }
}

/** Names in a folder's list are told as seen from its own address, with a slash. */
function toFolder({ path }: AskedPath, { reply, request }: Exchange): FastifyReply {
  const [, query] = (request.raw.url ?? '').split('?', 2)
  const address = `/v1/files${addressOf(path)}/${query === undefined ? '' : `?${query}`}`
  return reply.code(301).header('location', address).send()
}

async function sendFolder(
  { files }: FileDoor,
  path: string,
  { reply, request }: Exchange & { readonly request: FastifyRequest<Look> },
): Promise<FastifyReply> {
  const who = fileUserOf(request)
  void reply.header('cache-control', 'no-store')
  if (request.method === 'HEAD') {
    const entry = await files.stat(who, path)
    if (entry.kind === 'file') throw new AnilloError('NOT_A_FOLDER', { path })
    return reply.headers(contentHeaders(entry)).type('application/json; charset=utf-8').send()
  }
  const { cursor, limit = LIST_ENTRIES_DEFAULT, prefix } = request.query
  const options: ListOptions = {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(prefix === undefined ? {} : { prefix }),
  }
  return reply.send(listJson(path, await files.list(who, path, options)))
}

async function sendMetalink(
  { files, ring }: FileDoor,
  path: string,
  { reply, request }: Exchange,
): Promise<FastifyReply> {
  const entry = await files.stat(fileUserOf(request), path)
  if (entry.kind === 'folder') throw new AnilloError('IS_A_FOLDER', { path })
  const { address: at } = ring.self()
  const doors = withTrueDoors(await ring.ring(), { at, isFromBeyond: isFromBeyond(request.raw) })
  return reply
    .header('cache-control', 'no-store')
    .type(METALINK_TYPE)
    .send(metalinkOf(entry, doors.members))
}

interface Removal {
  readonly Querystring: { readonly emptyOnly?: boolean }
}

function addRemoval(server: FastifyInstance, door: FileDoor): void {
  server.delete<Removal>('/v1/files/*', { schema: DESCRIBED.delete }, async (request, reply) => {
    const carryOut = async (once: Once | undefined): Promise<ToldAnswer> => {
      await remove(door, request, once)
      return DONE
    }
    return answerOnce(door, { request, reply }, { carryOut, recalled: () => DONE })
  })
}

async function remove(
  { files }: FileDoor,
  request: FastifyRequest<Removal>,
  once: Once | undefined,
): Promise<void> {
  const { path } = pathIn(request.raw.url ?? '')
  const who = fileUserOf(request)
  const condition = writeCondition(request.headers)
  if (condition.kind === 'absent') throw new AnilloError('CONDITION_FAILED')
  if (request.query.emptyOnly === true) return files.removeFolder(who, path, { once })
  const [tag, ...others] = condition.kind === 'tags' ? condition.tags : []
  if (others.length > 0) {
    throw new AnilloError('BAD_REQUEST', { problem: 'If-Match of a DELETE names one ETag' })
  }
  const exact = tag === undefined ? {} : { ifMatch: bareTag(tag) }
  return files.remove(who, path, { ...exact, once })
}

const Bytes = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' })

const DESCRIBED = {
  get: {
    summary: 'A file, or what is in a folder',
    description:
      'A file: its bytes, with Range (several, too), If-Range, ETag, Repr-Digest (SHA-256). A path ' +
      'that ends with “/”: the entries of that folder in the order of their names, as JSON. ' +
      '`?as=zip`: the folder with all that is in it as one ZIP, or with `entry` some of it. ' +
      '`NAME.meta4`: a Metalink 4 of the file NAME, with the addresses of all members. ' +
      '`?op=stat`: what is known of the entry; `?op=versions`: earlier contents; `?op=grants`: who ' +
      'may do what with it, where that is said of it itself.',
    tags,
    querystring: Question,
    response: {
      200: Type.Union([Bytes, FileEntry, FileGrantsAnswer, FileList, FileVersionList]),
      206: Bytes,
      304: Type.Null(),
      404: Problem,
      412: Problem,
      416: Problem,
    },
  },
  delete: {
    summary: 'Put a file, or a folder with all that is in it, into the trash',
    description: 'What lies in the trash already goes for good.',
    tags,
    querystring: Type.Object({
      emptyOnly: Type.Optional(
        Type.Boolean({ description: 'a folder that is empty, for good; any other is refused' }),
      ),
    }),
    headers: ONCE_HEADERS,
    response: { 204: Type.Null(), 404: Problem, 409: Problem, 412: Problem },
  },
}
