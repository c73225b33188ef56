/** `/v1/reports`: what people report, and what moderators decide of it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { utf8 } from '../../../base/bytes.ts'
import {
  NewDecision,
  NewReport,
  ReportCase,
  ReportPage,
  ReportQueue,
  ReportReceipt,
} from '../../../wire/api-reports.ts'
import { Problem } from '../../../wire/api.ts'
import { ONCE_HEADERS, writeOptionsOf } from '../idempotency.ts'
import {
  DweetParams,
  dweeterOf,
  PageQuestion,
  pageOf,
  tags,
  type DweetDoor,
  type OfDweet,
  type Paged,
} from './dweet-door.ts'
import { noteModeration } from './note-moderation.ts'

const QueueQuestion = Type.Object({
  state: Type.Optional(
    Type.Union([Type.Literal('open'), Type.Literal('closed')], { description: 'open by default' }),
  ),
  ...PageQuestion.properties,
})

export function addReports(server: FastifyInstance, door: DweetDoor): void {
  addReporting(server, door)
  addCases(server, door)
  addDecisions(server, door)
}

function addReporting(server: FastifyInstance, { dweets: { reports } }: DweetDoor): void {
  server.post<{ Body: NewReport }>(
    '/v1/reports',
    {
      schema: {
        summary: 'Report a dweet or a person to the moderators',
        description:
          'Give `dweet`, which one may see oneself, or `nick`. Who is reported is not told, and ' +
          'never by whom. A dweet is reported once: said again, the first one counts; a person ' +
          'may be reported again after a day.',
        tags,
        body: NewReport,
        response: {
          201: ReportReceipt,
          400: Problem,
          403: Problem,
          404: Problem,
          422: Problem,
          429: Problem,
          503: Problem,
        },
      },
    },
    async (request, reply) => {
      const receipt = await reports.report(dweeterOf(request), request.body)
      return reply.code(201).send(receipt)
    },
  )
}

function addCases(server: FastifyInstance, { dweets: { reports } }: DweetDoor): void {
  server.get<{ Querystring: Static<typeof QueueQuestion> }>(
    '/v1/reports',
    {
      schema: {
        summary: 'What was reported: open cases, oldest first, or closed ones, newest first',
        description: 'Nobody is shown a case about themselves.',
        tags,
        querystring: QueueQuestion,
        response: { 200: ReportQueue, 400: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { state = 'open', ...page } = request.query
      return reports.queue(dweeterOf(request), { state, ...pageOf(page) })
    },
  )
  server.get<OfDweet>(
    '/v1/reports/:id',
    {
      schema: {
        summary: 'One case',
        description:
          'Its id is that of the dweet, or the nick behind an `@`. The dweet is shown as it was ' +
          'when it was reported first, and as it is; one that nobody reported is not shown.',
        tags,
        params: DweetParams,
        response: { 200: ReportCase, 404: Problem, 503: Problem },
      },
    },
    async (request) => reports.find(dweeterOf(request), request.params.id),
  )
  server.get<OfDweet & Paged>(
    '/v1/reports/:id/reports',
    {
      schema: {
        summary: 'Who reported it, and what they said of it; by nick',
        tags,
        params: DweetParams,
        querystring: PageQuestion,
        response: { 200: ReportPage, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request) => {
      const { params, query } = request
      return reports.reports(dweeterOf(request), params.id, pageOf(query))
    },
  )
}

function addDecisions(server: FastifyInstance, door: DweetDoor): void {
  const { reports } = door.dweets
  server.post<OfDweet & { Body: NewDecision }>(
    '/v1/reports/:id/decisions',
    {
      schema: {
        summary: 'Decide a case',
        description:
          '`dismiss` it; `remove` the dweet; `warn` of it; `limit` somebody, so that what they ' +
          'publish is for their followers alone, or `suspend` them from dweeting, for `seconds` ' +
          'or until `lift`. It closes the case. Whom it concerns is told, with `reason` and ' +
          '`message`, and not by whom. With `decisions`, how many there were, it is refused ' +
          'where somebody else has decided since.',
        tags,
        headers: ONCE_HEADERS,
        params: DweetParams,
        body: NewDecision,
        response: {
          200: ReportCase,
          400: Problem,
          404: Problem,
          409: Problem,
          422: Problem,
          503: Problem,
        },
      },
    },
    async (request: FastifyRequest<OfDweet & { Body: NewDecision }>) => {
      const { body, params } = request
      const options = writeOptionsOf(request, utf8(JSON.stringify(body)))
      const decided = await reports.decide(dweeterOf(request), params.id, body, options)
      const { about, id } = decided
      noteModeration(door, request, { action: body.action, nick: about.nick, subject: id })
      return decided
    },
  )
}
