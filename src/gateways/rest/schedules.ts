/** `/v1/schedules`: crawls that begin again and again. They are made by `POST /v1/crawls`. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import type { Schedules } from '../../services/scrape/schedules/schedules.ts'
import { Schedule, ScheduleChange, ScheduleList } from '../../wire/api-schedules.ts'
import { Problem } from '../../wire/api.ts'
import { Hex32 } from '../../wire/shapes.ts'
import { repeatKey } from './idempotency.ts'
import { pageOf, PageQuestion } from './people.ts'
import { addSteered, ById, known, refusals, tags, type Named } from './steered.ts'
import { shownTo } from './webhooks-shown.ts'
import { mayOrder } from './whose.ts'

const Ordered = Type.Object({
  id: Hex32,
  order: Type.Union([Type.Literal('pause'), Type.Literal('resume'), Type.Literal('run')]),
})

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
    async ({ asker, params }) => shownTo(asker, known(await schedules.get(params.id), 'schedule')),
  )
  addChanges(server, schedules)
  const whenDeleted = 'Its crawls stay, also one that runs.'
  addSteered(server, { path: '/v1/schedules', what: 'schedule', desk: schedules, whenDeleted })
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
      mayOrder(asker, known(await schedules.get(params.id), 'schedule'), 'schedule')
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
      mayOrder(request.asker, known(await schedules.get(id), 'schedule'), 'schedule')
      if (order === 'run') return schedules.run(id, { key: repeatKey(request) })
      return schedules.steer(id, order === 'pause' ? 'paused' : 'active')
    },
  )
}
