/**
 * The JSON of `/v1/feed`: what happened to somebody in all services, newest first.
 *
 *     GET  /feed?limit=&cursor=   FeedPage
 *     GET  /feed/unseen           FeedUnseen
 *     POST /feed/seen             FeedSeen -> 204
 */
import { Type, type Static } from 'typebox'

import { Crawl } from './api-crawls.ts'
import { Notification } from './api-dweets.ts'
import { SharedFile } from './api-files.ts'
import { Download } from './api-shares.ts'
import { FEED_KINDS, type FeedKind } from './feed-kinds.ts'

const Instant = Type.String({ format: 'date-time' })
const COMMON = {
  /** Of the thing: no two of a kind have the same. */
  id: Type.String(),
  at: Instant,
}

export const FeedItem = Type.Union([
  /** One that who asks began, or that a schedule of theirs did, ended. */
  Type.Object({ kind: Type.Literal('crawls'), ...COMMON, crawl: Crawl }),
  /** Somebody shares it with them. */
  Type.Object({ kind: Type.Literal('files'), ...COMMON, file: SharedFile }),
  Type.Object({ kind: Type.Literal('dweets'), ...COMMON, notification: Notification }),
  /** One from other rings, that who asks began, ended. */
  Type.Object({ kind: Type.Literal('shares'), ...COMMON, download: Download }),
])
export type FeedItem = Readonly<Static<typeof FeedItem>>

const Incomplete = Type.Array(
  Type.Unsafe<FeedKind>(Type.Union(FEED_KINDS.map((kind) => Type.Literal(kind)))),
)

export const FeedPage = Type.Object({
  items: Type.Array(FeedItem),
  cursor: Type.Optional(Type.String()),
  /** What happened up to then was seen before. */
  seenUntil: Type.Union([Instant, Type.Null()]),
  /** Kinds of which nothing could be read now. */
  incomplete: Incomplete,
})
export type FeedPage = Readonly<Static<typeof FeedPage>>

export const FeedUnseen = Type.Object({
  /** Up to 50. */
  unseen: Type.Integer({ minimum: 0 }),
  incomplete: Incomplete,
})
export type FeedUnseen = Readonly<Static<typeof FeedUnseen>>

/** What happened up to then is seen. An earlier instant than was said before changes nothing. */
export const FeedSeen = Type.Object({ until: Instant }, { additionalProperties: false })
export type FeedSeen = Readonly<Static<typeof FeedSeen>>
