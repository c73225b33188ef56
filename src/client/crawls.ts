/** Crawls through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import {
  Crawl,
  CrawlHosts,
  CrawlList,
  CrawlUrls,
  type CrawlHost,
  type CrawlRequest,
  type CrawlUrl,
} from '../wire/api-crawls.ts'
import { Webhook } from '../wire/api-webhooks.ts'
import type { Asking } from './records.ts'

/** What is told is written on a majority, a change of leader in between. */
const TIMEOUT_MS = 15 * SECOND_MS
const PAGE_ITEMS = 100

export type CrawlOrder = 'pause' | 'resume' | 'cancel'

export class Crawls {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** @throws AnilloError BAD_REQUEST, URL_MALFORMED, URL_SCHEME, URL_TOO_LONG, URL_USERINFO */
  start(request: CrawlRequest): Promise<Crawl> {
    return this.#asking.ask(Crawl, { ...POST, path: '/v1/crawls', body: request })
  }

  /** @throws AnilloError NOT_FOUND */
  crawl(id: string): Promise<Crawl> {
    return this.#asking.ask(Crawl, { ...GET, path: pathOf(id) })
  }

  /** One that is over stays so. @throws AnilloError NOT_FOUND, FORBIDDEN */
  order(id: string, order: CrawlOrder): Promise<Crawl> {
    return this.#asking.ask(Crawl, { ...POST, path: `${pathOf(id)}/${order}` })
  }

  /** One that runs ends with it; its pages stay. @throws AnilloError NOT_FOUND, FORBIDDEN */
  async delete(id: string): Promise<void> {
    const request = { method: 'DELETE', path: pathOf(id), timeoutMs: TIMEOUT_MS } as const
    await this.#asking.request(request, async () => true)
  }

  /** An event that is tried at once. @throws AnilloError NOT_FOUND, FORBIDDEN */
  testWebhook(id: string): Promise<Webhook> {
    return this.#asking.ask(Webhook, { ...POST, path: `${pathOf(id)}/webhook/test` })
  }

  /** Newest first. */
  async *crawls(): AsyncIterable<Crawl> {
    let cursor: string | undefined
    do {
      const path = `/v1/crawls?${pageQuery(cursor)}`
      const page = await this.#asking.ask(CrawlList, { ...GET, path })
      yield* page.items
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  async *hosts(id: string): AsyncIterable<CrawlHost> {
    let cursor: string | undefined
    do {
      const path = `${pathOf(id)}/hosts?${pageQuery(cursor)}`
      const page = await this.#asking.ask(CrawlHosts, { ...GET, path })
      yield* page.items
      cursor = page.cursor
    } while (cursor !== undefined)
  }

  async *urls(id: string, state?: CrawlUrl['state']): AsyncIterable<CrawlUrl> {
    const only = state === undefined ? '' : `&state=${state}`
    let cursor: string | undefined
    do {
      const path = `${pathOf(id)}/urls?${pageQuery(cursor)}${only}`
      const page = await this.#asking.ask(CrawlUrls, { ...GET, path })
      yield* page.items
      cursor = page.cursor
    } while (cursor !== undefined)
  }
}

const GET = { method: 'GET', timeoutMs: TIMEOUT_MS } as const
const POST = { method: 'POST', timeoutMs: TIMEOUT_MS } as const

function pathOf(id: string): string {
  return `/v1/crawls/${encodeURIComponent(id)}`
}

function pageQuery(cursor: string | undefined): string {
  const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
  return `limit=${PAGE_ITEMS}${after}`
}
