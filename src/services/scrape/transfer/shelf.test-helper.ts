/** Pages in a store in memory, and crawls that got some of them. */
import { assert, present } from '../../../base/assert.ts'
import { utf8 } from '../../../base/bytes.ts'
import { sha256Hex } from '../../../base/hash.ts'
import { platformClock } from '../../../platform/clock.ts'
import { platformGzip } from '../../../platform/gzip.ts'
import { platformRandom } from '../../../platform/random.ts'
import { platformUnpack } from '../../../platform/unpack.ts'
import { MemoryChunks } from '../../../store/memory-chunks.test-helper.ts'
import { MemoryStore } from '../../../store/memory-store.test-helper.ts'
import type { Crawl, CrawlUrl } from '../../../wire/api-crawls.ts'
import type { Page } from '../../../wire/api.ts'
import { WorkerExtractor } from '../extract/extractor.ts'
import { extractTasks } from '../extract/tasks.ts'
import { BodyWriter } from '../pages/page-body.ts'
import { failureRecord, followedBy, pageRecord, sinceOf } from '../pages/page-record.ts'
import { PageTable, type PageStore } from '../pages/page-table.ts'
import { witnessedBy } from '../pages/witnessed.ts'
import { RenderTable } from '../render/render-table.ts'
import { RENDER } from '../render/render.test-helper.ts'
import { canonicalUrl, pageIdOf } from '../urls/canonical-url.ts'
import { createTransfer, type Transfer } from './transfer.ts'

export const NEVER = new AbortController().signal
export const FIRST_MS = Date.parse('2026-11-21T10:00:00.000Z')
export const CRAWL_ID = 'a'.repeat(32)
const PICTURE = present(RENDER.screenshot, 'a picture')
const BY = { name: 'm1', id: '1'.repeat(32), address: '10.0.0.1:9300', position: '0'.repeat(64) }

export interface Answered {
  readonly url: string
  readonly text: string
  readonly atMs?: number
  readonly status?: number
  readonly redirects?: Page['redirects']
  /** What several members saw of it. */
  readonly testimony?: string
}

export class Shelf {
  readonly records = new MemoryStore()
  readonly chunks = new MemoryChunks()
  readonly store: PageStore
  readonly table: PageTable
  readonly transfer: Transfer
  readonly renders: RenderTable
  /** Of the request of the one crawl. */
  wanted: Pick<Crawl['request'], 'extract'> = {}
  /** Of the one crawl. */
  readonly rows: CrawlUrl[] = []

  constructor() {
    const { call, get, list, transact } = this.records
    this.store = { call, get, list, transact, chunks: this.chunks }
    this.table = new PageTable({ store: this.store, random: platformRandom(), self: 'm1' })
    this.renders = new RenderTable(this.store, platformRandom())
    const effects = {
      clock: platformClock(),
      gzip: platformGzip,
      random: platformRandom(),
      unpack: platformUnpack,
    }
    const crawls = {
      get: async (id: string) =>
        id === CRAWL_ID ? { ...CRAWL, request: { ...CRAWL.request, ...this.wanted } } : undefined,
      urls: async (_id: string, { cursor, limit, state }: UrlsAsked) => {
        const from = Number(cursor ?? 0)
        const all = this.rows.filter((row) => state === undefined || row.state === state)
        const items = all.slice(from, from + limit)
        return from + limit < all.length ? { items, cursor: String(from + limit) } : { items }
      },
    }
    const extractor = new WorkerExtractor({
      run: async (task, input) => present(extractTasks[task], task)(input),
    })
    const common = { effects, store: this.store, self: BY, version: '0' }
    this.transfer = createTransfer({ ...common, crawls, extractor })
  }

  /** As if it had been downloaded. */
  async keep(answered: Answered): Promise<Page> {
    const { atMs = FIRST_MS, redirects = [], status = 200, text } = answered
    const url = canonicalUrl(answered.url)
    const content = utf8(text)
    const subject = { id: pageIdOf(url), url }
    const upload = this.table.upload(subject.id)
    const writer = new BodyWriter(this.chunks, upload, NEVER)
    await writer.write(content)
    const facts = {
      finalUrl: redirects.at(-1)?.url ?? url,
      redirects,
      status,
      statusText: status === 200 ? 'OK' : 'Odd',
      headers: [['Content-Type', 'text/html; charset=utf-8'] as [string, string]],
      contentType: 'text/html',
      charset: 'utf-8',
      title: /<title>(.*)<\/title>/.exec(text)?.[1] ?? null,
      bytes: content.length,
      wireBytes: content.length,
      hash: sha256Hex(content),
      durationMs: 12,
      remoteAddress: '192.0.2.7',
    }
    const lease = present(await this.table.acquire(subject.id), 'the lease')
    const before = await this.table.get(subject.id)
    const { testimony } = answered
    const at = new Date(atMs).toISOString()
    const counts = testimony === undefined ? undefined : { asked: 2, told: 2, agree: 2, at }
    const attempt = pageRecord(subject, facts, { by: BY, atMs })
    const seen = { ...attempt, page: witnessedBy(present(attempt.page, 'a page'), counts) }
    const record = followedBy(before?.record, seen)
    const page = { record, body: await writer.finish() }
    await this.table.keep(lease, page, { before, upload, testimony, isOrdered: false })
    return present(record.page, 'page')
  }

  /** As if a browser had drawn the newest copy. */
  async draw(page: Page, { html, picture }: { readonly html: string; readonly picture?: string }) {
    const bytes = utf8(html)
    const screenshot = picture === undefined ? undefined : utf8(picture)
    const render = {
      ...RENDER,
      since: sinceOf(page),
      hash: sha256Hex(bytes),
      bytes: bytes.length,
      screenshot:
        screenshot === undefined
          ? null
          : { ...PICTURE, hash: sha256Hex(screenshot), bytes: screenshot.length },
    }
    assert(await this.renders.keep(page, { render, html: bytes, screenshot }, NEVER), 'no version')
  }

  /** As if it could not be downloaded. */
  async fail(url: string, error: Parameters<typeof failureRecord>[1]): Promise<void> {
    const subject = { id: pageIdOf(canonicalUrl(url)), url }
    const lease = present(await this.table.acquire(subject.id), 'the lease')
    const before = await this.table.get(subject.id)
    const record = followedBy(
      before?.record,
      failureRecord(subject, error, { by: BY, atMs: FIRST_MS }),
    )
    const page = { record, body: before?.body ?? ({ kind: 'none' } as const) }
    await this.table.keep(lease, page, {
      before,
      upload: this.table.upload(subject.id),
      isOrdered: false,
    })
  }

  /** Kept, and got by the crawl. */
  async crawl(answered: Answered): Promise<Page> {
    const page = await this.keep(answered)
    const { bytes, contentType, hash, id, status, title, url } = page
    const at = new Date((answered.atMs ?? FIRST_MS) + 200).toISOString()
    const facts = { status, hash, bytes, contentType, ...(title === null ? {} : { title }), at }
    this.rows.push({ url, id, state: 'done', depth: 1, tries: 1, ...facts, how: 'fetched' })
    return page
  }
}

interface UrlsAsked {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly state?: CrawlUrl['state']
}

const CRAWL: Crawl = {
  id: CRAWL_ID,
  request: { seeds: ['https://bay.example/'] },
  by: null,
  state: 'done',
  endedBy: 'all',
  counts: { queued: 3, done: 3, failed: 0, skipped: 0, bytes: 5 },
  hosts: 1,
  startedAt: '2026-11-21T10:00:00.000Z',
  changedAt: '2026-11-21T11:00:00.000Z',
  endedAt: '2026-11-21T11:00:00.000Z',
}
