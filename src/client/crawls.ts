/** Crawls through the REST API. */
import { listed } from '../effects/listed.ts'
import {
  Crawl,
  CrawlHosts,
  CrawlList,
  CrawlUrls,
  type CrawlHost,
  type CrawlRequest,
  type CrawlUrl,
} from '../wire/api-crawls.ts'
import { queryOf } from './query.ts'
import type { Asking } from './resource.ts'
import { GET, PAGE_ITEMS, POST, Steered } from './steered.ts'

const PATH = '/v1/crawls'

export type CrawlOrder = 'pause' | 'resume' | 'cancel'

export class Crawls extends Steered<Crawl, CrawlOrder> {
  constructor(asking: Asking) {
    super(asking, {
      path: PATH,
      one: (asked) => asking.ask(Crawl, asked),
      part: (asked) => asking.ask(CrawlList, asked),
    })
  }

  /** @throws AnilloError BAD_REQUEST, URL_MALFORMED, URL_SCHEME, URL_TOO_LONG, URL_USERINFO */
  start(request: CrawlRequest): Promise<Crawl> {
    return this.asking.ask(Crawl, { ...POST, path: PATH, body: request })
  }

  /** @throws AnilloError NOT_FOUND */
  hosts(id: string): AsyncIterable<CrawlHost> {
    return listed((after) => {
      const path = `${this.pathOf(id)}/hosts${queryOf({ limit: PAGE_ITEMS, ...after })}`
      return this.asking.ask(CrawlHosts, { ...GET, path })
    })
  }

  /** @throws AnilloError NOT_FOUND */
  urls(id: string, state?: CrawlUrl['state']): AsyncIterable<CrawlUrl> {
    return listed((after) => {
      const path = `${this.pathOf(id)}/urls${queryOf({ limit: PAGE_ITEMS, state, ...after })}`
      return this.asking.ask(CrawlUrls, { ...GET, path })
    })
  }
}
