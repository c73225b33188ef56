/** `/v1/lists`: lists of people, each for whoever made it alone. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { utf8 } from '../../../base/bytes.ts'
import { AnilloError } from '../../../base/errors.ts'
import { DweetList, DweetListPage, NewDweetList } from '../../../wire/api-dweet-lists.ts'
import { PeoplePage, PublicationPage } from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { ONCE_HEADERS, writeOptionsOf } from '../idempotency.ts'
import { NickParams, type Named } from '../people.ts'
import {
  DweetParams,
  dweeterOf,
  PageQuestion,
  pageOf,
  tags,
  type DweetDoor,
  type OfDweet,
  type Paged,
} from './dweet-door.ts'

const OnePerson = Type.Object({ ...DweetParams.properties, ...NickParams.properties })

interface OfPerson {
  readonly Params: Static<typeof OnePerson>
}

interface Given {
  readonly Body: NewDweetList
}

const OWN = 'It is its owner’s alone: nobody else learns of it, nor those who are in it.'

export function addPeopleLists(server: FastifyInstance, door: DweetDoor): void {
  addAll(server, door)
  addOne(server, door)
  addPeople(server, door)
}

function addAll(server: FastifyInstance, { dweets: { lists } }: DweetDoor): void {
  server.get(
    '/v1/lists',
    {
      schema: {
        summary: 'Own lists of people, in the order in which they were made',
        tags,
        response: { 200: DweetListPage, 503: Problem },
      },
    },
    async (request) => lists.all(dweeterOf(request)),
  )
  server.post<Given>(
    '/v1/lists',
    {
      schema: {
        summary: 'Make a list of people',
        description: OWN,
        tags,
        headers: ONCE_HEADERS,
        body: NewDweetList,
        response: { 201: DweetList, 409: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { body } = request
      const options = writeOptionsOf(request, utf8(JSON.stringify(body)))
      const list = await lists.make(dweeterOf(request), body, options)
      return reply.code(201).header('location', `/v1/lists/${list.id}`).send(list)
    },
  )
  server.get<Named>(
    '/v1/users/:nick/lists',
    {
      schema: {
        summary: 'Own lists in which somebody is',
        tags,
        params: NickParams,
        response: { 200: DweetListPage, 404: Problem, 503: Problem },
      },
    },
    async (request) => lists.with(dweeterOf(request), request.params.nick),
  )
}

function addOne(server: FastifyInstance, { dweets: { lists } }: DweetDoor): void {
  server.get<OfDweet>(
    '/v1/lists/:id',
    {
      schema: {
        summary: 'An own list',
        tags,
        params: DweetParams,
        response: { 200: DweetList, 404: Problem, 503: Problem },
      },
    },
    async (request) => lists.find(dweeterOf(request), idOf(request)),
  )
  server.patch<OfDweet & Given>(
    '/v1/lists/:id',
    {
      schema: {
        summary: 'Rename a list',
        tags,
        params: DweetParams,
        body: NewDweetList,
        response: { 200: DweetList, 404: Problem, 409: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request) => lists.rename(dweeterOf(request), idOf(request), request.body),
  )
  server.delete<OfDweet>(
    '/v1/lists/:id',
    {
      schema: {
        summary: 'Delete a list',
        description: 'Done again it changes nothing.',
        tags,
        params: DweetParams,
        response: { 204: Type.Null(), 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      await lists.remove(dweeterOf(request), idOf(request))
      return reply.code(204).send()
    },
  )
  server.get<OfDweet & Paged>(
    '/v1/lists/:id/dweets',
    {
      schema: {
        summary: 'What the people of a list publish, newest first',
        description:
          'Also of those whom one does not follow, as far as it is public. Nothing of those who ' +
          'are muted, or of whom one has blocked the other.',
        tags,
        params: DweetParams,
        querystring: PageQuestion,
        response: { 200: PublicationPage, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request) => lists.publications(dweeterOf(request), idOf(request), pageOf(request.query)),
  )
}

function addPeople(server: FastifyInstance, { dweets: { lists } }: DweetDoor): void {
  server.get<OfDweet & Paged>(
    '/v1/lists/:id/people',
    {
      schema: {
        summary: 'Who is in a list, by nick',
        tags,
        params: DweetParams,
        querystring: PageQuestion,
        response: { 200: PeoplePage, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request) => lists.people(dweeterOf(request), idOf(request), pageOf(request.query)),
  )
  const schemaOf = (summary: string, description: string) => ({
    schema: {
      summary,
      description,
      tags,
      params: OnePerson,
      response: { 200: DweetList, 404: Problem, 409: Problem, 503: Problem },
    },
  })
  server.put<OfPerson>(
    '/v1/lists/:id/people/:nick',
    schemaOf('Put somebody into a list', 'They need not be followed, and are not told.'),
    async (request) => lists.put(dweeterOf(request), idOf(request), request.params.nick, true),
  )
  server.delete<OfPerson>(
    '/v1/lists/:id/people/:nick',
    schemaOf('Take somebody out of a list', 'Done again it changes nothing.'),
    async (request) => lists.put(dweeterOf(request), idOf(request), request.params.nick, false),
  )
}

/** @throws AnilloError LIST_GONE: no list ever had such an id */
function idOf({ params }: { readonly params: OfDweet['Params'] }): string {
  if (placeOfPublicId(params.id) === undefined) throw new AnilloError('LIST_GONE')
  return params.id
}
