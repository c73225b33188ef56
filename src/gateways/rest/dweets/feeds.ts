/**
 * `/v1/feeds`: public dweets as Atom, for programs that read feeds. They show a key of an account
 * as its password (RFC 7617); guests read no dweets here either.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { Problem } from '../../../wire/api.ts'
import { PAGE_MAX } from '../../../wire/dweet-limits.ts'
import { foldTag } from '../../../wire/dweet-text.ts'
import { judgeRead } from '../../../wire/http-conditions.ts'
import { isFromBeyond } from '../beyond.ts'
import { NickParams, type Named } from '../people.ts'
import { atomFeed, changedAt, shownInFeeds, type Feed } from './atom.ts'
import { dweeterOf, tags, type DweetDoor } from './dweet-door.ts'
import { feedAddress } from './feed-address.ts'

const ATOM = 'application/atom+xml; charset=utf-8'
const TAG_GIVEN_MAX = 300

const TagParams = Type.Object({ tag: Type.String({ minLength: 1, maxLength: TAG_GIVEN_MAX }) })

interface OfTag {
  readonly Params: Static<typeof TagParams>
}

const DESCRIPTION =
  'The newest, of what is public alone, whoever asks: nothing for followers is ever there. With ' +
  '`If-None-Match` 304 while nothing changed. A reader of feeds shows a key with `dweets.read` as ' +
  'the password of its account.'

export interface FeedDoor extends DweetDoor {
  readonly ringId: string
}

export function addFeeds(server: FastifyInstance, { dweets, ringId }: FeedDoor): void {
  server.get<Named>(
    '/v1/feeds/users/:nick',
    {
      schema: {
        summary: 'Public dweets and redweets of somebody, as Atom',
        description: DESCRIPTION,
        tags,
        params: NickParams,
        response: { 200: Type.String(), 304: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const who = dweeterOf(request)
      const { bio, joinedAt, name, nick } = await dweets.profile(who, request.params.nick)
      const { items } = await dweets.publicationsOf(who, nick, { limit: PAGE_MAX })
      return sendFeed(request, reply, {
        ringId,
        name: `users/${nick}`,
        self: feedAddress('users', nick),
        page: `/?view=dweets&at=@${nick}`,
        title: `${name} (@${nick})`,
        subtitle: bio,
        author: { nick, name },
        entries: items.filter(shownInFeeds),
        sinceMs: Date.parse(joinedAt),
      })
    },
  )
  server.get<OfTag>(
    '/v1/feeds/tags/:tag',
    {
      schema: {
        summary: 'Public dweets with a tag, as Atom',
        description: DESCRIPTION,
        tags,
        params: TagParams,
        response: { 200: Type.String(), 304: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const tag = foldTag(request.params.tag)
      if (tag === undefined) throw new AnilloError('NOT_FOUND', { what: 'such tag' })
      const { items } = await dweets.tagged(dweeterOf(request), tag, { limit: PAGE_MAX })
      return sendFeed(request, reply, {
        ringId,
        name: `tags/${encodeURIComponent(tag)}`,
        self: feedAddress('tags', tag),
        page: `/?view=dweets&at=${encodeURIComponent(`#${tag}`)}`,
        title: `#${tag}`,
        subtitle: '',
        // Atom wants one where not every entry has its own: here each has.
        author: undefined,
        entries: items.filter(shownInFeeds),
        sinceMs: 0,
      })
    },
  )
}

function sendFeed(
  { headers, raw }: FastifyRequest,
  reply: FastifyReply,
  feed: Omit<Feed, 'base'>,
): FastifyReply {
  const base = `${isFromBeyond(raw) ? 'https' : 'http'}://${headers.host ?? 'localhost'}`
  const text = atomFeed({ ...feed, base })
  const etag = `"${sha256Hex(text)}"`
  // Who asks sees what is for them: no cache between keeps it for others.
  void reply.header('cache-control', 'private, no-cache').header('etag', etag)
  const verdict = judgeRead(headers, { etag, modifiedMs: changedAt(feed) })
  if (verdict === 'notModified') return reply.code(304).send()
  return reply.type(ATOM).send(text)
}
