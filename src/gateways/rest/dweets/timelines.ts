/** Lists of dweets and redweets, and what of them is new to who asks. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { SEARCHED_AMONG, type SearchedAmong } from '../../../services/dweets/types.ts'
import { NewDweets, PublicationPage, SeenToken } from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { PAGE_DEFAULT, TAG_CHARS_MAX } from '../../../wire/dweet-limits.ts'
import {
  dweeterOf,
  LimitQuestion,
  PageQuestion,
  pageOf,
  tags,
  type DweetDoor,
  type Paged,
} from './dweet-door.ts'

/** Longer than any tag, so that there simply is nothing under it. */
const GIVEN_TAG_CHARS_MAX = 8 * TAG_CHARS_MAX
const WORDS_CHARS_MAX = 500

const INCOMPLETE =
  '`incomplete` has the nicks of those whose dweets cannot be read now; nothing of theirs is ' +
  'passed over for good.'

export function addTimelines(server: FastifyInstance, door: DweetDoor): void {
  addLists(server, door)
  addFound(server, door)
  addNew(server, door)
}

function pageSchema(summary: string, description = INCOMPLETE) {
  return {
    schema: {
      summary,
      description,
      tags,
      querystring: PageQuestion,
      response: { 200: PublicationPage, 400: Problem, 503: Problem },
    },
  }
}

function addLists(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.get<Paged>(
    '/v1/dweets/home',
    pageSchema('What those publish whom one follows, and oneself; newest first'),
    async (request) => dweets.home(dweeterOf(request), pageOf(request.query)),
  )
  server.get<Paged>(
    '/v1/dweets/local',
    pageSchema('Public dweets of all, newest first'),
    async (request) => dweets.local(dweeterOf(request), pageOf(request.query)),
  )
  server.get<Paged>(
    '/v1/dweets/bookmarks',
    pageSchema('Dweets of which one keeps a bookmark'),
    async (request) => dweets.bookmarks(dweeterOf(request), pageOf(request.query)),
  )
}

function addFound(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.get<Paged & { Params: { readonly tag: string } }>(
    '/v1/dweets/tags/:tag',
    {
      schema: {
        ...pageSchema('Public dweets with a tag, newest first').schema,
        params: Type.Object({ tag: Type.String({ maxLength: GIVEN_TAG_CHARS_MAX }) }),
      },
    },
    async (request) => {
      const { params, query } = request
      return dweets.tagged(dweeterOf(request), params.tag, pageOf(query))
    },
  )
  server.get<{
    Querystring: PageQuestion & { readonly q: string; readonly among?: SearchedAmong }
  }>(
    '/v1/dweets/search',
    {
      schema: {
        ...pageSchema(
          'Own dweets, and of those whom one follows, with all of these words',
          `With \`among=everybody\` public ones of all others, too. ${INCOMPLETE}`,
        ).schema,
        querystring: Type.Object({
          q: Type.String({ minLength: 1, maxLength: WORDS_CHARS_MAX }),
          among: Type.Optional(
            Type.Unsafe<SearchedAmong>(Type.Union(SEARCHED_AMONG.map((one) => Type.Literal(one)))),
          ),
          ...PageQuestion.properties,
        }),
      },
    },
    async (request) => {
      const { among, q, ...page } = request.query
      const asked = among === undefined ? pageOf(page) : { ...pageOf(page), among }
      return dweets.search(dweeterOf(request), q, asked)
    },
  )
}

function addNew(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.get<{ Querystring: { readonly limit?: number } }>(
    '/v1/dweets/new',
    {
      schema: {
        summary: 'What is new of those whom one follows: what was not seen yet, oldest first',
        description:
          'Where nothing is unseen, older ones, newest first. It changes nothing: what its ' +
          `\`token\` does not acknowledge comes again. ${INCOMPLETE}`,
        tags,
        querystring: LimitQuestion,
        response: { 200: NewDweets, 503: Problem },
      },
    },
    async (request) => dweets.fresh(dweeterOf(request), request.query.limit ?? PAGE_DEFAULT),
  )
  server.post<{ Body: { readonly token: string } }>(
    '/v1/dweets/new/ack',
    {
      schema: {
        summary: 'Say that the dweets of an answer were seen',
        description: 'Said again, or after a later answer, it changes nothing.',
        tags,
        body: SeenToken,
        response: { 204: Type.Null(), 400: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      await dweets.acknowledge(dweeterOf(request), request.body.token)
      return reply.code(204).send()
    },
  )
  server.post(
    '/v1/dweets/new/catch-up',
    {
      schema: {
        summary: 'Count all that there is now as seen',
        tags,
        response: { 204: Type.Null(), 503: Problem },
      },
    },
    async (request, reply) => {
      await dweets.catchUp(dweeterOf(request))
      return reply.code(204).send()
    },
  )
}
