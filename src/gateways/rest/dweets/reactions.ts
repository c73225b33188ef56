/** What people do with dweets: redweet, like, keep. Done again it changes nothing. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { Dweet, Redweet } from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { DweetParams, dweeterOf, idOf, tags, type DweetDoor, type OfDweet } from './dweet-door.ts'

export function addReactions(server: FastifyInstance, door: DweetDoor): void {
  addRedweets(server, door)
  addMarks(server, door)
}

function addRedweets(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.post<OfDweet>(
    '/v1/dweets/:id/redweet',
    {
      schema: {
        summary: 'Show a dweet to those who follow one',
        description: 'Of a redweet: its original. Twice is once.',
        tags,
        params: DweetParams,
        response: { 200: Redweet, 403: Problem, 404: Problem },
      },
    },
    async (request) => dweets.redweet(dweeterOf(request), idOf(request)),
  )
  server.delete<OfDweet>(
    '/v1/dweets/:id/redweet',
    {
      schema: {
        summary: 'Take a redweet back',
        description: 'By the id of the dweet, or of the redweet itself.',
        tags,
        params: DweetParams,
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      await dweets.unredweet(dweeterOf(request), idOf(request))
      return reply.code(204).send()
    },
  )
}

function addMarks(server: FastifyInstance, { dweets }: DweetDoor): void {
  const schemaOf = (summary: string) => ({
    schema: {
      summary,
      tags,
      params: DweetParams,
      response: { 200: Dweet, 404: Problem },
    },
  })
  server.put<OfDweet>('/v1/dweets/:id/like', schemaOf('Like a dweet'), async (request) =>
    dweets.like(dweeterOf(request), idOf(request), true),
  )
  server.delete<OfDweet>('/v1/dweets/:id/like', schemaOf('Like it no more'), async (request) =>
    dweets.like(dweeterOf(request), idOf(request), false),
  )
  server.put<OfDweet>(
    '/v1/dweets/:id/bookmark',
    schemaOf('Keep a bookmark of a dweet; nobody else is told'),
    async (request) => dweets.bookmark(dweeterOf(request), idOf(request), true),
  )
  server.delete<OfDweet>(
    '/v1/dweets/:id/bookmark',
    schemaOf('Keep the bookmark no more'),
    async (request) => dweets.bookmark(dweeterOf(request), idOf(request), false),
  )
}
