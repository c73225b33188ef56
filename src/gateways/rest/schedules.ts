/** `/v1/schedules`: crawls that begin again and again. They are made by `POST /v1/crawls`. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { Schedules } from '../../services/scrape/schedules/schedules.ts'
import { Schedule, ScheduleChange, ScheduleList } from '../../wire/api-schedules.ts'
import { Webhook } from '../../wire/api-webhooks.ts'
import { Problem } from '../../wire/api.ts'
import { Hex32 } from '../../wire/shapes.ts'
import { repeatKey } from './idempotency.ts'
import { pageOf, PageQuestion } from './people.ts'
import { shownTo } from './webhooks-shown.ts'
import { mayOrder } from './whose.ts'

const ById = Type.Object({ id: Hex32 })
interface Named {
  readonly Params: Static<typeof ById>
}

const Ordered = Type.Object({
  id: Hex32,
  order: Type.Union([Type.Literal('pause'), Type.Literal('resume'), Type.Literal('run')]),
})

const tags = ['scrape']
const refusals = { 400: Problem, 404: Problem, 503: Problem }

export function addSchedules(server: FastifyInstance, schedules: Schedules): void {
  server.get<{ Querystring: PageQuestion }>(
    '/v1/schedules',
    {
      schema: {
        summary: 'Schedules of crawls, newest first',
        tags,
        querystring: PageQuestion,
        response: { 200: ScheduleList },
      },
    },
    async ({ asker, query }) => {
      const { items, ...list } = await schedules.list(pageOf(query))
      return { ...list, items: items.map((schedule) => shownTo(asker, schedule)) }
    },
  )

  server.get<Named>(
    '/v1/schedules/:id',
    {
      schema: {
        summary: 'A schedule, its next times and its last runs',
        tags,
        params: ById,
        response: { 200: Schedule, ...refusals },
      },
    },
    async ({ asker, params }) => shownTo(asker, await known(schedules, params.id)),
  )
  addChanges(server, schedules)
  addWebhookTest(server, schedules)
}

function addChanges(server: FastifyInstance, schedules: Schedules): void {
  server.patch<Named & { Body: ScheduleChange }>(
    '/v1/schedules/:id',
    {
      schema: {
        summary: 'Change when a schedule is due, or what it crawls',
        tags,
        params: ById,
        body: ScheduleChange,
        response: { 200: Schedule, ...refusals },
      },
    },
    async ({ asker, body, params }) => {
      mayOrder(asker, await known(schedules, params.id), 'schedule')
      return schedules.change(params.id, body)
    },
  )

  server.post<{ Params: Static<typeof Ordered> }>(
    '/v1/schedules/:id/:order',
    {
      schema: {
        summary: 'Pause or resume a schedule, or begin a run of it now',
        description:
          'Times that pass while it is paused are not made up for. A run that goes on is not joined ' +
          'by a second one.',
        tags,
        params: Ordered,
        response: { 200: Schedule, ...refusals, 409: Problem },
      },
    },
    async (request) => {
      const { id, order } = request.params
      mayOrder(request.asker, await known(schedules, id), 'schedule')
      if (order === 'run') return schedules.run(id, { key: repeatKey(request) })
      return schedules.steer(id, order === 'pause' ? 'paused' : 'active')
    },
  )

  server.delete<Named>(
    '/v1/schedules/:id',
    {
      schema: {
        summary: 'Delete a schedule',
        description: 'Its crawls stay, also one that runs.',
        tags,
        params: ById,
        response: { 204: Type.Null(), ...refusals },
      },
    },
    async ({ asker, params }, reply) => {
      mayOrder(asker, await known(schedules, params.id), 'schedule')
      await schedules.remove(params.id)
      return reply.code(204).send()
    },
  )
}

function addWebhookTest(server: FastifyInstance, schedules: Schedules): void {
  server.post<Named>(
    '/v1/schedules/:id/webhook/test',
    {
      schema: {
        summary: 'Send a test event to the webhook of a schedule',
        description:
          'It is tried at once, behind all that waits before it; `last` tells how it went.',
        tags,
        params: ById,
        response: { 202: Webhook, ...refusals },
      },
    },
    async ({ asker, params }, reply) => {
      mayOrder(asker, await known(schedules, params.id), 'schedule')
      return reply.code(202).send(await schedules.testHook(params.id))
    },
  )
}

async function known(schedules: Schedules, id: string): Promise<Schedule> {
  const schedule = await schedules.get(id)
  if (schedule === undefined) throw new AnilloError('NOT_FOUND', { what: 'schedule with this id' })
  return schedule
}
