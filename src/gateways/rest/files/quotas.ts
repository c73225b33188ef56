/** `/v1/quotas`: what people have stored and how much they may, for who manages files. */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import type { Accounts } from '../../../services/accounts/types.ts'
import type { ToldAnswer } from '../../../services/files/repeats/types.ts'
import type { Files, FileUser, Once } from '../../../services/files/types.ts'
import { foldNick } from '../../../wire/account-texts.ts'
import { FileLimits, PersonQuota, QuotaList } from '../../../wire/api-files.ts'
import { Problem } from '../../../wire/api.ts'
import { ONCE_HEADERS } from '../idempotency.ts'
import { NickParams, pageOf, PageQuestion, type Named } from '../people.ts'
import { answerOnce, type OnceDoor } from './answer-once.ts'
import { quotaJson } from './entries.ts'
import { fileUserOf } from './file-door.ts'

const tags = ['files']

export interface QuotaDoor extends OnceDoor {
  readonly files: Files
  readonly accounts: Pick<Accounts, 'user' | 'users'>
}

export function addQuotas(server: FastifyInstance, door: QuotaDoor): void {
  addLooks(server, door)
  addChanges(server, door)
}

function addLooks(server: FastifyInstance, { accounts, files }: QuotaDoor): void {
  server.get<{ Querystring: PageQuestion }>(
    '/v1/quotas',
    {
      schema: {
        summary: 'What everybody has stored, and how much they may',
        description:
          '`everybody`: what holds for people of whom nothing else is said. `limits` of a person: ' +
          'what is said of that one; a limit that is absent there is as for everybody, `null`: none.',
        tags,
        querystring: PageQuestion,
        response: { 200: QuotaList, 503: Problem },
      },
    },
    async (request) => {
      const who = fileUserOf(request)
      const [everybody, { cursor, items }] = await Promise.all([
        files.limits(who, undefined),
        accounts.users(pageOf(request.query)),
      ])
      const people = items.map(({ nick }) => personQuota(files, who, nick))
      const page = { everybody, items: await Promise.all(people) }
      return cursor === undefined ? page : { ...page, cursor }
    },
  )
  server.get<Named>(
    '/v1/quotas/:nick',
    {
      schema: {
        summary: 'What somebody has stored, and how much they may',
        description: 'Also of an account that was deleted, while files of it are there.',
        tags,
        params: NickParams,
        response: { 200: PersonQuota, 404: Problem, 503: Problem },
      },
    },
    async (request) => {
      const nick = foldNick(request.params.nick)
      if (nick === undefined) throw new AnilloError('NO_USER', { nick: request.params.nick })
      const quota = await personQuota(files, fileUserOf(request), nick)
      if (quota.bytes + quota.files + quota.claimedBytes === 0) await accounts.user(nick)
      return quota
    },
  )
}

const CHANGED =
  'All limits at once: one that is not told is as for everybody, `null` is none. Bytes and files ' +
  'count with versions and what lies in the trash. Counts at every member within five seconds.'

function addChanges(server: FastifyInstance, door: QuotaDoor): void {
  const { accounts, files } = door
  server.put<{ Body: FileLimits }>(
    '/v1/quotas',
    {
      schema: {
        summary: 'Say how much people may store of whom nothing else is said',
        description: CHANGED,
        tags,
        headers: ONCE_HEADERS,
        body: FileLimits,
        response: { 200: FileLimits, 400: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const who = fileUserOf(request)
      const told = async (): Promise<ToldAnswer> => ({
        status: 200,
        body: await files.limits(who, undefined),
      })
      const carryOut = async (once: Once | undefined): Promise<ToldAnswer> => {
        await files.setLimits(who, undefined, request.body, { once })
        return told()
      }
      const work = { carryOut, recalled: told, sent: request.body }
      return answerOnce(door, { request, reply }, work)
    },
  )
  server.put<Named & { Body: FileLimits }>(
    '/v1/quotas/:nick',
    {
      schema: {
        summary: 'Say how much somebody may store',
        description: CHANGED,
        tags,
        params: NickParams,
        headers: ONCE_HEADERS,
        body: FileLimits,
        response: { 200: PersonQuota, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const who = fileUserOf(request)
      const { nick } = await accounts.user(request.params.nick)
      const told = async (): Promise<ToldAnswer> => ({
        status: 200,
        body: await personQuota(files, who, nick),
      })
      const carryOut = async (once: Once | undefined): Promise<ToldAnswer> => {
        await files.setLimits(who, nick, request.body, { once })
        return told()
      }
      const work = { carryOut, recalled: told, sent: request.body }
      return answerOnce(door, { request, reply }, work)
    },
  )
}

async function personQuota(files: Files, who: FileUser, nick: string): Promise<PersonQuota> {
  const [usage, limits] = await Promise.all([
    files.usage(who, { of: nick }),
    files.limits(who, nick),
  ])
  return { nick, ...quotaJson(usage), limits }
}
