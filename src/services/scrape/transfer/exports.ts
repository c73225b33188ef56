/**
 * Pages as files: those of a crawl, as it got them, or those that are held. The same pages give the
 * same bytes, at whichever member: so an export that broke off goes on where it was.
 */
import { AnilloError } from '../../../base/errors.ts'
import { sha256Hex } from '../../../base/hash.ts'
import type { Gzip } from '../../../effects/gzip.ts'
import { listed } from '../../../effects/listed.ts'
import { inOrder } from '../../../store/chunks/in-order.ts'
import type { PageFilter } from '../../../wire/api-archives.ts'
import type { Crawl, CrawlUrl } from '../../../wire/api-crawls.ts'
import type { ExtractSpec } from '../../../wire/api-extract.ts'
import type { Page } from '../../../wire/api.ts'
import { EXPORT_SUFFIXES, type ExportFormat } from '../../../wire/export-formats.ts'
import type { PageRecord, StoredPage } from '../../../wire/pages.ts'
import { cdxjOf } from '../archive/cdxj-of-pages.ts'
import { csvOf } from '../archive/csv.ts'
import type { DrawnContent } from '../archive/drawn-records.ts'
import { extractColumns, type ExportRow } from '../archive/export-row.ts'
import { jsonlOf } from '../archive/jsonl.ts'
import { writeWacz } from '../archive/wacz.ts'
import { PagesWarc, type ArchivedPage, type PageGone } from '../archive/warc-of-pages.ts'
import type { Crawls } from '../crawl/crawls.ts'
import type { Extractor } from '../extract/extractor.ts'
import { beginningOf, orWhyNot } from '../extract/extracts.ts'
import type { PageContent } from '../pages/scraper.ts'
import type { KeptRender } from '../render/render-table.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { isLost, type HeldPages } from './held-pages.ts'
import { CRAWL_ROWS_AT_ONCE, LOGGED_BEHIND_MS_MAX } from './limits.ts'

export interface ExportFile {
  /** Of the file: `anillo-crawl-1234.warc.gz`. */
  readonly name: string
  readonly contentType: string
  readonly bytes: AsyncGenerator<Uint8Array>
}

export interface ExporterTools {
  readonly gzip: Gzip
  readonly crawls: Pick<Crawls, 'get' | 'urls'>
  readonly held: Pick<HeldPages, 'pages'>
  /** What is held of the page that is, or was, this content. */
  readonly contentOf: (row: CrawlUrl, signal: AbortSignal) => Promise<PageContent | undefined>
  /** What a browser drew of the version. */
  readonly drawnOf: (page: Page, signal: AbortSignal) => Promise<KeptRender | undefined>
  /** What several members saw of it together; `undefined`: nobody was asked. */
  readonly testimonyOf: (page: Page, signal: AbortSignal) => Promise<string | undefined>
  readonly extractor: Extractor
  /** Of a row of the table of pages. */
  readonly bodyOf: (page: StoredPage, signal: AbortSignal) => AsyncIterable<Uint8Array>
  /** `anillo/VERSION`, which writes the file. */
  readonly software: string
  /** Wall clock. */
  readonly now: () => string
}

/** What the file says of itself. */
interface About {
  readonly title: string
  /** Without suffix. */
  readonly name: string
  /** ISO 8601. */
  readonly date: string
  /** Whatever decides what stands in the file: ids of its records are made of it. */
  readonly seed: string
  readonly mainPageUrl?: string
}

/** What is exported, in both of its shapes. */
interface Subject {
  readonly about: About
  readonly rows: AsyncIterable<ExportRow>
  /** What is extracted from the pages of its rows. */
  readonly spec?: ExtractSpec
  readonly pages: AsyncIterable<ArchivedPage | PageGone>
}

export class Exporter {
  readonly #tools: ExporterTools

  constructor(tools: ExporterTools) {
    this.#tools = tools
  }

  /** `undefined`: there is no such crawl. */
  async crawl(
    id: string,
    format: ExportFormat,
    signal: AbortSignal,
  ): Promise<ExportFile | undefined> {
    const crawl = await this.#tools.crawls.get(id)
    if (crawl === undefined) return undefined
    const all = this.#crawlRows(id, undefined, signal)
    const pages = this.#crawlPages(id, signal)
    const about = aboutCrawl(crawl)
    const { extract: spec } = crawl.request
    if (spec === undefined) return this.#file({ about, rows: all, pages }, format)
    const rows = inOrder(all, (row, ending) => this.#extracted(row, spec, ending), signal)
    return this.#file({ about, rows, pages, spec }, format)
  }

  /** @throws AnilloError URL_* */
  pages(filter: PageFilter, format: ExportFormat, signal: AbortSignal): ExportFile {
    if (filter.url !== undefined) canonicalUrl(filter.url)
    const { held, now } = this.#tools
    const what = filter.host ?? filter.url ?? filter.prefix
    const about: About = {
      title: what === undefined ? 'Pages' : `Pages of ${what}`,
      name: 'anillo-pages',
      // To the day: who goes on with an export on the next one begins anew.
      date: `${now().slice(0, 10)}T00:00:00.000Z`,
      seed: JSON.stringify([filter.host, filter.url, filter.prefix]),
    }
    const rows = heldRows(held.pages(filter, signal))
    const pages = this.#heldPages(filter, signal)
    return this.#file({ about, rows, pages }, format)
  }

  #file(subject: Subject, format: ExportFormat): ExportFile {
    return {
      name: `${subject.about.name}.${EXPORT_SUFFIXES[format]}`,
      contentType: TYPES[format],
      bytes: this.#bytes(subject, format),
    }
  }

  #bytes({ about, pages, rows, spec }: Subject, format: ExportFormat): AsyncGenerator<Uint8Array> {
    const { gzip, software } = this.#tools
    if (format === 'jsonl') return jsonlOf(rows)
    if (format === 'csv') return csvOf(rows, 'whole', spec && extractColumns(spec))
    const tools = { gzip, random: idsFrom(`${format} ${about.seed}`) }
    const { date, mainPageUrl, name, title } = about
    if (format === 'wacz') {
      const main = mainPageUrl === undefined ? {} : { mainPageUrl }
      return writeWacz(pages, tools, { title, createdAt: date, software, ...main })
    }
    // The index is that of the WARC, which is the same wherever it is made.
    const warcTools = { gzip, random: idsFrom(`warc ${about.seed}`) }
    const fields = [['software', software] as const, ['description', title] as const]
    const warc = { filename: `${name}.${EXPORT_SUFFIXES.warc}`, date, fields }
    if (format === 'cdxj') return cdxjOf(pages, warcTools, warc)
    return new PagesWarc(warcTools, warc, () => undefined).write(pages)
  }

  /** In their order: by host, then by the hash of their address. */
  #crawlRows(
    id: string,
    state: CrawlUrl['state'] | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<CrawlUrl> {
    const { crawls } = this.#tools
    const only = state === undefined ? {} : { state }
    return listed(async (after) => {
      signal.throwIfAborted()
      return crawls.urls(id, { limit: CRAWL_ROWS_AT_ONCE, ...after, ...only })
    })
  }

  /** From what the crawl got, whatever the page became since. */
  async #extracted(row: CrawlUrl, spec: ExtractSpec, signal: AbortSignal): Promise<ExportRow> {
    if (row.state !== 'done' || row.hash === undefined) return row
    const { contentOf, extractor } = this.#tools
    const outcome = await orWhyNot(async () => {
      const content = await contentOf(row, signal)
      if (content === undefined) throw new AnilloError('NOT_FOUND', { what: 'page of the crawl' })
      return extractor.extract(content.page, await beginningOf(content), { spec, signal })
    })
    if (outcome.extracted === undefined) return { ...row, ...outcome }
    const { hash: _hash, id: _id, url: _url, ...extracted } = outcome.extracted
    return { ...row, extracted }
  }

  async *#crawlPages(id: string, signal: AbortSignal): AsyncGenerator<ArchivedPage | PageGone> {
    const rows = this.#crawlRows(id, 'done', signal)
    yield* inOrder(rows, (row, ending) => this.#crawlPage(row, ending), signal)
  }

  async #crawlPage(row: CrawlUrl, signal: AbortSignal): Promise<ArchivedPage | PageGone> {
    const gone = { url: row.url, date: row.at ?? NEVER }
    try {
      const content = await this.#tools.contentOf(row, signal)
      if (content === undefined) return { gone }
      const { body, page } = content
      const beside = await this.#beside(page, signal)
      return { ...(await archived(asGot(page, row), body)), ...beside }
    } catch (thrown) {
      if (isLost(thrown)) return { gone }
      throw thrown
    }
  }

  /** What there is of a version beside its content. */
  async #beside(page: Page, signal: AbortSignal): Promise<Beside> {
    const testimony = await this.#tools.testimonyOf(page, signal)
    return { testimony, drawn: await this.#drawn(page, signal) }
  }

  /** Without what is lost: it can be drawn again, and its page must not go with it. */
  async #drawn(page: Page, signal: AbortSignal): Promise<DrawnContent | undefined> {
    try {
      const kept = await this.#tools.drawnOf(page, signal)
      if (kept === undefined) return undefined
      const picture = kept.screenshot()
      const screenshot = picture === undefined ? undefined : await begun(picture)
      return { render: kept.render, html: await begun(kept.html()), screenshot }
    } catch (thrown) {
      if (!isLost(thrown)) throw thrown
      return undefined
    }
  }

  async *#heldPages(
    filter: PageFilter,
    signal: AbortSignal,
  ): AsyncGenerator<ArchivedPage | PageGone> {
    for await (const kept of this.#tools.held.pages(filter, signal)) {
      const { page } = kept.record
      if (page === undefined) continue
      try {
        const beside = await this.#beside(page, signal)
        yield { ...(await archived(page, this.#tools.bodyOf(kept, signal))), ...beside }
      } catch (thrown) {
        if (!isLost(thrown)) throw thrown
        yield { gone: { url: page.url, date: page.fetchedAt } }
      }
    }
  }
}

type Beside = Pick<ArchivedPage, 'testimony' | 'drawn'>

const NEVER = new Date(0).toISOString()

async function archived(page: Page, body: AsyncIterable<Uint8Array>): Promise<ArchivedPage> {
  return { page, content: await begun(body) }
}

/** The first piece is read at once: content that is lost is told before a record of it begins. */
async function begun(body: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const iterator = body[Symbol.asyncIterator]()
  const first = await iterator.next()
  return following(first, iterator)
}

async function* following(
  first: IteratorResult<Uint8Array>,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    for (let step = first; step.done !== true; step = await rest.next()) yield step.value
  } finally {
    await rest.return?.()
  }
}

/** Seen to be the same later on, it was so when the crawl got it. */
function asGot(page: Page, { at }: CrawlUrl): Page {
  if (at === undefined) return page
  const laterMs = Date.parse(page.fetchedAt) - Date.parse(at)
  return laterMs <= LOGGED_BEHIND_MS_MAX ? page : { ...page, fetchedAt: at }
}

async function* heldRows(pages: AsyncIterable<StoredPage>): AsyncGenerator<CrawlUrl> {
  for await (const { record } of pages) yield heldRow(record)
}

function heldRow({ failure, history, id, page, url }: PageRecord): CrawlUrl {
  const row = { url, id, depth: 0, tries: history.length }
  if (page === undefined) {
    const told = failure === undefined ? {} : { code: failure.code, at: failure.at }
    return { ...row, state: 'failed', ...told }
  }
  const { bytes, contentType, fetchedAt: at, hash, status, title } = page
  const facts = { status, hash, bytes, contentType, ...(title === null ? {} : { title }), at }
  return { ...row, state: 'done', ...facts }
}

function aboutCrawl({ changedAt, endedAt, id, request, state }: Crawl): About {
  const [seed] = request.seeds
  return {
    title: `Crawl of ${request.seeds.slice(0, TITLE_SEEDS_MAX).join(', ')}`,
    name: `anillo-crawl-${id}`,
    date: endedAt ?? changedAt,
    seed: `${id} ${state} ${changedAt}`,
    ...(seed === undefined ? {} : { mainPageUrl: seed }),
  }
}

const TITLE_SEEDS_MAX = 3

const TYPES: Readonly<Record<ExportFormat, string>> = {
  warc: 'application/warc',
  wacz: 'application/wacz',
  cdxj: 'text/x-cdxj; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
}

/** Chance that is the same each time: nobody else has ids that are made of the same words. */
function idsFrom(seed: string): { bytes(length: number): Uint8Array } {
  let count = 0
  return {
    bytes: (length) => {
      const digits = sha256Hex(`${seed} ${String(count++)}`)
      return Uint8Array.from({ length }, (_, at) => Number.parseInt(digits.substr(2 * at, 2), 16))
    },
  }
}
