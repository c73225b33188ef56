/** What people do with statuses: boost, favourite, bookmark. Done again it changes nothing. */
import type { FastifyInstance } from 'fastify'

import { AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import { NOT_MINE } from '../../../services/dweets/showing.ts'
import type { Dweet, DweetPerson } from '../../../wire/api-dweets.ts'
import type { RouteName } from '../../../wire/demands.ts'
import { placeOfPublicId, timeOfRowId } from '../../../wire/dweet-ids.ts'
import { sendPeople } from './accounts.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { findPage, LIMIT, sendPage, wantedOf } from './pages.ts'
import { isGone } from './refusal.ts'
import { Showing } from './showing.ts'

export function addMastodonReactions(scope: FastifyInstance, door: MastodonDoor): void {
  addBoosts(scope, door)
  addMarks(scope, door)
  addReactors(scope, door)
}

function addBoosts(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets, profiles } = door
  addRoute(scope, 'POST /api/v1/statuses/:id/reblog', 'write:statuses', async (exchange) => {
    const { dweetId, who } = exchange
    const redweet = await dweets.redweet(who, dweetId)
    profiles.forget(who.nick)
    return new Showing(door, exchange).publication(redweet)
  })
  addRoute(scope, 'POST /api/v1/statuses/:id/unreblog', 'write:statuses', async (exchange) => {
    const { dweetId, who } = exchange
    const dweet = await dweets.dweet(who, dweetId).catch(unlessGone)
    const wasThere = await dweets.unredweet(who, dweetId)
    profiles.forget(who.nick)
    const showing = new Showing(door, exchange)
    if (dweet === undefined) {
      if (!wasThere) throw new AnilloError('DWEET_GONE')
      return showing.status(blankOf(dweetId, { nick: who.nick, name: who.nick }))
    }
    const mine = { ...dweet.mine, redweeted: false }
    const redweets = dweet.redweets - (dweet.mine.redweeted ? 1 : 0)
    return showing.status({ ...dweet, mine, redweets: Math.max(0, redweets) })
  })
}

function unlessGone(thrown: unknown): undefined {
  if (!isGone(thrown)) throw thrown
}

/** In place of what who asks may not see any more: programs expect a status. */
function blankOf(id: string, author: DweetPerson): Dweet {
  const place = placeOfPublicId(id)
  return {
    kind: 'dweet',
    id,
    author,
    createdAt: instant(place === undefined ? 0 : timeOfRowId(place.row)),
    text: '',
    visibility: 'public',
    mentions: [],
    tags: [],
    replies: 0,
    redweets: 0,
    likes: 0,
    mine: NOT_MINE,
  }
}

function addMarks(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  const act = (name: RouteName, scopes: string, done: (asked: Exchange) => Promise<Dweet>): void =>
    addRoute(scope, name, scopes, async (exchange) =>
      new Showing(door, exchange).status(await done(exchange)),
    )
  const like =
    (isLiked: boolean) =>
    ({ dweetId, who }: Exchange) =>
      dweets.like(who, dweetId, isLiked)
  const keep =
    (isKept: boolean) =>
    ({ dweetId, who }: Exchange) =>
      dweets.bookmark(who, dweetId, isKept)
  act('POST /api/v1/statuses/:id/favourite', 'write:favourites', like(true))
  act('POST /api/v1/statuses/:id/unfavourite', 'write:favourites', like(false))
  act('POST /api/v1/statuses/:id/bookmark', 'write:bookmarks', keep(true))
  act('POST /api/v1/statuses/:id/unbookmark', 'write:bookmarks', keep(false))
}

function addReactors(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets } = door
  const { lookups } = dweets
  addRoute(scope, 'GET /api/v1/statuses/:id/reblogged_by', 'read:statuses', (exchange) =>
    sendPeople(door, exchange, (page) =>
      lookups.reactors(exchange.who, exchange.dweetId, 'redweet', page),
    ),
  )
  addRoute(scope, 'GET /api/v1/statuses/:id/favourited_by', 'read:statuses', (exchange) =>
    sendPeople(door, exchange, (page) =>
      lookups.reactors(exchange.who, exchange.dweetId, 'like', page),
    ),
  )
  addRoute(scope, 'GET /api/v1/bookmarks', 'read:bookmarks', async (exchange) => {
    const { params, who } = exchange
    const found = await findPage((page) => dweets.bookmarks(who, page), wantedOf(params, LIMIT))
    const showing = new Showing(door, exchange)
    return sendPage(exchange, found, (one) => showing.publication(one))
  })
  addRoute(scope, 'GET /api/v1/favourites', 'read:favourites', async (exchange) => {
    const { params, who } = exchange
    const found = await findPage((page) => lookups.liked(who, page), wantedOf(params, LIMIT))
    const showing = new Showing(door, exchange)
    return sendPage(exchange, found, (one) => showing.publication(one))
  })
}
