/** What is extracted from pages, and found by their words, through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { CrawlExtracts, Extracted, type ExtractSpec } from '../wire/api-extract.ts'
import { SearchResults } from '../wire/api-search.ts'
import { SimilarPages } from '../wire/api-similar.ts'
import type { Asking } from './records.ts'

/** A page may take ten seconds, and wait for others. */
export const EXTRACT_TIMEOUT_MS = 60 * SECOND_MS
const CRAWL_TIMEOUT_MS = 300 * SECOND_MS
const SEARCH_TIMEOUT_MS = 30 * SECOND_MS
/** Few enough that they come within the time. */
const EXTRACTS_AT_ONCE = 20

export class Extracts {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /**
   * From the copy that is held, or from what a browser made of it.
   * @throws AnilloError NOT_FOUND, BAD_REQUEST, TASK_ENDED
   */
  of(id: string, spec: ExtractSpec, isRendered = false): Promise<Extracted> {
    const from = isRendered ? '?rendered=true' : ''
    const path = `/v1/pages/${encodeURIComponent(id)}/extract${from}`
    const options = { method: 'POST', path, body: spec, timeoutMs: EXTRACT_TIMEOUT_MS } as const
    return this.#asking.ask(Extracted, options)
  }

  /** As the crawl was asked to. @throws AnilloError NOT_FOUND */
  async *ofCrawl(id: string): AsyncIterable<CrawlExtracts['items'][number]> {
    const of = `/v1/crawls/${encodeURIComponent(id)}/extracted?limit=${EXTRACTS_AT_ONCE}`
    let cursor: string | undefined
    do {
      const path = cursor === undefined ? of : `${of}&cursor=${encodeURIComponent(cursor)}`
      const options = { method: 'GET', path, timeoutMs: CRAWL_TIMEOUT_MS } as const
      const page = await this.#asking.ask(CrawlExtracts, options)
      yield* page.items
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  /** Best first. @throws AnilloError BAD_REQUEST */
  search(
    query: string,
    {
      cursor,
      limit,
      unfold,
    }: {
      readonly limit: number
      readonly cursor?: string
      /** Near-duplicates stand for themselves. */
      readonly unfold?: true
    },
  ): Promise<SearchResults> {
    const after = cursor === undefined ? {} : { cursor }
    const all = unfold === true ? { unfold: 'true' } : {}
    const about = { q: query, limit: String(limit), ...after, ...all }
    const asked = new URLSearchParams(about).toString()
    const path = `/v1/search?${asked}`
    return this.#asking.ask(SearchResults, { method: 'GET', path, timeoutMs: SEARCH_TIMEOUT_MS })
  }

  /** Nearest first. @throws AnilloError NOT_FOUND */
  similar(id: string, limit: number): Promise<SimilarPages> {
    const path = `/v1/pages/${encodeURIComponent(id)}/similar?limit=${limit}`
    return this.#asking.ask(SimilarPages, { method: 'GET', path, timeoutMs: SEARCH_TIMEOUT_MS })
  }
}
