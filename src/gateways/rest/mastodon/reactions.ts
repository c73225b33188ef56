/** What people do with statuses: boost, favourite, bookmark. Done again it changes nothing. */
import type { FastifyInstance } from 'fastify'

import type { Dweet } from '../../../wire/api-dweets.ts'
import type { RouteName } from '../../../wire/demands.ts'
import { sendPeople } from './accounts.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { findPage, LIMIT, sendPage, wantedOf } from './pages.ts'
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
    const dweet = await dweets.dweet(who, dweetId)
    await dweets.unredweet(who, dweetId)
    profiles.forget(who.nick)
    const mine = { ...dweet.mine, redweeted: false }
    const redweets = dweet.redweets - (dweet.mine.redweeted ? 1 : 0)
    return new Showing(door, exchange).status({ ...dweet, mine, redweets: Math.max(0, redweets) })
  })
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
