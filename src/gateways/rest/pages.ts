/** `/v1/pages`: what is held of a page, and its body. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import { sinceOf } from '../../services/scrape/pages/page-record.ts'
import { digitsOf, replayPath } from '../../services/scrape/replay/replay-address.ts'
import type { HeldPages as HeldPageList } from '../../services/scrape/transfer/held-pages.ts'
import { HeldPages, PageFilter } from '../../wire/api-archives.ts'
import { Page, Problem } from '../../wire/api.ts'
import { Hex64 } from '../../wire/shapes.ts'
import { isFromBeyond } from './beyond.ts'
import type { GatewayOptions } from './door.ts'
import { goneSignal } from './gone.ts'
import { DOWNLOAD_POLICY } from './headers.ts'
import { pageFor } from './member-names.ts'
import { Instant, notHeld } from './page-versions.ts'
import { pageOf, PageQuestion } from './people.ts'

const PageId = Type.Object({ id: Hex64 })
/** Ids are positions in their list. */
const PagesQuestion = Type.Object({
  ...PageFilter.properties,
  ...PageQuestion.properties,
  cursor: Type.Optional(Hex64),
})

/** Of several versions, which one; else the newest. */
const Then = Type.Object({ at: Type.Optional(Instant) })
type Then = Static<typeof Then>

export function addPages(server: FastifyInstance, options: GatewayOptions): void {
  const held = async (id: string, reply: FastifyReply): Promise<Page> => {
    const scrape = await options.scraper.find(id, 0, goneSignal(reply))
    if (scrape?.page === undefined) throw notHeld()
    void reply.header('age', ageText(scrape.page, options.clock))
    return scrape.page
  }

  const withRender = async (page: Page, reply: FastifyReply): Promise<Page> => {
    const kept = await options.renders?.of(page, { signal: goneSignal(reply) })
    return kept === undefined ? page : { ...page, render: kept.render }
  }

  server.get<{ Querystring: Static<typeof PagesQuestion> }>(
    '/v1/pages',
    {
      schema: {
        summary: 'The page held for an address, or a list of pages held; downloads nothing',
        description:
          'With `url` the page itself. Without it a list in the order of ids, of one host or of ' +
          'addresses that begin so; a part of it may be empty and not the last.',
        tags: ['scrape'],
        querystring: PagesQuestion,
        response: { 200: Type.Union([Page, HeldPages]), 400: Problem, 404: Problem },
      },
    },
    async ({ asker, query }, reply) => {
      const { host, prefix, url } = query
      if (url !== undefined) {
        const page = await held(options.scraper.idOf(url), reply)
        return pageFor(asker, await withRender(page, reply))
      }
      const narrowed = {
        ...(host === undefined ? {} : { host }),
        ...(prefix === undefined ? {} : { prefix }),
      }
      return listed(options).list({ ...narrowed, ...pageOf(query) }, goneSignal(reply))
    },
  )

  server.get<{ Params: { id: string }; Querystring: Then }>(
    '/v1/pages/:id',
    {
      schema: {
        summary: 'The page held, or the version that was held at an instant',
        tags: ['scrape'],
        params: PageId,
        querystring: Then,
        response: { 200: Page, 400: Problem, 404: Problem },
      },
    },
    async ({ asker, params: { id }, query: { at } }, reply) => {
      const signal = goneSignal(reply)
      const page =
        at === undefined
          ? await held(id, reply)
          : (await options.archive.at(id, at, { signal }))?.page
      if (page === undefined) throw notHeld()
      return pageFor(asker, await withRender(page, reply))
    },
  )
  addContent(server, options)
  addView(server, options)
}

function addContent(server: FastifyInstance, options: GatewayOptions): void {
  server.get<{ Params: { id: string }; Querystring: Then }>(
    '/v1/pages/:id/content',
    {
      schema: {
        summary: 'The body as downloaded, decoded; with `at` that of a version',
        tags: ['scrape'],
        params: PageId,
        querystring: Then,
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { at } = request.query
      const signal = goneSignal(reply)
      const content = await (at === undefined
        ? options.scraper.content(id, signal)
        : options.archive.at(id, at, { signal }))
      if (content === undefined) throw notHeld()
      return reply
        .header('content-security-policy', DOWNLOAD_POLICY)
        .header('content-disposition', `attachment; filename="${id.slice(0, 16)}"`)
        .header('etag', `"${content.page.hash}"`)
        .header('age', ageText(content.page, options.clock))
        .header('content-length', content.page.bytes)
        .type(content.page.contentType || 'application/octet-stream')
        .send(ReadableStream.from(content.body))
    },
  )
}

function addView(server: FastifyInstance, options: GatewayOptions): void {
  server.get<{ Params: { id: string }; Querystring: Then }>(
    '/v1/pages/:id/view',
    {
      schema: {
        summary: 'Leads to where the page is shown from the archive, on an origin of its own',
        description: 'With `at`, as it was then.',
        tags: ['scrape'],
        params: PageId,
        querystring: Then,
        response: { 302: Type.Null(), 404: Problem },
      },
    },
    async (request, reply) => {
      const { params, query } = request
      const replay = replayOrigin(request, options.ring.self().replayUrl)
      const signal = goneSignal(reply)
      const content = await (query.at === undefined
        ? options.scraper.content(params.id, signal)
        : options.archive.at(params.id, query.at, { signal }))
      if (content === undefined) throw notHeld()
      const { page } = content
      const path = replayPath({ digits: digitsOf(sinceOf(page)) }, page.url)
      return reply.header('cache-control', 'no-store').redirect(replay + path)
    },
  )
}

function listed({ transfer }: GatewayOptions): Pick<HeldPageList, 'list'> {
  if (transfer !== undefined) return transfer.held
  throw new AnilloError('NOT_FOUND', { what: 'list of pages on this door' })
}

/** Seconds since the site was last seen to have it. */
function ageText({ fetchedAt }: Page, clock: Clock): string {
  const passedMs = clock.wallMs() - Date.parse(fetchedAt)
  return String(Math.max(0, Math.floor(passedMs / SECOND_MS)))
}

/**
 * By the name that the asker used: cookies are a host's, and a machine may have several names.
 * @throws AnilloError RING_NOT_READY while the member does not know its own doors
 */
function replayOrigin({ headers, raw }: FastifyRequest, replayUrl: string): string {
  if (replayUrl === '') throw new AnilloError('RING_NOT_READY')
  const replay = new URL(replayUrl)
  const asked = new URL(`${isFromBeyond(raw) ? 'https' : 'http'}://${headers.host}`)
  asked.port = replay.port
  return asked.origin
}
