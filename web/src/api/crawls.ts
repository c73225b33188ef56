/** Questions about crawls, and one watched until it is over. */
import type {
  Crawl,
  CrawlHost,
  CrawlHosts,
  CrawlList,
  CrawlRequest,
  CrawlUrl,
  CrawlUrls,
} from '../../../src/wire/api-crawls.ts'
import { isOver } from '../../../src/wire/crawl-watch.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import { has } from './read.ts'
import { RingTrouble, unreadable, type RingClient } from './ring-client.ts'
import { watchOne } from './watched.ts'

/** What is told is written on a majority, a change of leader in between. */
const WRITING_SECONDS = 10

const CRAWL = { id: 'string', request: 'object', state: 'string', counts: 'object' }
const COUNTS = { queued: 'number', done: 'number', failed: 'number', skipped: 'number' }
const HOST = { host: 'string', ...COUNTS }
const URL_ROW = { url: 'string', id: 'string', state: 'string' }

export type CrawlOrder = 'pause' | 'resume' | 'cancel'

export interface CrawlWatcher {
  readonly onCrawl: (crawl: Crawl) => void
  /** It is tried again, unless there is no such crawl. */
  readonly onTrouble: (trouble: RingTrouble) => void
}

export class CrawlsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  async start(body: CrawlRequest): Promise<Crawl> {
    const answer = await this.#client.json({
      path: '/v1/crawls',
      method: 'POST',
      body,
      patienceSeconds: WRITING_SECONDS,
    })
    return soundCrawl(answer)
  }

  async crawl(id: string): Promise<Crawl> {
    return soundCrawl(await this.#client.json({ path: pathOf(id) }))
  }

  async order(id: string, order: CrawlOrder): Promise<Crawl> {
    const path = `${pathOf(id)}/${order}`
    const patience = { patienceSeconds: WRITING_SECONDS }
    return soundCrawl(await this.#client.json({ path, method: 'POST', ...patience }))
  }

  /** Its pages stay. A door that died after it had done so leaves nothing for the next one. */
  async delete(id: string): Promise<void> {
    const patience = { patienceSeconds: WRITING_SECONDS }
    try {
      await this.#client.json({ path: pathOf(id), method: 'DELETE', ...patience })
    } catch (thrown) {
      if (!(thrown instanceof RingTrouble) || thrown.code !== 'NOT_FOUND') throw thrown
    }
  }

  /** Newest first. */
  async crawls(cursor?: string): Promise<CrawlList> {
    const answer = await this.#client.json({ path: `/v1/crawls?${pageQuery(cursor)}` })
    return listOf<Crawl>(answer, CRAWL)
  }

  async hosts(id: string, cursor?: string): Promise<CrawlHosts> {
    const answer = await this.#client.json({ path: `${pathOf(id)}/hosts?${pageQuery(cursor)}` })
    return listOf<CrawlHost>(answer, HOST)
  }

  async urls(
    id: string,
    { state, cursor }: { readonly state?: CrawlUrl['state']; readonly cursor?: string } = {},
  ): Promise<CrawlUrls> {
    const query = pageQuery(cursor, state === undefined ? {} : { state })
    return listOf<CrawlUrl>(
      await this.#client.json({ path: `${pathOf(id)}/urls?${query}` }),
      URL_ROW,
    )
  }

  /** Tells how it stands whenever that has changed; see `watchOne`. */
  async watch(id: string, watcher: CrawlWatcher, signal: AbortSignal): Promise<void> {
    await watchOne({
      client: this.#client,
      path: `${pathOf(id)}/events`,
      read: readCrawl,
      ask: () => this.crawl(id),
      isOver,
      onTold: watcher.onCrawl,
      onTrouble: watcher.onTrouble,
      signal,
    })
  }
}

function pathOf(id: string): string {
  return `/v1/crawls/${encodeURIComponent(id)}`
}

function soundCrawl(value: unknown): Crawl {
  const crawl = sound<Crawl>(value, CRAWL)
  if (!has(crawl.counts, COUNTS) || !has(crawl.request, { seeds: 'array' })) throw unreadable()
  return crawl
}

function readCrawl(text: string): Crawl | undefined {
  try {
    return soundCrawl(JSON.parse(text))
  } catch {
    return undefined
  }
}
