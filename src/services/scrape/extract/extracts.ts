/** Extraction from pages that are held: of one page, or of those of a crawl as it was asked to. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { CrawlExtracts, Extracted, ExtractSpec } from '../../../wire/api-extract.ts'
import type { Scrape } from '../../../wire/api.ts'
import type { Crawls, PageOf } from '../crawl/crawls.ts'
import type { PageContent, Scraper } from '../pages/scraper.ts'
import type { Renders } from '../render/renders.ts'
import type { Extractor } from './extractor.ts'
import { TEXT_BYTES_MAX } from './text-bounds.ts'

export interface ExtractsTools {
  readonly scraper: Pick<Scraper, 'content'>
  readonly renders: Pick<Renders, 'at'>
  readonly crawls: Pick<Crawls, 'get' | 'urls'>
  readonly extractor: Extractor
}

export class Extracts {
  readonly #tools: ExtractsTools

  constructor(tools: ExtractsTools) {
    this.#tools = tools
  }

  /** @throws AnilloError NOT_FOUND, BAD_REQUEST, TASK_ENDED, BUSY */
  async page(id: string, spec: ExtractSpec, signal: AbortSignal): Promise<Extracted> {
    const { extractor, scraper } = this.#tools
    const content = await scraper.content(id, signal)
    if (content === undefined) {
      throw new AnilloError('NOT_FOUND', { what: 'page held under this id' })
    }
    return extractor.extract(content.page, await beginningOf(content), {
      spec,
      signal,
    })
  }

  /**
   * What came of a scrape, with what is extracted from its page.
   * @param spec checked before (`checkSpec`) @throws AnilloError BUSY
   */
  async scraped(
    scrape: Scrape,
    { isDrawn, signal, spec }: { spec: ExtractSpec; isDrawn: boolean; signal: AbortSignal },
  ): Promise<Scrape> {
    const { id, page } = scrape
    if (scrape.state !== 'done' || page === undefined) return scrape
    if (isDrawn && page.render === undefined) return scrape
    const outcome = await orWhyNot(() =>
      isDrawn ? this.rendered(id, spec, signal) : this.page(id, spec, signal),
    )
    return { ...scrape, ...outcome }
  }

  /**
   * The same, from the document that a browser made of the page.
   * @throws AnilloError as `page`; NOT_FOUND also where none drew it
   */
  async rendered(id: string, spec: ExtractSpec, signal: AbortSignal): Promise<Extracted> {
    const { extractor, renders } = this.#tools
    const drawn = await renders.at(id, undefined, signal)
    if (drawn?.kept === undefined) {
      throw new AnilloError('NOT_FOUND', { what: 'page rendered under this id' })
    }
    const { page } = drawn
    const { bytes, hash, title } = drawn.kept.render
    const facts = { hash, bytes, title, contentType: 'text/html', charset: 'utf-8', headers: [] }
    const content = { page: { ...page, ...facts }, body: drawn.kept.html() }
    return extractor.extract(content.page, await beginningOf(content), { spec, signal })
  }

  /**
   * Of pages that are done, in the order of their list. A page that is held no more, or that could
   * not be read, says so. @throws AnilloError NOT_FOUND, BUSY
   */
  async crawl(id: string, page: PageOf, signal: AbortSignal): Promise<CrawlExtracts> {
    const { crawls } = this.#tools
    const crawl = await crawls.get(id)
    if (crawl === undefined) throw new AnilloError('NOT_FOUND', { what: 'crawl with this id' })
    const spec = crawl.request.extract ?? {}
    const urls = await crawls.urls(id, { ...page, state: 'done' })
    const items: CrawlExtracts['items'] = []
    for (const { id: of, url } of urls.items) {
      const { extracted, notExtracted } = await orWhyNot(() => this.page(of, spec, signal))
      const told = extracted === undefined ? { code: notExtracted } : { extracted }
      items.push({ id: of, url, ...told })
    }
    return { items, ...(urls.cursor === undefined ? {} : { cursor: urls.cursor }) }
  }
}

/** Of these one is there. */
export type Outcome =
  | { readonly extracted: Extracted; readonly notExtracted?: never }
  | { readonly notExtracted: string; readonly extracted?: never }

const OF_THE_PAGE: ReadonlySet<string> = new Set(['NOT_FOUND', 'TASK_ENDED'])

/** What is wrong with one page is told of it; what is wrong with all is thrown. */
export async function orWhyNot(work: () => Promise<Extracted>): Promise<Outcome> {
  try {
    return { extracted: await work() }
  } catch (thrown) {
    if (!isAnilloError(thrown) || !OF_THE_PAGE.has(thrown.code)) throw thrown
    return { notExtracted: thrown.code }
  }
}

/** As much as is extracted from; leaving the loop ends the reading. */
export async function beginningOf(
  { body, page }: PageContent,
  bytesMax = TEXT_BYTES_MAX,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(page.bytes, bytesMax))
  let filled = 0
  for await (const piece of body) {
    const part = piece.subarray(0, bytes.length - filled)
    bytes.set(part, filled)
    filled += part.length
    if (filled === bytes.length) break
  }
  return bytes.subarray(0, filled)
}
