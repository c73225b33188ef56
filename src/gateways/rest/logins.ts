/** `/v1/auth`: log in, go on, log out, who one is, the public keys of tokens. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { present } from '../../base/assert.ts'
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import type { IssuedTokens } from '../../services/accounts/types.ts'
import {
  CopiesKey,
  LoginRequest,
  LogoutRequest,
  Me,
  RefreshRequest,
  Tokens,
} from '../../wire/api-accounts.ts'
import { Problem } from '../../wire/api.ts'
import { PERMISSION_NAMES } from '../../wire/permissions.ts'
import { originOf } from './asker-origin.ts'
import { isFromBeyond } from './beyond.ts'
import type { AccountDoor } from './people.ts'

const tags = ['log-in']
const NO_STORE = 'no-store'

export function addLogins(server: FastifyInstance, door: AccountDoor): void {
  addLogin(server, door)
  addRefresh(server, door)
  addLogout(server, door)
  addMe(server, door)
  addCopiesKey(server, door)
  server.get(
    '/v1/auth/jwks',
    {
      schema: {
        summary: 'Public keys of access tokens (RFC 7517)',
        tags,
        response: { 200: Type.Object({ keys: Type.Array(Type.Object({})) }), 503: Problem },
      },
    },
    async () => ({ keys: await door.entrance.accounts.publicKeys() }),
  )
}

function addLogin(server: FastifyInstance, door: AccountDoor): void {
  const { entrance, gate, passwords } = door
  server.post<{ Body: LoginRequest }>(
    '/v1/auth/login',
    {
      schema: {
        summary: 'Log in with nick and password',
        description:
          'The access token goes into the header `Authorization: Bearer` of requests. With ' +
          '`cookie` both tokens go into cookies that no script can read; then the request, and ' +
          'each that changes something, bears the header `anillo-request: 1`.',
        tags,
        body: LoginRequest,
        response: { 200: Tokens, 401: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { client, cookie = false, nick, password } = request.body
      if (cookie) await gate.refuseForeign(request.raw)
      const from = originOf(request, client)
      const tokens = await passwords.take(() => entrance.accounts.logIn({ nick, password }, from))
      return sendTokens(door, { request, reply }, { tokens, cookie })
    },
  )
}

function addRefresh(server: FastifyInstance, door: AccountDoor): void {
  const { entrance, gate } = door
  server.post<{ Body: RefreshRequest | null }>(
    '/v1/auth/refresh',
    {
      schema: {
        summary: 'Go on with a log-in: both tokens anew',
        description:
          'With the refresh token of the log-in, or its cookie. A token that was used before ends ' +
          'the log-in: somebody else may have it.',
        tags,
        body: Type.Union([Type.Null(), RefreshRequest]),
        response: { 200: Tokens, 401: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const told = request.body?.refreshToken
      const cookie = told === undefined
      if (cookie) await gate.refuseForeign(request.raw)
      const token = told ?? refreshCookie(door, request)
      const exchange = { request, reply }
      try {
        const tokens = await entrance.accounts.refresh(token, originOf(request))
        return await sendTokens(door, exchange, { tokens, cookie })
      } catch (thrown) {
        // What holds no more is taken out of the browser, which else shows it with each request.
        if (cookie && isAnilloError(thrown, 'LOGIN_FIRST')) clearCookies(door, exchange)
        throw thrown
      }
    },
  )
}

/** @throws AnilloError LOGIN_FIRST */
function refreshCookie({ gate }: AccountDoor, { headers }: FastifyRequest): string {
  const found = gate.cookies?.read(headers.cookie ?? '', 'refresh')
  if (found?.kind === 'one') return found.value
  throw new AnilloError('LOGIN_FIRST')
}

function addLogout(server: FastifyInstance, door: AccountDoor): void {
  server.post<{ Body: LogoutRequest | null }>(
    '/v1/auth/logout',
    {
      schema: {
        summary: 'Log out, here or everywhere',
        description: 'Once it is answered, no member takes the tokens of the log-in any more.',
        tags,
        body: Type.Union([Type.Null(), LogoutRequest]),
        response: { 204: Type.Null(), 401: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const asker = present(request.asker, 'who asks')
      const { everywhere = false } = request.body ?? {}
      await door.entrance.accounts.logOut(asker, { everywhere })
      clearCookies(door, { request, reply })
      return reply.code(204).send()
    },
  )
}

function addMe(server: FastifyInstance, { entrance }: AccountDoor): void {
  server.get(
    '/v1/auth/me',
    {
      schema: {
        summary: 'Who the asker is, and what they may do',
        tags,
        response: { 200: Me, 401: Problem, 503: Problem },
      },
    },
    async ({ asker }, reply): Promise<Me> => {
      const { groups, nick, permissions, role } = present(asker, 'who asks')
      void reply.header('cache-control', NO_STORE)
      const name = nick === undefined ? null : (await entrance.accounts.user(nick)).name
      const may = PERMISSION_NAMES.filter((permission) => permissions.has(permission))
      return { nick: nick ?? null, name, role, permissions: may, groups: [...groups] }
    },
  )
}

function addCopiesKey(server: FastifyInstance, { entrance }: AccountDoor): void {
  server.get(
    '/v1/auth/copies-key',
    {
      schema: {
        summary: 'The key by which a browser encrypts what it keeps',
        description:
          'Of the session that asks, and the same as long as it goes on. When the session has ' +
          'ended nobody can make it again, so that what was encrypted with it is lost. Keys of ' +
          'programs have none.',
        tags,
        response: { 200: CopiesKey, 401: Problem, 404: Problem, 503: Problem },
      },
    },
    async ({ asker }, reply): Promise<CopiesKey> => {
      void reply.header('cache-control', NO_STORE)
      return { key: await entrance.accounts.copiesKey(present(asker, 'who asks')) }
    },
  )
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

function sendTokens(
  { gate }: AccountDoor,
  { reply, request }: Exchange,
  { cookie, tokens }: { readonly tokens: IssuedTokens; readonly cookie: boolean },
): FastifyReply {
  const { accessToken, expiresInSeconds: expiresIn, refreshToken } = tokens
  void reply.header('cache-control', NO_STORE)
  if (!cookie) return reply.send({ accessToken, refreshToken, expiresIn })
  void reply.header('set-cookie', gate.cookies?.set(tokens, isFromBeyond(request.raw)))
  return reply.send({ expiresIn })
}

function clearCookies({ gate }: AccountDoor, { reply, request }: Exchange): void {
  if (request.headers.cookie === undefined) return
  void reply.header('set-cookie', gate.cookies?.clear(isFromBeyond(request.raw)))
}
