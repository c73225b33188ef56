/** `/v1/users`: people's accounts. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type TSchema } from 'typebox'

import { present } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import { AnilloError } from '../../base/errors.ts'
import { foldNick } from '../../wire/account-texts.ts'
import {
  NewUser,
  Registration,
  RoleChange,
  StateChange,
  User,
  UserChange,
  UserDeletion,
  UserList,
} from '../../wire/api-accounts.ts'
import { Profile } from '../../wire/api-dweets.ts'
import { Problem } from '../../wire/api.ts'
import { MINE_OR_MANAGED, refusalFor } from '../../wire/demands.ts'
import { doerOf, originOf } from './asker-origin.ts'
import { dweeterOf } from './dweets/dweet-door.ts'
import { repeatableOf } from './idempotency.ts'
import { type AccountDoor, type Named, NickParams, pageOf, PageQuestion } from './people.ts'

const tags = ['accounts']

export function addUsers(server: FastifyInstance, door: AccountDoor): void {
  addRegistration(server, door)
  addRegistrationLook(server, door)
  addLooks(server, door)
  addChanges(server, door)
  addOrders(server, door)
}

function addRegistration(server: FastifyInstance, door: AccountDoor): void {
  const { entrance, passwords } = door
  server.post<{ Body: NewUser }>(
    '/v1/users',
    {
      schema: {
        summary: 'Make an account',
        description:
          'A nick is taken once, in whatever case it is written. Where people may not make ' +
          'accounts themselves (`registrationOpen`, a setting of the ring) it needs `accounts.manage`.',
        tags,
        body: NewUser,
        response: { 201: User, 403: Problem, 409: Problem, 422: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      await requireOpen(door, request)
      const { body } = request
      const repeatable = repeatableRegistration(request)
      const by = doerOf(request.asker)
      const from = { ...originOf(request), ...(by === undefined ? {} : { by }) }
      const user = await passwords.take(() => entrance.accounts.register(body, from, repeatable))
      return reply.code(201).header('location', `/v1/users/${user.nick}`).send(user)
    },
  )
}

function addRegistrationLook(server: FastifyInstance, { entrance, gate }: AccountDoor): void {
  server.get(
    '/v1/auth/registration',
    {
      schema: {
        summary: 'Whether people make their accounts themselves, and what they may without one',
        tags,
        response: { 200: Registration, 503: Problem },
      },
    },
    async ({ raw }) => ({
      isOpen: await entrance.isRegistrationOpen(),
      guestMay: [...(gate.stranger(raw)?.permissions ?? [])],
    }),
  )
}

/** @throws AnilloError REGISTRATION_CLOSED */
async function requireOpen({ entrance }: AccountDoor, { asker }: FastifyRequest): Promise<void> {
  if (asker?.permissions.has('accounts.manage') === true) return
  if (!(await entrance.isRegistrationOpen())) throw new AnilloError('REGISTRATION_CLOSED')
}

/** Without the password, to which the service binds it by a slow hash. */
function repeatableRegistration(request: FastifyRequest<{ Body: NewUser }>) {
  const { asker, body, headers, method, url } = request
  const { name = null, nick } = body
  return repeatableOf({ asker, headers, method, url }, utf8(JSON.stringify([nick, name])))
}

function addLooks(server: FastifyInstance, door: AccountDoor): void {
  const { entrance } = door
  server.get<{ Querystring: PageQuestion }>(
    '/v1/users',
    {
      schema: {
        summary: 'All accounts',
        tags,
        querystring: PageQuestion,
        response: { 200: UserList, 503: Problem },
      },
    },
    async ({ query }) => entrance.accounts.users(pageOf(query)),
  )
  server.get<Named>(
    '/v1/users/:nick',
    {
      schema: {
        summary: 'Somebody: profile and account',
        description:
          'The account is told to itself and to who manages accounts; the profile to whoever ' +
          'reads dweets.',
        tags,
        params: NickParams,
        response: { 200: Type.Union([User, Profile]), 404: Problem },
      },
      config: { namesNoMember: true },
    },
    async (request) => shown(door, request),
  )
}

async function shown(
  { dweets, entrance }: AccountDoor,
  request: FastifyRequest<Named>,
): Promise<User | Profile> {
  const { nick } = request.params
  const asker = present(request.asker, 'who asks')
  const refusal = refusalFor(asker, MINE_OR_MANAGED, foldNick(nick))
  const isReader = asker.nick !== undefined && asker.permissions.has('dweets.read')
  const reads = isReader ? dweets : undefined
  const profile = await reads?.profile(dweeterOf(request), nick)
  if (refusal === undefined) return { ...profile, ...(await entrance.accounts.user(nick)) }
  if (profile === undefined) throw refusal
  return profile
}

function addChanges(server: FastifyInstance, { entrance, passwords }: AccountDoor): void {
  const { accounts } = entrance
  server.patch<Named & { Body: UserChange }>(
    '/v1/users/:nick',
    {
      schema: {
        summary: 'Change name or password',
        description: 'Who changes the own password shows the old one; all other log-ins end.',
        tags,
        params: NickParams,
        body: UserChange,
        response: { 200: User, 401: Problem, 404: Problem, 422: Problem },
      },
    },
    async (request) => {
      const asker = present(request.asker, 'who asks')
      const { body, params } = request
      const from = originOf(request)
      return passwords.take(() => accounts.change(asker, params.nick, body, from))
    },
  )
  server.delete<Named & { Body: UserDeletion | null }>(
    '/v1/users/:nick',
    {
      schema: {
        summary: 'Delete an account',
        description:
          'Who deletes the own account shows its password. Its nick can never be taken again.',
        tags,
        params: NickParams,
        body: Type.Union([Type.Null(), UserDeletion]),
        response: { 204: Type.Null(), 401: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const asker = present(request.asker, 'who asks')
      const { nick } = request.params
      const password = request.body?.password
      const from = originOf(request)
      await passwords.take(() => accounts.remove(asker, nick, password, from))
      return reply.code(204).send()
    },
  )
}

function addOrders(server: FastifyInstance, { entrance }: AccountDoor): void {
  const { accounts } = entrance
  server.put<Named & { Body: RoleChange }>(
    '/v1/users/:nick/role',
    {
      schema: orderSchema({
        summary: 'Give an account a role, and rights beside it',
        description: 'Counts at once, for log-ins and keys that are there.',
        body: RoleChange,
      }),
    },
    async ({ asker, body, params }) =>
      accounts.setRole(present(asker, 'who asks'), params.nick, body),
  )
  server.put<Named & { Body: StateChange }>(
    '/v1/users/:nick/state',
    {
      schema: orderSchema({
        summary: 'Suspend an account, or let it in again',
        description: 'All its log-ins end at once.',
        body: StateChange,
      }),
    },
    async ({ asker, body, params }) =>
      accounts.setState(present(asker, 'who asks'), params.nick, body.state),
  )
}

/** Of what who manages accounts orders about one. */
function orderSchema<B extends TSchema>(words: {
  readonly summary: string
  readonly description: string
  readonly body: B
}) {
  const response = { 200: User, 404: Problem, 409: Problem }
  return { ...words, tags, params: NickParams, response }
}
