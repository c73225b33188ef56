/** `/v1/pages/ID`: versions of a page, and taking it away with all of them. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { AnilloError } from '../../base/errors.ts'
import type { PageDiffs } from '../../services/scrape/versions/page-diffs.ts'
import { DiffOf, PageDiff, PageRemoved, PageVersions } from '../../wire/api-pages.ts'
import { Problem } from '../../wire/api.ts'
import { Hex64 } from '../../wire/shapes.ts'
import type { GatewayOptions } from './door.ts'
import { goneSignal } from './gone.ts'
import { noteDetail } from './noted-orders.ts'

const ById = Type.Object({ id: Hex64 })
interface Named {
  readonly Params: { readonly id: string }
}

/** Longer than any instant. */
const INSTANT_CHARS_MAX = 40

/** Of a version: when it was held. */
export const Instant = Type.String({ minLength: 1, maxLength: INSTANT_CHARS_MAX })

const tags = ['scrape']
const refusals = { 400: Problem, 404: Problem, 503: Problem }

export function addPageVersions(
  server: FastifyInstance,
  { archive, scraper }: Pick<GatewayOptions, 'archive' | 'scraper'>,
): void {
  server.get<Named & { Querystring: { readonly cursor?: string } }>(
    '/v1/pages/:id/versions',
    {
      schema: {
        summary: 'Versions of a page, newest first',
        description: 'The copy held is the first. A version is named by `at`.',
        tags,
        params: ById,
        querystring: Type.Object({ cursor: Type.Optional(Instant) }),
        response: { 200: PageVersions, ...refusals },
      },
    },
    async ({ params, query }, reply) => {
      const signal = goneSignal(reply)
      const list = await archive.versions(params.id, query.cursor, { signal })
      if (list.items.length === 0 && query.cursor === undefined) throw notHeld()
      return list
    },
  )

  server.delete<Named>(
    '/v1/pages/:id',
    {
      schema: {
        summary: 'Take a page away with all its versions',
        description:
          'The order is noted in the audit log. Whoever downloads the page again has it again. ' +
          'Interrupted, it goes on when it is asked for again.',
        tags,
        params: ById,
        response: { 200: PageRemoved, ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const signal = goneSignal(reply)
      // Nobody can tell from the id alone, and afterwards nobody knows.
      const found = await scraper.find(id, 0, signal)
      if (found !== undefined) noteDetail(request, found.url)
      const versions = await archive.remove(id, { signal })
      if (versions === 0) throw notHeld()
      return { versions }
    },
  )
}

const DiffQuestion = Type.Object({
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
  of: Type.Optional(DiffOf),
})
type DiffQuestion = Static<typeof DiffQuestion>

export function addPageDiffs(server: FastifyInstance, diffs: Pick<PageDiffs, 'diff'>): void {
  server.get<Named & { Querystring: DiffQuestion }>(
    '/v1/pages/:id/diff',
    {
      schema: {
        summary: 'What differs between two versions of a page',
        description:
          'Line by line, with the words marked that changed in a line. `from` and `to` are ' +
          'instants; without them the newest version and the one before. `of` is `text`, as ' +
          'people read it, or `source`.',
        tags,
        params: ById,
        querystring: DiffQuestion,
        response: { 200: PageDiff, ...refusals, 413: Problem, 422: Problem },
      },
    },
    async ({ params, query: { of = 'text', ...sides } }, reply) => {
      const diff = await diffs.diff(params.id, { ...sides, of }, goneSignal(reply))
      if (diff === undefined) throw notHeld()
      return diff
    },
  )
}

export function notHeld(): AnilloError {
  return new AnilloError('NOT_FOUND', { what: 'page held under this id' })
}
