/** `/v1/scrapes`: have a page downloaded; learn how it went. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { Problem, Scrape, ScrapeRequest } from '../../wire/api.ts'
import { Hex64 } from '../../wire/shapes.ts'
import type { GatewayOptions } from './door.ts'
import { goneSignal } from './gone.ts'
import { scrapeFor } from './member-names.ts'
import { waitMsOf } from './prefer.ts'

const PageId = Type.Object({ id: Hex64 })

const answers = {
  200: Scrape,
  202: Scrape,
  400: Problem,
  404: Problem,
  503: Problem,
}

export function addScrapes(server: FastifyInstance, options: GatewayOptions): void {
  server.post<{ Body: ScrapeRequest }>(
    '/v1/scrapes',
    {
      schema: {
        summary: 'Have a page downloaded',
        description:
          'Answers 200 with the page when it is held or `Prefer: wait=SECONDS` (at most 30) was long ' +
          'enough, else 202 and `Location`. A page that could not be had is state `failed`.',
        tags: ['scrape'],
        body: ScrapeRequest,
        response: answers,
      },
    },
    async (request, reply) => {
      const waitMs = waitMsOf(request.headers.prefer)
      const scrape = await options.scraper.scrape(request.body, waitMs, goneSignal(reply))
      return sendScrape(request, reply, scrape)
    },
  )

  server.get<{ Params: { id: string } }>(
    '/v1/scrapes/:id',
    {
      schema: {
        summary: 'How a download stands',
        tags: ['scrape'],
        params: PageId,
        response: answers,
      },
    },
    async (request, reply) => sendScrape(request, reply, await find(options, request, reply)),
  )
}

async function find(
  options: GatewayOptions,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<Scrape> {
  const waitMs = waitMsOf(request.headers.prefer)
  const scrape = await options.scraper.find(request.params.id, waitMs, goneSignal(reply))
  if (scrape === undefined) throw new AnilloError('NOT_FOUND', { what: 'page with this id' })
  return scrape
}

function sendScrape(
  { asker }: Pick<FastifyRequest, 'asker'>,
  reply: FastifyReply,
  scrape: Scrape,
): FastifyReply {
  void reply.header('location', `/v1/scrapes/${scrape.id}`)
  if (scrape.age !== undefined) void reply.header('age', String(scrape.age))
  return reply.code(scrape.state === 'running' ? 202 : 200).send(scrapeFor(asker, scrape))
}
