/** What one is told. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

import { NotificationPage } from '../../../wire/api-dweets.ts'
import { Problem } from '../../../wire/api.ts'
import { dweeterOf, PageQuestion, pageOf, tags, type DweetDoor, type Paged } from './dweet-door.ts'

export function addNotifications(server: FastifyInstance, { dweets }: DweetDoor): void {
  server.get<Paged>(
    '/v1/notifications',
    {
      schema: {
        summary: 'Who mentioned, answered, redweeted, liked or followed one; newest first',
        tags,
        querystring: PageQuestion,
        response: { 200: NotificationPage, 400: Problem, 503: Problem },
      },
    },
    async (request) => dweets.notifications(dweeterOf(request), pageOf(request.query)),
  )
  server.delete(
    '/v1/notifications',
    {
      schema: {
        summary: 'Take all notifications away',
        tags,
        response: { 204: Type.Null(), 503: Problem },
      },
    },
    async (request, reply) => {
      await dweets.clearNotifications(dweeterOf(request))
      return reply.code(204).send()
    },
  )
}
