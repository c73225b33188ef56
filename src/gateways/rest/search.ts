/** `/v1/search`: pages that the ring keeps, by their words. */
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'

import { QUERY_CHARS_MAX, SEARCH_RESULTS_MAX } from '../../services/scrape/search/limits.ts'
import type { Search } from '../../services/scrape/search/searcher.ts'
import { SearchResults } from '../../wire/api-search.ts'
import { Problem } from '../../wire/api.ts'
import { goneSignal } from './gone.ts'

const RESULTS_DEFAULT = 10

const SearchQuestion = Type.Object({
  q: Type.String({ minLength: 1, maxLength: QUERY_CHARS_MAX }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: SEARCH_RESULTS_MAX })),
  cursor: Type.Optional(Type.String({ maxLength: 16 })),
})

export function addSearch(server: FastifyInstance, search: Search): void {
  server.get<{ Querystring: Static<typeof SearchQuestion> }>(
    '/v1/search',
    {
      schema: {
        summary: 'Search the pages that the ring keeps',
        description:
          'All words are there: word, begin*, "words in a row", title:word, host:name, site:name, ' +
          'url:word, lang:es, after:2026-01-31, before:2026-02.',
        tags: ['scrape'],
        querystring: SearchQuestion,
        response: { 200: SearchResults, 400: Problem, 503: Problem },
      },
    },
    async ({ query }, reply) => {
      const { cursor, limit = RESULTS_DEFAULT, q } = query
      return search.search(q, { limit, cursor }, goneSignal(reply))
    },
  )
}
