/** `/v1/find`: one search over all that the ring has, as far as who asks may read it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import { Findings } from '../../../wire/api-find.ts'
import { Problem } from '../../../wire/api.ts'
import { refusalFor } from '../../../wire/demands.ts'
import {
  FIND_KINDS,
  FIND_LIMIT_DEFAULT,
  FIND_LIMIT_MAX,
  FIND_NEEDS,
  FIND_QUERY_CHARS_MAX,
  isFindKind,
  type FindKind,
} from '../../../wire/find-kinds.ts'
import { languageFor } from '../accept-language.ts'
import { dweeterOf } from '../dweets/dweet-door.ts'
import { fileUserOf } from '../files/file-door.ts'
import { goneSignal } from '../gone.ts'
import { errorFor } from '../member-names.ts'
import { problemOf } from '../problem.ts'
import {
  findersOf,
  findIn,
  type FindAsk,
  type FinderParts,
  type Finders,
  type Part,
} from './finders.ts'

const KINDS_CHARS_MAX = 64
const CURSOR_CHARS_MAX = 4_096

interface Asked {
  readonly Querystring: {
    readonly q: string
    readonly kinds?: string
    readonly limit?: number
    readonly cursor?: string
  }
}

const schema = {
  summary: 'Search pages, files, dweets and shares at once',
  description:
    'A group for each kind; of pages by their words (as `/v1/search`), of files and folders by ' +
    'their names, of dweets by their texts: public ones, own ones, and those of people whom one ' +
    'follows; of shares by their names. Nothing is told that who asks may not read. `kinds` says which, with commas ' +
    'between; absent: those that who asks may read. What could not be looked at whole stands in ' +
    '`incomplete`. With `cursor` one kind alone goes on.',
  tags: ['ring'],
  querystring: Type.Object({
    q: Type.String({ minLength: 1, maxLength: FIND_QUERY_CHARS_MAX }),
    kinds: Type.Optional(Type.String({ minLength: 1, maxLength: KINDS_CHARS_MAX })),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: FIND_LIMIT_MAX,
        description: `of each kind; ${FIND_LIMIT_DEFAULT} by default`,
      }),
    ),
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: CURSOR_CHARS_MAX })),
  }),
  response: { 200: Findings, 400: Problem, 503: Problem },
}

export function addFind(server: FastifyInstance, parts: FinderParts): void {
  const finders = findersOf(parts)
  server.get<Asked>('/v1/find', { schema }, async (request, reply) => {
    const { cursor, limit = FIND_LIMIT_DEFAULT, q } = request.query
    if (q.trim() === '') throw new AnilloError('BAD_REQUEST', { problem: 'q has no words' })
    const kinds = kindsFor(request, finders)
    if (cursor !== undefined && kinds.length !== 1) {
      throw new AnilloError('BAD_REQUEST', { problem: 'a cursor goes on with one kind alone' })
    }
    const ask: FindAsk = {
      words: q,
      limit,
      signal: goneSignal(reply),
      dweeter: request.asker?.nick === undefined ? undefined : dweeterOf(request),
      fileUser: fileUserOf(request),
      told: (error) =>
        problemOf(errorFor(request.asker, error), languageFor(request.headers['accept-language'])),
      ...(cursor === undefined ? {} : { cursor }),
    }
    const found = kinds.flatMap((kind) => {
      const finder = finders[kind]
      return finder === undefined ? [] : [findIn(kind, finder, ask)]
    })
    return findingsOf(await Promise.all(found))
  })
}

function findingsOf(told: readonly Part[]): Findings {
  return {
    groups: told.map(({ group }) => group),
    incomplete: told.filter(({ isWhole }) => !isWhole).map(({ group }) => group.kind),
  }
}

/**
 * Those that are asked for; else those that who asks may read.
 * @throws AnilloError LOGIN_FIRST, PERMISSION_MISSING, BAD_REQUEST
 */
function kindsFor(request: FastifyRequest<Asked>, finders: Finders): readonly FindKind[] {
  const { kinds } = request.query
  const refusal = (kind: FindKind): AnilloError | undefined =>
    kind === 'dweets' && request.asker?.nick === undefined
      ? new AnilloError('LOGIN_FIRST')
      : refusalFor(request.asker, FIND_NEEDS[kind])
  const there = FIND_KINDS.filter((kind) => finders[kind] !== undefined)
  if (kinds === undefined) return there.filter((kind) => refusal(kind) === undefined)
  const wanted = [...new Set(kinds.split(','))].map((kind) => {
    if (isFindKind(kind)) return kind
    throw new AnilloError('BAD_REQUEST', { problem: `kinds are ${FIND_KINDS.join(', ')}` })
  })
  for (const kind of wanted) {
    const refused = refusal(kind)
    if (refused !== undefined) throw refused
  }
  return there.filter((kind) => wanted.includes(kind))
}
