/** What is extracted from pages, and found by their words, through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import { CrawlExtracts, Extracted, type ExtractSpec } from '../wire/api-extract.ts'
import { SearchResults } from '../wire/api-search.ts'
import { SimilarPages } from '../wire/api-similar.ts'
import { queryOf } from './query.ts'
import { Resource, type Asking } from './resource.ts'

/** A page may take ten seconds, and wait for others. */
export const EXTRACT_TIMEOUT_MS = 60 * SECOND_MS
const CRAWL_TIMEOUT_MS = 300 * SECOND_MS
const SEARCH_TIMEOUT_MS = 30 * SECOND_MS
/** Few enough that they come within the time. */
const EXTRACTS_AT_ONCE = 20

export class Extracts extends Resource {
  constructor(asking: Asking) {
    super(asking, EXTRACT_TIMEOUT_MS)
  }

  /**
   * From the copy that is held, or from what a browser made of it.
   * @throws AnilloError NOT_FOUND, BAD_REQUEST, TASK_ENDED
   */
  of(id: string, spec: ExtractSpec, isRendered = false): Promise<Extracted> {
    const from = isRendered ? '?rendered=true' : ''
    const path = `/v1/pages/${encodeURIComponent(id)}/extract${from}`
    return this.ask(Extracted, { method: 'POST', path, body: spec })
  }

  /** As the crawl was asked to. @throws AnilloError NOT_FOUND */
  ofCrawl(id: string): AsyncIterable<CrawlExtracts['items'][number]> {
    return listed((after) => {
      const query = queryOf({ limit: EXTRACTS_AT_ONCE, ...after })
      const path = `/v1/crawls/${encodeURIComponent(id)}/extracted${query}`
      return this.ask(CrawlExtracts, { method: 'GET', path, timeoutMs: CRAWL_TIMEOUT_MS })
    })
  }

  /** Best first. @throws AnilloError BAD_REQUEST */
  search(
    query: string,
    asked: {
      readonly limit: number
      readonly cursor?: string
      /** Near-duplicates stand for themselves. */
      readonly unfold?: true
    },
  ): Promise<SearchResults> {
    const path = `/v1/search${queryOf({ q: query, ...asked })}`
    return this.ask(SearchResults, { method: 'GET', path, timeoutMs: SEARCH_TIMEOUT_MS })
  }

  /** Nearest first. @throws AnilloError NOT_FOUND */
  similar(id: string, limit: number): Promise<SimilarPages> {
    const path = `/v1/pages/${encodeURIComponent(id)}/similar?limit=${limit}`
    return this.ask(SimilarPages, { method: 'GET', path, timeoutMs: SEARCH_TIMEOUT_MS })
  }
}
