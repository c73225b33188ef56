/** `/v1/groups`: groups of people; `/v1/people`: whom one may share with. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { present } from '../../base/assert.ts'
import { NICK_CHARS_MAX as NAME_CHARS_MAX, NAMED_LIST_MAX } from '../../wire/account-texts.ts'
import {
  Group,
  GroupChange,
  GroupList,
  GroupPeople,
  GroupPerson,
  GroupPlace,
  NamedList,
  NewGroup,
} from '../../wire/api-groups.ts'
import { Problem } from '../../wire/api.ts'
import { type AccountDoor, pageOf, PageQuestion, NickParams } from './people.ts'

const tags = ['groups']
const NAMED_DEFAULT = 10

const Prefix = Type.String({
  maxLength: 4 * NAME_CHARS_MAX,
  description: 'names that begin so',
})
const GroupsQuestion = Type.Object({
  prefix: Type.Optional(Prefix),
  ...PageQuestion.properties,
})
const NamedQuestion = Type.Object({
  prefix: Type.Optional(Prefix),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: NAMED_LIST_MAX, default: NAMED_DEFAULT }),
  ),
})
const GroupParams = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 4 * NAME_CHARS_MAX }),
})
const PersonParams = Type.Object({ ...GroupParams.properties, ...NickParams.properties })

interface OfGroup {
  readonly Params: { readonly name: string }
}
interface OfPerson {
  readonly Params: { readonly name: string; readonly nick: string }
}

export function addGroups(server: FastifyInstance, door: AccountDoor): void {
  addLooks(server, door)
  addChanges(server, door)
  addPeople(server, door)
  addNamed(server, door)
}

function addLooks(server: FastifyInstance, { entrance }: AccountDoor): void {
  const { groups } = entrance.accounts
  server.get<{ Querystring: PageQuestion & { readonly prefix?: string } }>(
    '/v1/groups',
    {
      schema: {
        summary: 'All groups of people',
        tags,
        querystring: GroupsQuestion,
        response: { 200: GroupList, 503: Problem },
      },
    },
    async ({ asker, query }) => {
      const begun = query.prefix === undefined ? {} : { prefix: query.prefix }
      return groups.list(present(asker, 'who asks'), { ...pageOf(query), ...begun })
    },
  )
  server.get<OfGroup>(
    '/v1/groups/:name',
    {
      schema: {
        summary: 'One group',
        tags,
        params: GroupParams,
        response: { 200: Group, 404: Problem },
      },
    },
    async ({ asker, params }) => groups.find(present(asker, 'who asks'), params.name),
  )
}

function addChanges(server: FastifyInstance, { entrance }: AccountDoor): void {
  const { groups } = entrance.accounts
  server.post<{ Body: NewGroup }>(
    '/v1/groups',
    {
      schema: {
        summary: 'Make a group',
        description:
          'Its name is given once, also after it is deleted, so that what was shared with a group ' +
          'falls to no other. Its title can be changed.',
        tags,
        body: NewGroup,
        response: { 201: Group, 403: Problem, 409: Problem, 422: Problem },
      },
    },
    async ({ asker, body }, reply) => {
      const group = await groups.make(present(asker, 'who asks'), body)
      return reply.code(201).header('location', `/v1/groups/${group.name}`).send(group)
    },
  )
  server.patch<OfGroup & { Body: GroupChange }>(
    '/v1/groups/:name',
    {
      schema: {
        summary: 'Give a group another title',
        description: 'By its owners, and who manages accounts.',
        tags,
        params: GroupParams,
        body: GroupChange,
        response: { 200: Group, 403: Problem, 404: Problem, 422: Problem },
      },
    },
    async ({ asker, body, params }) =>
      groups.rename(present(asker, 'who asks'), params.name, body.title),
  )
  server.delete<OfGroup>(
    '/v1/groups/:name',
    {
      schema: {
        summary: 'Delete a group',
        description: 'What was shared with it is shared with nobody by it from then on.',
        tags,
        params: GroupParams,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async ({ asker, params }, reply) => {
      await groups.remove(present(asker, 'who asks'), params.name)
      return reply.code(204).send()
    },
  )
}

function addPeople(server: FastifyInstance, { entrance }: AccountDoor): void {
  const { groups } = entrance.accounts
  server.get<OfGroup>(
    '/v1/groups/:name/people',
    {
      schema: {
        summary: 'Who is in a group',
        description: 'Told to who is in it, and to who manages accounts.',
        tags,
        params: GroupParams,
        response: { 200: GroupPeople, 403: Problem, 404: Problem },
      },
    },
    async ({ asker, params }) => ({
      items: [...(await groups.people(present(asker, 'who asks'), params.name))],
    }),
  )
  server.put<OfPerson & { Body: GroupPlace | null }>(
    '/v1/groups/:name/people/:nick',
    {
      schema: {
        summary: 'Put somebody into a group, or make them its owner',
        description:
          'By owners of the group, and who manages accounts. Counts at once, for log-ins and keys ' +
          'that are there.',
        tags,
        params: PersonParams,
        body: Type.Union([Type.Null(), GroupPlace]),
        response: { 200: GroupPerson, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async ({ asker, body, params }) => groups.put(present(asker, 'who asks'), params, body?.place),
  )
  server.delete<OfPerson>(
    '/v1/groups/:name/people/:nick',
    {
      schema: {
        summary: 'Take somebody out of a group, or leave it',
        description: 'Counts at once, for log-ins and keys that are there.',
        tags,
        params: PersonParams,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async ({ asker, params }, reply) => {
      await groups.drop(present(asker, 'who asks'), params)
      return reply.code(204).send()
    },
  )
}

function addNamed(server: FastifyInstance, { entrance }: AccountDoor): void {
  server.get<{ Querystring: { readonly prefix?: string; readonly limit?: number } }>(
    '/v1/people',
    {
      schema: {
        summary: 'Groups and people by the beginning of their names',
        description: 'For who shares something and types with whom.',
        tags,
        querystring: NamedQuestion,
        response: { 200: NamedList, 503: Problem },
      },
    },
    async ({ query }) => {
      const { limit = NAMED_DEFAULT, prefix = '' } = query
      return { items: [...(await entrance.accounts.groups.named(prefix, limit))] }
    },
  )
}
