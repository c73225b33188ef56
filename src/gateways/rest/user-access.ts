/** `/v1/users/NICK/sessions` and `/keys`: through what an account is used. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { present } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { AccessKeyList, MadeAccessKey, NewAccessKey, SessionList } from '../../wire/api-accounts.ts'
import { Problem } from '../../wire/api.ts'
import { repeatableOf } from './idempotency.ts'
import { type AccountDoor, type Named, NickParams } from './people.ts'

const tags = ['accounts']
const ID_CHARS_MAX = 64

const OneParams = Type.Object({
  ...NickParams.properties,
  id: Type.String({ minLength: 1, maxLength: ID_CHARS_MAX }),
})

interface One {
  readonly Params: { readonly nick: string; readonly id: string }
}

export function addUserAccess(server: FastifyInstance, door: AccountDoor): void {
  addSessions(server, door)
  addKeys(server, door)
}

function addSessions(server: FastifyInstance, { entrance }: AccountDoor): void {
  const { accounts } = entrance
  server.get<Named>(
    '/v1/users/:nick/sessions',
    {
      schema: {
        summary: 'Log-ins of an account',
        tags,
        params: NickParams,
        response: { 200: SessionList, 404: Problem },
      },
    },
    async ({ asker, params }) => ({
      items: await accounts.sessions(present(asker, 'who asks'), params.nick),
    }),
  )
  server.delete<One>(
    '/v1/users/:nick/sessions/:id',
    {
      schema: {
        summary: 'End a log-in',
        tags,
        params: OneParams,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ asker, params }, reply) => {
      await accounts.endSession(present(asker, 'who asks'), params.nick, params.id)
      return reply.code(204).send()
    },
  )
}

function addKeys(server: FastifyInstance, { entrance }: AccountDoor): void {
  const { accounts } = entrance
  server.get<Named>(
    '/v1/users/:nick/keys',
    {
      schema: {
        summary: 'API keys of an account',
        tags,
        params: NickParams,
        response: { 200: AccessKeyList, 404: Problem },
      },
    },
    async ({ params }) => ({ items: await accounts.keys(params.nick) }),
  )
  server.post<Named & { Body: NewAccessKey }>(
    '/v1/users/:nick/keys',
    {
      schema: {
        summary: 'Make an API key, which is a password for one application, too',
        description: 'It may no more than the account and who makes it. Its secret is told once.',
        tags,
        params: NickParams,
        body: NewAccessKey,
        response: { 201: MadeAccessKey, 403: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const asker = ableTo(request)
      const { body, headers, method, params, url } = request
      const sent = utf8(JSON.stringify(body))
      const repeatable = repeatableOf({ asker, headers, method, url }, sent)
      const made = await accounts.makeKey(asker, params.nick, body, repeatable)
      return reply.code(201).header('cache-control', 'no-store').send(made)
    },
  )
  server.delete<One>(
    '/v1/users/:nick/keys/:id',
    {
      schema: {
        summary: 'Take an API key back',
        tags,
        params: OneParams,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ asker, params }, reply) => {
      await accounts.removeKey(present(asker, 'who asks'), params.nick, params.id)
      return reply.code(204).send()
    },
  )
}

/** A key makes none that may more than itself. @throws AnilloError PERMISSION_MISSING */
function ableTo({ asker, body }: FastifyRequest<Named & { Body: NewAccessKey }>) {
  const maker = present(asker, 'who asks')
  const missing = body.permissions.find((permission) => !maker.permissions.has(permission))
  if (missing !== undefined) throw new AnilloError('PERMISSION_MISSING', { permission: missing })
  return maker
}
