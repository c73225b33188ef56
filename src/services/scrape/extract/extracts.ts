/** Extraction from pages that are held: of one page, or of those of a crawl as it was asked to. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { CrawlExtracts, Extracted, ExtractSpec } from '../../../wire/api-extract.ts'
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
      try {
        items.push({ id: of, url, extracted: await this.page(of, spec, signal) })
      } catch (thrown) {
        if (!isAnilloError(thrown) || !OF_THE_PAGE.has(thrown.code)) throw thrown
        items.push({ id: of, url, code: thrown.code })
      }
    }
    return { items, ...(urls.cursor === undefined ? {} : { cursor: urls.cursor }) }
  }
}

const OF_THE_PAGE: ReadonlySet<string> = new Set(['NOT_FOUND', 'TASK_ENDED'])

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
