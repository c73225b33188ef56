/** `/v1/search`: pages that the ring keeps, by their words. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import {
  QUERY_CHARS_MAX,
  SEARCH_RESULTS_MAX,
  SIMILAR_RESULTS_MAX,
} from '../../services/scrape/search/limits.ts'
import type { Search } from '../../services/scrape/search/searcher.ts'
import type { Similar } from '../../services/scrape/search/similar.ts'
import { SearchResults } from '../../wire/api-search.ts'
import { SimilarPages } from '../../wire/api-similar.ts'
import { Problem } from '../../wire/api.ts'
import { Hex64 } from '../../wire/shapes.ts'
import { goneSignal } from './gone.ts'
import { notHeld } from './page-versions.ts'

const RESULTS_DEFAULT = 10

const SearchQuestion = Type.Object({
  q: Type.String({ minLength: 1, maxLength: QUERY_CHARS_MAX }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: SEARCH_RESULTS_MAX })),
  cursor: Type.Optional(Type.String({ maxLength: 16 })),
  unfold: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
})

const SimilarQuestion = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: SIMILAR_RESULTS_MAX })),
})

export function addSearch(server: FastifyInstance, search: Search): void {
  server.get<{ Querystring: Static<typeof SearchQuestion> }>(
    '/v1/search',
    {
      schema: {
        summary: 'Search the pages that the ring keeps',
        description:
          'All words are there: word, begin*, "words in a row", title:word, host:name, site:name, ' +
          'url:word, lang:es, after:2026-01-31, before:2026-02. Results that are nearly the same as ' +
          'a better one are counted with it (`folded`), unless `unfold` is true. Of each page its ' +
          'newest copy is searched, no older version.',
        tags: ['scrape'],
        querystring: SearchQuestion,
        response: { 200: SearchResults, 400: Problem, 503: Problem },
      },
    },
    async ({ query }, reply) => {
      const { cursor, limit = RESULTS_DEFAULT, q, unfold } = query
      const asked = { limit, cursor, isUnfolded: unfold === 'true' }
      return search.search(q, asked, goneSignal(reply))
    },
  )
}

export function addSimilar(server: FastifyInstance, similar: Similar): void {
  server.get<{ Params: { id: string }; Querystring: Static<typeof SimilarQuestion> }>(
    '/v1/pages/:id/similar',
    {
      schema: {
        summary: 'Pages that are nearly the same, nearest first',
        description:
          'By the SimHash of their texts: docs/spec/search.md. A page is compared some seconds ' +
          'after it was kept, and not where it has only few words (`isCompared`).',
        tags: ['scrape'],
        params: Type.Object({ id: Hex64 }),
        querystring: SimilarQuestion,
        response: { 200: SimilarPages, 400: Problem, 404: Problem, 503: Problem },
      },
    },
    async ({ params, query }, reply) => {
      const { limit = RESULTS_DEFAULT } = query
      const pages = await similar.similar(params.id, limit, goneSignal(reply))
      if (pages === undefined) throw notHeld()
      return pages
    },
  )
}
