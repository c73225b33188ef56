/** Crawls for trying the page without a ring: in memory, as far as the test lets them get. */
import { createHash } from 'node:crypto'

import { AnilloError } from '../../src/base/errors.ts'
import type { Asked, Crawls, PageOf } from '../../src/services/scrape/crawl/crawls.ts'
import { startOf } from '../../src/services/scrape/crawl/start-of.ts'
import type {
  Crawl,
  CrawlHosts,
  CrawlList,
  CrawlRequest,
  CrawlUrl,
  CrawlUrls,
  ResourceCounts,
} from '../../src/wire/api-crawls.ts'
import type { Webhook } from '../../src/wire/api-webhooks.ts'

interface Kept {
  crawl: Crawl
  urls: readonly CrawlUrl[]
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
/** Crawls ran for so long when a test looks. */
const RAN_MS = 30_000

export class FakeCrawls implements Crawls {
  readonly #kept = new Map<string, Kept>()
  /** What was asked for, in order. */
  readonly asked: CrawlRequest[] = []

  async start(request: CrawlRequest, { by }: Asked): Promise<Crawl> {
    const [seed = ''] = request.seeds
    if (!URL.canParse(seed) || !seed.startsWith('http'))
      throw new AnilloError('URL_MALFORMED', { url: seed })
    startOf(request)
    this.asked.push(request)
    const id = sha256(`crawl ${this.#kept.size}`).slice(0, 32)
    const at = new Date(Date.now() - RAN_MS).toISOString()
    const counts = { queued: 1, done: 0, failed: 0, skipped: 0, bytes: 0 }
    const crawl: Crawl = {
      id,
      request,
      by: by ?? null,
      state: 'running',
      counts,
      hosts: 1,
      startedAt: at,
      changedAt: at,
    }
    this.#kept.set(id, { crawl, urls: [rowOf({ url: seed, state: 'queued' })] })
    return crawl
  }

  /** What the crawl has from here on. */
  show(
    id: string,
    urls: readonly Pick<CrawlUrl, 'url' | 'state'>[],
    resources?: ResourceCounts,
  ): void {
    const kept = this.#of(id)
    kept.urls = urls.map(rowOf)
    const count = (state: CrawlUrl['state']): number =>
      kept.urls.filter((one) => one.state === state).length
    const counts = {
      queued: urls.length,
      done: count('done'),
      failed: count('failed'),
      skipped: count('skipped'),
      bytes: kept.urls.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      ...(resources === undefined ? {} : { resources }),
    }
    kept.crawl = { ...kept.crawl, counts, changedAt: new Date().toISOString() }
  }

  /** Nothing was left. */
  finish(id: string): void {
    const kept = this.#of(id)
    const at = new Date().toISOString()
    kept.crawl = { ...kept.crawl, state: 'done', endedBy: 'all', changedAt: at, endedAt: at }
  }

  async get(id: string): Promise<Crawl | undefined> {
    return this.#kept.get(id)?.crawl
  }

  async list({ cursor, limit }: PageOf): Promise<CrawlList> {
    const from = Number(cursor ?? 0)
    const all = [...this.#kept.values()].map(({ crawl }) => crawl).toReversed()
    return pageOf(all, { from, limit })
  }

  async ended(by: string, { cursor, limit }: PageOf): Promise<CrawlList> {
    const all = [...this.#kept.values()].map(({ crawl }) => crawl)
    const own = all.filter((crawl) => crawl.by === by && crawl.endedAt !== undefined)
    return pageOf(own.toReversed(), { from: Number(cursor ?? 0), limit })
  }

  async remove(id: string): Promise<void> {
    this.#of(id)
    this.#kept.delete(id)
  }

  async steer(id: string, state: 'running' | 'paused' | 'cancelled'): Promise<Crawl> {
    const kept = this.#of(id)
    const at = new Date().toISOString()
    const ended = state === 'cancelled' ? { endedAt: at } : {}
    kept.crawl = { ...kept.crawl, state, changedAt: at, ...ended }
    return kept.crawl
  }

  async testHook(): Promise<Webhook> {
    throw new AnilloError('NOT_FOUND', { what: 'webhook of this' })
  }

  async hosts(id: string): Promise<CrawlHosts> {
    const { crawl } = this.#of(id)
    return { items: [{ host: new URL(crawl.request.seeds[0] ?? '').origin, ...crawl.counts }] }
  }

  async urls(
    id: string,
    { cursor, limit, state }: PageOf & { readonly state?: CrawlUrl['state'] },
  ): Promise<CrawlUrls> {
    const { urls } = this.#of(id)
    const wanted = urls.filter((one) => state === undefined || one.state === state)
    return pageOf(wanted, { from: Number(cursor ?? 0), limit })
  }

  #of(id: string): Kept {
    const kept = this.#kept.get(id)
    if (kept === undefined) throw new AnilloError('NOT_FOUND', { what: 'crawl with this id' })
    return kept
  }
}

function pageOf<T>(
  all: readonly T[],
  { from, limit }: { readonly from: number; readonly limit: number },
): { items: T[]; cursor?: string } {
  const items = all.slice(from, from + limit)
  return from + limit < all.length ? { items, cursor: String(from + limit) } : { items }
}

/** Addresses tell what becomes of them: `/missing` is not there, `/late` does not answer. */
function rowOf({ url, state }: Pick<CrawlUrl, 'url' | 'state'>): CrawlUrl {
  const row = { url, id: sha256(url), state, depth: 1, tries: 1 }
  if (state === 'failed')
    return url.includes('/late')
      ? { ...row, tries: 4, code: 'FETCH_TIMEOUT' }
      : { ...row, status: 404, bytes: 300, title: 'Not here' }
  if (state === 'skipped') return { ...row, tries: 0, code: 'ROBOTS' }
  if (state !== 'done') return { ...row, tries: 0 }
  const title = `Page ${new URL(url).pathname}`
  return { ...row, status: 200, bytes: 12_000, contentType: 'text/html', title }
}
