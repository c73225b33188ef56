/** `/v1/crawls`: whole sites, downloaded by the ring. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'
import type { Crawls } from '../../services/scrape/crawl/crawls.ts'
import type { Renders } from '../../services/scrape/render/renders.ts'
import type { Schedules } from '../../services/scrape/schedules/schedules.ts'
import { Crawl, CrawlHosts, CrawlList, CrawlUrls, CrawlUrlState } from '../../wire/api-crawls.ts'
import { NewCrawl, Schedule } from '../../wire/api-schedules.ts'
import { Problem } from '../../wire/api.ts'
import { Hex32 } from '../../wire/shapes.ts'
import { crawlEvents } from './crawl-events.ts'
import { EventStreams } from './event-streams.ts'
import type { Gate } from './gate.ts'
import { repeatKey } from './idempotency.ts'
import { pageOf, PageQuestion } from './people.ts'
import { addSteered, ById, known, refusals, tags, type Named } from './steered.ts'
import { admitVantage, type IsVantage } from './vantages.ts'
import { shownTo } from './webhooks-shown.ts'
import { isTheirs, mayOrder } from './whose.ts'

export interface CrawlDoor {
  readonly clock: Clock
  readonly crawls: Crawls
  readonly isVantage?: IsVantage
  readonly schedules?: Schedules
  /** Absent: no page of a crawl is rendered. */
  readonly renders?: Pick<Renders, 'mustBePossible'>
  readonly gate: Gate
  readonly log: Log
}

/** What is told to a crawl, and what it is then. */
const ORDERS = { pause: 'paused', resume: 'running', cancel: 'cancelled' } as const
const Ordered = Type.Object({
  id: Hex32,
  order: Type.Union([Type.Literal('pause'), Type.Literal('resume'), Type.Literal('cancel')]),
})

const UrlsQuestion = Type.Object({
  ...PageQuestion.properties,
  state: Type.Optional(CrawlUrlState),
})

export function addCrawls(server: FastifyInstance, door: CrawlDoor): void {
  const { crawls } = door
  addBeginning(server, door)
  addSteered(server, {
    path: '/v1/crawls',
    what: 'crawl',
    desk: crawls,
    whenDeleted:
      'One that runs ends with it. Its list of URLs is gone; the pages stay in the archive.',
  })

  server.get<{ Querystring: PageQuestion }>(
    '/v1/crawls',
    {
      schema: {
        summary: 'Crawls, newest first',
        tags,
        querystring: PageQuestion,
        response: { 200: CrawlList },
      },
    },
    async ({ asker, query }) => {
      const { items, ...list } = await crawls.list(pageOf(query))
      return { ...list, items: items.map((crawl) => shownTo(asker, crawl)) }
    },
  )

  server.get<Named>(
    '/v1/crawls/:id',
    {
      schema: {
        summary: 'How a crawl stands',
        tags,
        params: ById,
        response: { 200: Crawl, ...refusals },
      },
    },
    async ({ asker, params }) => shownTo(asker, known(await crawls.get(params.id), 'crawl')),
  )
  addOrders(server, door)
  addLists(server, door)
  addEvents(server, door)
}

/** @throws AnilloError RENDER_UNAVAILABLE: it would find that out page by page */
async function mustRender(renders: CrawlDoor['renders']): Promise<void> {
  if (renders !== undefined) return renders.mustBePossible()
  throw new AnilloError('RENDER_UNAVAILABLE', { problem: 'not at this door' })
}

function addBeginning(server: FastifyInstance, door: CrawlDoor): void {
  const { crawls, renders, schedules } = door
  server.post<{ Body: NewCrawl }>(
    '/v1/crawls',
    {
      schema: {
        summary: 'Have a site downloaded, now or on a schedule',
        description:
          'Begins with the seeds and follows links in the scope. It goes on whoever dies, until ' +
          'nothing is left or it has its pages. With “schedule” it is a Schedule that is made and ' +
          'answered, and crawls begin when it says.',
        tags,
        body: NewCrawl,
        response: { 201: Type.Union([Crawl, Schedule]), ...refusals, 422: Problem, 501: Problem },
      },
    },
    async (request, reply) => {
      const { schedule, ...asked } = request.body
      admitVantage(asked.vantage, { ...door, asker: request.asker })
      const asker = { by: request.asker?.nick, key: repeatKey(request) }
      if (asked.render === true) await mustRender(renders)
      if (schedule === undefined || schedules === undefined) {
        const crawl = await crawls.start(asked, asker)
        return reply.code(201).header('location', `/v1/crawls/${crawl.id}`).send(crawl)
      }
      const made = await schedules.make(asked, schedule, asker)
      return reply.code(201).header('location', `/v1/schedules/${made.id}`).send(made)
    },
  )
}

function addOrders(server: FastifyInstance, { crawls }: CrawlDoor): void {
  server.post<{ Params: Static<typeof Ordered> }>(
    '/v1/crawls/:id/:order',
    {
      schema: {
        summary: 'Pause, resume or cancel a crawl',
        description: 'One that is over stays so, and is answered as it is.',
        tags,
        params: Ordered,
        response: { 200: Crawl, ...refusals },
      },
    },
    async ({ asker, params }) => {
      mayOrder(asker, known(await crawls.get(params.id), 'crawl'), 'crawl')
      return crawls.steer(params.id, ORDERS[params.order])
    },
  )
}

function addLists(server: FastifyInstance, { crawls }: CrawlDoor): void {
  server.get<Named & { Querystring: PageQuestion }>(
    '/v1/crawls/:id/hosts',
    {
      schema: {
        summary: 'Hosts of a crawl',
        tags,
        params: ById,
        querystring: PageQuestion,
        response: { 200: CrawlHosts, ...refusals },
      },
    },
    async ({ params, query }) => {
      const { id } = known(await crawls.get(params.id), 'crawl')
      return crawls.hosts(id, pageOf(query))
    },
  )

  server.get<Named & { Querystring: Static<typeof UrlsQuestion> }>(
    '/v1/crawls/:id/urls',
    {
      schema: {
        summary: 'URLs of a crawl, and what came of them',
        tags,
        params: ById,
        querystring: UrlsQuestion,
        response: { 200: CrawlUrls, ...refusals },
      },
    },
    async ({ params, query }) => {
      const { id } = known(await crawls.get(params.id), 'crawl')
      const { state } = query
      return crawls.urls(id, { ...pageOf(query), ...(state === undefined ? {} : { state }) })
    },
  )
}

function addEvents(server: FastifyInstance, { clock, crawls, gate, log }: CrawlDoor): void {
  const streams = new EventStreams({ clock, log })
  server.addHook('preClose', async () => streams.close())
  server.get<Named>(
    '/v1/crawls/:id/events',
    {
      schema: {
        summary: 'A crawl as server-sent events',
        description: 'A JSON document of kind Crawl whenever it has changed, until it is over.',
        tags,
        params: ById,
      },
    },
    async ({ asker, params, raw }, reply) => {
      const crawl = known(await crawls.get(params.id), 'crawl')
      const { id } = crawl
      const mayStill = () => gate.admit(raw, 'pages.read')
      const get = async () => {
        const now = await crawls.get(id)
        return now && shownTo(asker, now)
      }
      return streams.open(reply, {
        name: `${id} ${isTheirs(asker, crawl) ? 'whole' : 'in part'}`,
        recent: 1,
        events: (_, signal) => crawlEvents({ clock, crawls: { get } }, id, signal),
        mayStill: asker?.nick === undefined ? undefined : mayStill,
      })
    },
  )
}
