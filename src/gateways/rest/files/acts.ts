/** `/v1/audit/files`: who changed what in the tree, for who manages files. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { instant } from '../../../base/instant.ts'
import type { FileActs } from '../../../services/files/acts/acts.ts'
import { foldNick } from '../../../wire/account-texts.ts'
import { FileActList } from '../../../wire/api-files.ts'
import { Problem } from '../../../wire/api.ts'
import { PATH_BYTES_MAX } from '../../../wire/file-limits.ts'
import { pageOf, PageQuestion } from '../people.ts'

const Question = Type.Object({
  ...PageQuestion.properties,
  by: Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description: 'acts of this nick alone' }),
  ),
  path: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: PATH_BYTES_MAX,
      description: 'what lies there, or below; also what was moved there',
    }),
  ),
})

export function addFileActs(server: FastifyInstance, acts: Pick<FileActs, 'page'>): void {
  server.get<{ Querystring: Static<typeof Question> }>(
    '/v1/audit/files',
    {
      schema: {
        summary: 'Who changed what in the tree of files, newest first',
        description:
          'What was done, at which door, for 30 days; what was only read, or refused, is not noted. ' +
          'A page may be empty though it has a cursor.',
        tags: ['files'],
        querystring: Question,
        response: { 200: FileActList, 503: Problem },
      },
    },
    async ({ query }) => {
      const { by, path } = query
      const { cursor, items } = await acts.page({
        ...pageOf(query),
        ...(by === undefined ? {} : { by: foldNick(by) ?? by }),
        ...(path === undefined ? {} : { path: path.startsWith('/') ? path : `/${path}` }),
      })
      const told = items.map(({ atMs, ...act }) => ({ at: instant(atMs), ...act }))
      return cursor === undefined ? { items: told } : { items: told, cursor }
    },
  )
}
