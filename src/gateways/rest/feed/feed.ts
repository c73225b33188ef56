/** `/v1/feed`: what happened to whoever asks, in all services. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { instant } from '../../../base/instant.ts'
import type { Dweets, Notices } from '../../../services/dweets/types.ts'
import { FeedPage, FeedSeen, FeedUnseen } from '../../../wire/api-feed.ts'
import { Problem } from '../../../wire/api.ts'
import { refusalFor } from '../../../wire/demands.ts'
import {
  FEED_KINDS,
  FEED_LIMIT_DEFAULT,
  FEED_LIMIT_MAX,
  FEED_NEEDS,
  FEED_UNSEEN_MAX,
  type FeedKind,
} from '../../../wire/feed-kinds.ts'
import { dweeterOf } from '../dweets/dweet-door.ts'
import { fileUserOf } from '../files/file-door.ts'
import { mergedFeed } from './merging.ts'
import { feedSources, type FeedAsker, type FeedParts, type FeedSources } from './sources.ts'

const CURSOR_CHARS_MAX = 8_192
const tags = ['feed']

export interface FeedDoor extends FeedParts {
  /** Absent: nobody keeps what was seen. */
  readonly dweets?: Pick<Dweets, 'notices' | 'notifications'>
}

interface Asked {
  readonly Querystring: { readonly limit?: number; readonly cursor?: string }
}

export function addFeed(server: FastifyInstance, door: FeedDoor): void {
  const sources = feedSources(door)
  const notices = door.dweets?.notices
  addPage(server, sources, notices)
  addUnseen(server, sources, notices)
  if (notices !== undefined) addSeen(server, notices)
}

function addPage(
  server: FastifyInstance,
  sources: FeedSources,
  notices: Notices | undefined,
): void {
  server.get<Asked>(
    '/v1/feed',
    {
      schema: {
        summary: 'What happened to the account in all services, newest first',
        description:
          'Its crawls that ended, what others share with it, and what dweets notify it of. Each ' +
          'service is asked anew, with the rights of now; one that does not answer stands in ' +
          '`incomplete`.',
        tags,
        querystring: Type.Object({
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: FEED_LIMIT_MAX })),
          cursor: Type.Optional(Type.String({ minLength: 1, maxLength: CURSOR_CHARS_MAX })),
        }),
        response: { 200: FeedPage, 400: Problem, 503: Problem },
      },
    },
    async (request): Promise<FeedPage> => {
      const { cursor, limit = FEED_LIMIT_DEFAULT } = request.query
      const asker = askerOf(request)
      const [merged, seenUntil] = await Promise.all([
        mergedFeed(sources, asker, { kinds: kindsFor(request), limit, cursor }),
        seenBy(notices, asker),
      ])
      const { cursor: next, incomplete, items } = merged
      return {
        items: [...items],
        ...(next === undefined ? {} : { cursor: next }),
        seenUntil: seenUntil ?? null,
        incomplete: [...incomplete],
      }
    },
  )
}

function addUnseen(
  server: FastifyInstance,
  sources: FeedSources,
  notices: Notices | undefined,
): void {
  server.get(
    '/v1/feed/unseen',
    {
      schema: {
        summary: 'How much happened that was not seen yet',
        tags,
        response: { 200: FeedUnseen, 503: Problem },
      },
    },
    async (request): Promise<FeedUnseen> => {
      const asker = askerOf(request)
      const [{ incomplete, items }, seenUntil] = await Promise.all([
        mergedFeed(sources, asker, { kinds: kindsFor(request), limit: FEED_UNSEEN_MAX }),
        seenBy(notices, asker),
      ])
      const unseen = items.filter(({ at }) => seenUntil === undefined || at > seenUntil).length
      return { unseen, incomplete: [...incomplete] }
    },
  )
}

function addSeen(server: FastifyInstance, notices: Notices): void {
  server.post<{ Body: FeedSeen }>(
    '/v1/feed/seen',
    {
      schema: {
        summary: 'Say that what happened up to then was seen',
        description: 'An earlier instant than was said before changes nothing.',
        tags,
        body: FeedSeen,
        response: { 204: Type.Null(), 400: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const asker = askerOf(request)
      const until = Math.max(1, Date.parse(request.body.until))
      const before = (await notices.marks(asker.dweeter)).feed?.id
      if (before === undefined || Number(before) < until) {
        await notices.mark(asker.dweeter, 'feed', String(until))
      }
      return reply.code(204).send()
    },
  )
}

function askerOf(request: FastifyRequest): FeedAsker {
  return { dweeter: dweeterOf(request), fileUser: fileUserOf(request) }
}

/** Those that who asks may read. */
function kindsFor({ asker }: FastifyRequest): readonly FeedKind[] {
  return FEED_KINDS.filter((kind) => refusalFor(asker, FEED_NEEDS[kind]) === undefined)
}

/** Kept as ms since 1970. */
async function seenBy(
  notices: Notices | undefined,
  { dweeter }: FeedAsker,
): Promise<string | undefined> {
  const seen = (await notices?.marks(dweeter))?.feed
  return seen && instant(Number(seen.id))
}
