/** `/v1/scrapes`: have a page downloaded; learn how it went. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { Extracts } from '../../services/scrape/extract/extracts.ts'
import { checkSpec } from '../../services/scrape/extract/selectors.ts'
import type { Renders } from '../../services/scrape/render/renders.ts'
import type { ExtractSpec } from '../../wire/api-extract.ts'
import { Problem, Scrape, ScrapeRequest } from '../../wire/api.ts'
import { Hex64 } from '../../wire/shapes.ts'
import type { GatewayOptions } from './door.ts'
import { goneSignal } from './gone.ts'
import { scrapeFor } from './member-names.ts'
import { waitMsOf } from './prefer.ts'
import { admitVantage } from './vantages.ts'

const PageId = Type.Object({ id: Hex64 })

/** Until it is drawn, too. */
const Drawn = Type.Object({ render: Type.Optional(Type.Literal('true')) })

const answers = {
  200: Scrape,
  202: Scrape,
  400: Problem,
  401: Problem,
  403: Problem,
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
          'enough, else 202 and `Location`. A page that could not be had is state `failed`. With ' +
          '`render` a browser of the ring draws it, too, and `page.render` tells of that. With ' +
          '`extract` an answer with the page has what is extracted from it; after a 202 ask ' +
          '`POST /v1/pages/{id}/extract`.',
        tags: ['scrape'],
        body: ScrapeRequest,
        response: { ...answers, 501: Problem },
      },
    },
    async (request, reply) => {
      const waitMs = waitMsOf(request.headers.prefer)
      admitVantage(request.body.vantage, { ...options, asker: request.asker })
      const { extract: spec, ...wanted } = request.body
      const isDrawn = wanted.render === true
      // What is no extraction is refused before anything is downloaded for it.
      const extracts = spec === undefined ? undefined : extracting(options, spec)
      const from = isDrawn ? drawing(options) : options.scraper
      const signal = goneSignal(reply)
      const scrape = await from.scrape(wanted, waitMs, signal)
      const told =
        spec === undefined || extracts === undefined
          ? scrape
          : await extracts.scraped(scrape, { spec, isDrawn, signal })
      return sendScrape(request, reply, told, isDrawn)
    },
  )

  server.get<Asked>(
    '/v1/scrapes/:id',
    {
      schema: {
        summary: 'How a download stands',
        tags: ['scrape'],
        params: PageId,
        querystring: Drawn,
        response: { ...answers, 501: Problem },
      },
    },
    async (request, reply) => {
      const scrape = await find(options, request, reply)
      return sendScrape(request, reply, scrape, request.query.render === 'true')
    },
  )
}

interface Asked {
  readonly Params: { readonly id: string }
  readonly Querystring: Static<typeof Drawn>
}

/** @throws AnilloError RENDER_UNAVAILABLE at a door that shows pages alone */
function drawing({ renders }: GatewayOptions): Renders {
  if (renders !== undefined) return renders
  throw new AnilloError('RENDER_UNAVAILABLE', { problem: 'not at this door' })
}

/** @throws AnilloError BAD_REQUEST; NOT_FOUND at a door that shows pages alone */
function extracting({ extracts }: GatewayOptions, spec: ExtractSpec): Extracts {
  if (extracts === undefined)
    throw new AnilloError('NOT_FOUND', { what: 'extraction at this door' })
  checkSpec(spec)
  return extracts
}

async function find(
  options: GatewayOptions,
  request: FastifyRequest<Asked>,
  reply: FastifyReply,
): Promise<Scrape> {
  const waitMs = waitMsOf(request.headers.prefer)
  const from = request.query.render === 'true' ? drawing(options) : options.scraper
  const scrape = await from.find(request.params.id, waitMs, goneSignal(reply))
  if (scrape === undefined) throw new AnilloError('NOT_FOUND', { what: 'page with this id' })
  return scrape
}

function sendScrape(
  { asker }: Pick<FastifyRequest, 'asker'>,
  reply: FastifyReply,
  scrape: Scrape,
  isDrawn = false,
): FastifyReply {
  const drawn = isDrawn ? '?render=true' : ''
  void reply.header('location', `/v1/scrapes/${scrape.id}${drawn}`)
  if (scrape.age !== undefined) void reply.header('age', String(scrape.age))
  return reply.code(scrape.state === 'running' ? 202 : 200).send(scrapeFor(asker, scrape))
}
