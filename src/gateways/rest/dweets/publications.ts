/** Dweets one by one: written, read, changed, deleted. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { utf8 } from '../../../base/bytes.ts'
import {
  Dweet,
  DweetChange,
  DweetHistory,
  DweetThread,
  NewDweet,
} from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { ONCE_HEADERS, writeOptionsOf } from '../idempotency.ts'
import { attachedTo } from './attachments.ts'
import { DweetParams, dweeterOf, idOf, tags, type DweetDoor, type OfDweet } from './dweet-door.ts'
import { noteModeration } from './note-moderation.ts'

export function addPublications(server: FastifyInstance, door: DweetDoor): void {
  addPublishing(server, door)
  addLooks(server, door)
  addChanges(server, door)
}

function addPublishing(server: FastifyInstance, door: DweetDoor): void {
  const { dweets } = door
  server.post<{ Body: NewDweet }>(
    '/v1/dweets',
    {
      schema: {
        summary: 'Publish a dweet',
        description:
          'At most 225 code points, counted in the composed form (NFC). `replyTo` is what it ' +
          'answers; `warning` is shown in place of the text until a reader asks for that. At most ' +
          'four `attachments`: what was sent before, by its `id`, or a file of the tree, by its ' +
          '`path`.',
        tags,
        headers: ONCE_HEADERS,
        body: NewDweet,
        response: { 201: Dweet, 404: Problem, 422: Problem, 429: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const { body } = request
      const options = writeOptionsOf(request, utf8(JSON.stringify(body)))
      const asked = await attachedTo(door, request, body)
      const dweet = await dweets.publish(dweeterOf(request), asked, options)
      return reply.code(201).header('location', `/v1/dweets/${dweet.id}`).send(dweet)
    },
  )
}

function addLooks(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.get<OfDweet>(
    '/v1/dweets/:id',
    {
      schema: {
        summary: 'One dweet',
        description: 'By the id of a redweet: what it shows.',
        tags,
        params: DweetParams,
        response: { 200: Dweet, 404: Problem },
      },
    },
    async (request) => dweets.dweet(dweeterOf(request), idOf(request)),
  )
  server.get<OfDweet>(
    '/v1/dweets/:id/history',
    {
      schema: {
        summary: 'The texts of a dweet, newest first',
        tags,
        params: DweetParams,
        response: { 200: DweetHistory, 404: Problem },
      },
    },
    async (request) => dweets.history(dweeterOf(request), idOf(request)),
  )
  server.get<OfDweet>(
    '/v1/dweets/:id/thread',
    {
      schema: {
        summary: 'A dweet with what it answers, and what answers it',
        tags,
        params: DweetParams,
        response: { 200: DweetThread, 404: Problem },
      },
    },
    async (request) => dweets.thread(dweeterOf(request), idOf(request)),
  )
}

function addChanges(server: FastifyInstance, door: DweetDoor): void {
  const { dweets } = door
  server.patch<OfDweet & { Body: DweetChange }>(
    '/v1/dweets/:id',
    {
      schema: {
        summary: 'Change a dweet',
        description: 'By its author. The texts before can be read in its history.',
        tags,
        headers: ONCE_HEADERS,
        params: DweetParams,
        body: DweetChange,
        response: { 200: Dweet, 403: Problem, 404: Problem, 409: Problem, 422: Problem },
      },
    },
    async (request) => {
      const { body } = request
      const options = writeOptionsOf(request, utf8(JSON.stringify(body)))
      return dweets.edit(dweeterOf(request), idOf(request), body, options)
    },
  )
  server.delete<OfDweet>(
    '/v1/dweets/:id',
    {
      schema: {
        summary: 'Delete a dweet',
        description:
          'By its author, or a moderator, of which its author is told. Done again it changes ' +
          'nothing.',
        tags,
        params: DweetParams,
        response: { 204: Type.Null(), 403: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const subject = idOf(request)
      const nick = await dweets.remove(dweeterOf(request), subject)
      if (nick !== undefined) noteModeration(door, request, { action: 'remove', nick, subject })
      return reply.code(204).send()
    },
  )
}
