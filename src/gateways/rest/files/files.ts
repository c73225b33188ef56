/** `/v1/files` and what belongs to it: the tree of files over HTTP. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { present } from '../../../base/assert.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { ToldAnswer } from '../../../services/files/repeats/types.ts'
import type { Once } from '../../../services/files/types.ts'
import {
  FileEntry,
  FileQuota,
  SharedList,
  TrashEmptied,
  TrashList,
} from '../../../wire/api-files.ts'
import { Problem } from '../../../wire/api.ts'
import { ONCE_HEADERS } from '../idempotency.ts'
import { unhurried } from '../unhurried.ts'
import { answerOnce, DONE, toldEntry } from './answer-once.ts'
import { quotaJson, sharedJson, trashedJson } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { addFileLooks } from './looks.ts'
import { addFileOrders } from './orders.ts'
import { addUploads } from './uploads.ts'

const tags = ['files']
const ID_CHARS_MAX = 64
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: ID_CHARS_MAX }) })
const SECONDS_MAX = 10 * 365 * 24 * 3_600

export function addFiles(server: FastifyInstance, door: FileDoor): void {
  addFileLooks(server, door)
  addUploads(server, door)
  addFileOrders(server, door)
  addShared(server, door)
  addOwn(server, door)
  addEmptying(server, door)
}

function addShared(server: FastifyInstance, { files }: FileDoor): void {
  server.get(
    '/v1/shared',
    {
      schema: {
        summary: 'What others share with the account, or with a group that it is in',
        description:
          'By name; what is for everyone is not in it. Those shared first come first. What was ' +
          'shared a moment ago may be missing.',
        tags,
        response: { 200: SharedList, 503: Problem },
      },
    },
    async (request) => ({ items: (await files.sharedWith(fileUserOf(request))).map(sharedJson) }),
  )
}

/** What an account has of its own. */
function addOwn(server: FastifyInstance, door: FileDoor): void {
  const { files } = door
  server.get(
    '/v1/trash',
    { schema: { summary: 'What the account threw away', tags, response: { 200: TrashList } } },
    async (request) => ({ items: (await files.trash(fileUserOf(request))).map(trashedJson) }),
  )
  server.post<{ Params: { id: string } }>(
    '/v1/trash/:id/restore',
    {
      schema: {
        summary: 'Put it back to where it was, or beside what has its place',
        tags,
        params: Id,
        headers: ONCE_HEADERS,
        response: { 200: FileEntry, 404: Problem },
      },
    },
    async (request, reply) => {
      const who = fileUserOf(request)
      const { id } = request.params
      return answerOnce(
        door,
        { request, reply },
        {
          carryOut: async (once) => toldEntry(await files.restore(who, id, { once })),
          recalled: (entry) => toldEntry(present(entry, 'what came back')),
        },
      )
    },
  )
  server.get(
    '/v1/quota',
    {
      schema: {
        summary: 'How much the account has stored, and how much it may',
        tags,
        response: { 200: FileQuota },
      },
    },
    async (request) => quotaJson(await files.usage(fileUserOf(request))),
  )
}

interface Emptying {
  readonly Querystring: { readonly olderThan?: number }
}

function addEmptying(server: FastifyInstance, door: FileDoor): void {
  const { files } = door
  server.delete<Emptying>(
    '/v1/trash',
    {
      schema: {
        summary: 'Empty the trash: what the account threw away goes for good',
        description: 'Interrupted, it goes on when it is asked for again.',
        tags,
        querystring: Type.Object({
          olderThan: Type.Optional(
            Type.Integer({
              minimum: 0,
              maximum: SECONDS_MAX,
              description: 'seconds: only what lies there for longer',
            }),
          ),
        }),
        headers: ONCE_HEADERS,
        response: { 200: TrashEmptied },
      },
    },
    async (request, reply) => {
      const olderThanMs = (request.query.olderThan ?? 0) * SECOND_MS
      const carryOut = async (): Promise<ToldAnswer> => {
        const who = fileUserOf(request)
        // Of folders with a hundred thousand files it takes a while.
        const removed = await unhurried(request, () => files.emptyTrash(who, { olderThanMs }))
        return { status: 200, body: { removed } }
      }
      return answerOnce(door, { request, reply }, { carryOut, recalled: carryOut })
    },
  )
  server.delete<{ Params: { id: string } }>(
    '/v1/trash/:id',
    {
      schema: {
        summary: 'Take one thing out of the trash for good',
        tags,
        params: Id,
        headers: ONCE_HEADERS,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const carryOut = async (once: Once | undefined): Promise<ToldAnswer> => {
        const who = fileUserOf(request)
        await unhurried(request, () => files.removeTrashed(who, id, { once }))
        return DONE
      }
      return answerOnce(door, { request, reply }, { carryOut, recalled: () => DONE })
    },
  )
}
