/** `/api/v1/lists`: lists of people, each for whoever made it alone, and their timelines. */
import type { FastifyInstance } from 'fastify'

import { utf8 } from '../../../base/bytes.ts'
import { nickOfAccountId } from '../../../wire/account-ids.ts'
import type { DweetList } from '../../../wire/api-dweet-lists.ts'
import { writeOptionsOf } from '../idempotency.ts'
import { sendPeople } from './accounts.ts'
import { addRoute, type Exchange, type MastodonDoor } from './exchange.ts'
import { notFound } from './refusal.ts'
import type { Entity } from './showing.ts'
import { sendTimeline } from './timelines.ts'

export function addMastodonLists(scope: FastifyInstance, door: MastodonDoor): void {
  addAll(scope, door)
  addPeople(scope, door)
  addRoute(scope, 'GET /api/v1/timelines/list/:id', 'read:lists', (exchange) =>
    sendTimeline(door, exchange, (page) =>
      door.dweets.lists.publications(exchange.who, exchange.dweetId, page),
    ),
  )
}

function addAll(scope: FastifyInstance, { dweets: { lists } }: MastodonDoor): void {
  addRoute(scope, 'GET /api/v1/lists', 'read:lists', async ({ who }) =>
    (await lists.all(who)).items.map(listEntity),
  )
  addRoute(scope, 'POST /api/v1/lists', 'write:lists', async ({ params, request, who }) => {
    const options = writeOptionsOf(request, utf8(params.text))
    return listEntity(await lists.make(who, { name: params.require('title') }, options))
  })
  addRoute(scope, 'GET /api/v1/lists/:id', 'read:lists', async ({ dweetId, who }) =>
    listEntity(await lists.find(who, dweetId)),
  )
  addRoute(scope, 'PUT /api/v1/lists/:id', 'write:lists', async ({ dweetId, params, who }) =>
    listEntity(await lists.rename(who, dweetId, { name: params.require('title') })),
  )
  addRoute(scope, 'DELETE /api/v1/lists/:id', 'write:lists', async ({ dweetId, who }) => {
    await lists.remove(who, dweetId)
    return {}
  })
  addRoute(scope, 'GET /api/v1/accounts/:id/lists', 'read:lists', async ({ nick, who }) =>
    (await lists.with(who, nick)).items.map(listEntity),
  )
}

function addPeople(scope: FastifyInstance, door: MastodonDoor): void {
  const { lists } = door.dweets
  addRoute(scope, 'GET /api/v1/lists/:id/accounts', 'read:lists', (exchange) =>
    sendPeople(door, exchange, (page) => lists.people(exchange.who, exchange.dweetId, page)),
  )
  const put = (isIn: boolean) => async (exchange: Exchange) => {
    for (const nick of nicksIn(exchange)) {
      await lists.put(exchange.who, exchange.dweetId, nick, isIn)
    }
    return {}
  }
  addRoute(scope, 'POST /api/v1/lists/:id/accounts', 'write:lists', put(true))
  addRoute(scope, 'DELETE /api/v1/lists/:id/accounts', 'write:lists', put(false))
}

/** @throws MastodonRefusal 404: one of the ids is nobody's */
function nicksIn({ params }: Exchange): readonly string[] {
  return params.all('account_ids').map((id) => {
    const nick = nickOfAccountId(id)
    if (nick === undefined) throw notFound()
    return nick
  })
}

/** Answers to whomever stand there: nobody's are left out of a list here. */
function listEntity({ id, name }: DweetList): Entity {
  return { id, title: name, replies_policy: 'list', exclusive: false }
}
