/** Between two people: follow, mute, block. Done again it changes nothing. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { FollowHow, PeoplePage, Relationship } from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { NickParams, type Named } from '../people.ts'
import { dweeterOf, PageQuestion, pageOf, tags, type DweetDoor, type Paged } from './dweet-door.ts'

export function addRelationships(server: FastifyInstance, door: DweetDoor): void {
  addFollows(server, door)
  addMutes(server, door)
  addBlocks(server, door)
  addHidden(server, door)
}

function schemaOf(words: { readonly summary: string; readonly description?: string }) {
  const response = { 200: Relationship, 403: Problem, 404: Problem, 409: Problem, 422: Problem }
  return { ...words, tags, params: NickParams, response }
}

function addFollows(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.put<Named & { Body: FollowHow | null }>(
    '/v1/users/:nick/follow',
    {
      schema: {
        ...schemaOf({
          summary: 'Follow somebody',
          description: '`redweets`: what they redweet is shown, too; so it is unless one says no.',
        }),
        body: Type.Union([Type.Null(), FollowHow]),
      },
    },
    async (request) => {
      const { body, params } = request
      return dweets.follow(dweeterOf(request), params.nick, body ?? {})
    },
  )
  server.delete<Named>(
    '/v1/users/:nick/follow',
    { schema: schemaOf({ summary: 'Follow them no more' }) },
    async (request) => dweets.unfollow(dweeterOf(request), request.params.nick),
  )
}

function addMutes(server: FastifyInstance, { dweets }: DweetDoor): void {
  const schema = schemaOf({
    summary: 'See nothing of somebody in lists',
    description: 'They are not told.',
  })
  server.put<Named>('/v1/users/:nick/mute', { schema }, async (request) =>
    dweets.mute(dweeterOf(request), request.params.nick, true),
  )
  server.delete<Named>(
    '/v1/users/:nick/mute',
    { schema: schemaOf({ summary: 'See them again' }) },
    async (request) => dweets.mute(dweeterOf(request), request.params.nick, false),
  )
}

function addBlocks(server: FastifyInstance, { dweets }: DweetDoor): void {
  const schema = schemaOf({
    summary: 'Block somebody',
    description: 'Neither sees the other, and neither follows the other any more.',
  })
  server.put<Named>('/v1/users/:nick/block', { schema }, async (request) =>
    dweets.block(dweeterOf(request), request.params.nick, true),
  )
  server.delete<Named>(
    '/v1/users/:nick/block',
    { schema: schemaOf({ summary: 'Block them no more' }) },
    async (request) => dweets.block(dweeterOf(request), request.params.nick, false),
  )
}

function addHidden(server: FastifyInstance, { dweets: { lookups } }: DweetDoor): void {
  const schemaOf = (summary: string) => ({
    schema: {
      summary,
      tags,
      querystring: PageQuestion,
      response: { 200: PeoplePage, 400: Problem, 503: Problem },
    },
  })
  server.get<Paged>('/v1/mutes', schemaOf('Whom one has muted, by nick'), async (request) =>
    lookups.hidden(dweeterOf(request), 'mute', pageOf(request.query)),
  )
  server.get<Paged>('/v1/blocks', schemaOf('Whom one has blocked, by nick'), async (request) =>
    lookups.hidden(dweeterOf(request), 'block', pageOf(request.query)),
  )
}
