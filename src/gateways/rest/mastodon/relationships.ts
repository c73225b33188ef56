/** Between who asks and others: follow, mute, block. */
import type { FastifyInstance } from 'fastify'

import type { Relationship } from '../../../wire/api-dweets.ts'
import type { RouteName } from '../../../wire/demands.ts'
import { askedNicks } from './accounts.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { isGone } from './refusal.ts'
import { relationshipEntity, type Entity } from './showing.ts'

type Act = (exchange: Exchange) => Promise<Relationship>

export function addMastodonRelationships(scope: FastifyInstance, door: MastodonDoor): void {
  const { dweets, profiles } = door
  const act = (name: RouteName, scopes: string, done: Act): void =>
    addRoute(scope, name, scopes, async (exchange) => {
      const relationship = await done(exchange)
      for (const nick of [exchange.who.nick, relationship.nick]) profiles.forget(nick)
      return relationshipEntity(relationship)
    })
  act('POST /api/v1/accounts/:id/follow', 'write:follows', ({ nick, params, who }) => {
    const redweets = params.flag('reblogs')
    return dweets.follow(who, nick, redweets === undefined ? {} : { redweets })
  })
  act('POST /api/v1/accounts/:id/unfollow', 'write:follows', ({ nick, who }) =>
    dweets.unfollow(who, nick),
  )
  act('POST /api/v1/accounts/:id/mute', 'write:mutes', ({ nick, who }) =>
    dweets.mute(who, nick, true),
  )
  act('POST /api/v1/accounts/:id/unmute', 'write:mutes', ({ nick, who }) =>
    dweets.mute(who, nick, false),
  )
  act('POST /api/v1/accounts/:id/block', 'write:blocks', ({ nick, who }) =>
    dweets.block(who, nick, true),
  )
  act('POST /api/v1/accounts/:id/unblock', 'write:blocks', ({ nick, who }) =>
    dweets.block(who, nick, false),
  )
  addRoute(scope, 'GET /api/v1/accounts/relationships', 'read:follows', async (exchange) => {
    const found = await Promise.all(
      askedNicks(exchange.params).map((nick) => standing(door, exchange, nick)),
    )
    return found.filter((one) => one !== undefined)
  })
}

async function standing(
  { dweets }: MastodonDoor,
  { who }: Exchange,
  nick: string,
): Promise<Entity | undefined> {
  const none = { following: false, redweets: false, followedBy: false, muted: false }
  try {
    const { relationship } = await dweets.profile(who, nick)
    return relationshipEntity(relationship ?? { nick, ...none, blocked: false })
  } catch (thrown) {
    if (isGone(thrown)) return undefined
    throw thrown
  }
}
