/** `/v1/files` and what belongs to it: the tree of files over HTTP. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { FileEntry, FileQuota, TrashList } from '../../../wire/api-files.ts'
import { Problem } from '../../../wire/api.ts'
import { entryJson, quotaJson, trashedJson } from './entries.ts'
import { fileUserOf, type FileDoor } from './file-door.ts'
import { addFileLooks } from './looks.ts'
import { addFileOrders } from './orders.ts'
import { addUploads } from './uploads.ts'

const tags = ['files']
const ID_CHARS_MAX = 64

export function addFiles(server: FastifyInstance, door: FileDoor): void {
  addFileLooks(server, door)
  addUploads(server, door)
  addFileOrders(server, door)
  addOwn(server, door)
}

/** What an account has of its own. */
function addOwn(server: FastifyInstance, { files }: FileDoor): void {
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
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: ID_CHARS_MAX }) }),
        response: { 200: FileEntry, 404: Problem },
      },
    },
    async (request) => entryJson(await files.restore(fileUserOf(request), request.params.id)),
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
