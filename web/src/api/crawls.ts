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
import { delay, readStream, RETRY_MS_MAX, RETRY_MS_MIN } from './streams.ts'

/** What is told is written on a majority, a change of leader in between. */
const WRITING_SECONDS = 10
/** Between two questions where a member has no stream left to give. */
const ASK_EVERY_MS = 2_000

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

  /**
   * Tells how it stands whenever that has changed. Ends when it is over or `signal` is aborted;
   * till then it tries without bound, each round later than the last, up to 8 s.
   */
  async watch(id: string, watcher: CrawlWatcher, signal: AbortSignal): Promise<void> {
    let last: Crawl | undefined
    const take = (crawl: Crawl): void => {
      last = crawl
      if (!signal.aborted) watcher.onCrawl(crawl)
    }
    for (let retryMs = RETRY_MS_MIN; !signal.aborted;) {
      try {
        const hasStreamed = await this.#stream(id, { take, signal })
        if (!hasStreamed) take(await this.crawl(id))
        retryMs = hasStreamed ? RETRY_MS_MIN : ASK_EVERY_MS
      } catch (thrown) {
        if (signal.aborted) return
        const trouble = thrown instanceof RingTrouble ? thrown : unreadable()
        watcher.onTrouble(trouble)
        if (trouble.code === 'NOT_FOUND') return
        retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
      }
      if (last !== undefined && isOver(last)) return
      await delay(retryMs, signal)
    }
  }

  /** @returns whether anything came by it */
  async #stream(
    id: string,
    { take, signal }: { readonly take: (crawl: Crawl) => void; readonly signal: AbortSignal },
  ): Promise<boolean> {
    let hasCome = false
    try {
      const answer = await this.#client.open({ path: `${pathOf(id)}/events`, signal })
      await readStream(answer, this.#client, (data) => {
        for (const crawl of data.flatMap((text) => readCrawl(text) ?? [])) {
          hasCome = true
          take(crawl)
        }
      })
    } catch (thrown) {
      // The crawl itself is asked for, and says what is wrong where that is no matter of streams.
      if (!(thrown instanceof RingTrouble)) throw thrown
    }
    return hasCome
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
