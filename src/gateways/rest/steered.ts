/** Doors that crawls and schedules have alike: a test of the webhook, and the end. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { Webhook } from '../../wire/api-webhooks.ts'
import { Problem } from '../../wire/api.ts'
import { Hex32 } from '../../wire/shapes.ts'
import { mayOrder } from './whose.ts'

export const ById = Type.Object({ id: Hex32 })
export interface Named {
  readonly Params: Static<typeof ById>
}

export const tags = ['scrape']
export const refusals = { 400: Problem, 404: Problem, 503: Problem }

/** Crawls or schedules, as their service offers them. */
interface Desk {
  get(id: string): Promise<{ readonly by: string | null } | undefined>
  testHook(id: string): Promise<Webhook>
  remove(id: string): Promise<void>
}

export interface SteeredDoor {
  readonly path: '/v1/crawls' | '/v1/schedules'
  readonly what: 'crawl' | 'schedule'
  readonly desk: Desk
  /** What becomes of what it did, for readers of the API. */
  readonly whenDeleted: string
}

export function addSteered(server: FastifyInstance, door: SteeredDoor): void {
  const { desk, path, what, whenDeleted } = door
  server.post<Named>(
    `${path}/:id/webhook/test`,
    {
      schema: {
        summary: `Send a test event to the webhook of a ${what}`,
        description:
          'It is tried at once, behind all that waits before it; `last` tells how it went.',
        tags,
        params: ById,
        response: { 202: Webhook, ...refusals },
      },
    },
    async ({ asker, params }, reply) => {
      mayOrder(asker, known(await desk.get(params.id), what), what)
      return reply.code(202).send(await desk.testHook(params.id))
    },
  )

  server.delete<Named>(
    `${path}/:id`,
    {
      schema: {
        summary: `Delete a ${what}`,
        description: whenDeleted,
        tags,
        params: ById,
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async ({ asker, params }, reply) => {
      mayOrder(asker, known(await desk.get(params.id), what), what)
      await desk.remove(params.id)
      return reply.code(204).send()
    },
  )
}

/** @throws AnilloError NOT_FOUND */
export function known<T>(found: T | undefined, what: SteeredDoor['what']): T {
  if (found === undefined) throw new AnilloError('NOT_FOUND', { what: `${what} with this id` })
  return found
}
