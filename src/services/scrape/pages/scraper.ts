/** What gateways see of scraping. Every member offers it; the owner of the page does the work. */
import type { Page, Scrape, ScrapeRequest } from '../../../wire/api.ts'
import type { PageLink } from '../../../wire/pages.ts'

export interface PageContent {
  readonly page: Page
  /** Decoded body, in pieces of at most 256 KiB, from the member that holds it. */
  readonly body: AsyncIterable<Uint8Array>
}

export interface Visit extends Scrape {
  /** Where the page had to be downloaded, and is not very long. */
  readonly links?: readonly PageLink[]
}

export interface Scraper {
  /**
   * Starts or joins a download, or answers from what is held. Waits up to `waitMs` for the end,
   * then answers with state `running`. A page that could not be had is an answer (`failed`), not an
   * error.
   * @throws AnilloError URL_MALFORMED, URL_SCHEME, URL_TOO_LONG, BUSY, LOOKUP_EXHAUSTED,
   * RING_NOT_READY
   */
  scrape(request: ScrapeRequest, waitMs: number, signal: AbortSignal): Promise<Scrape>
  /** What is known of a page by its id, waiting for a running download as `scrape` does. */
  find(id: string, waitMs: number, signal: AbortSignal): Promise<Scrape | undefined>
  content(id: string, signal: AbortSignal): Promise<PageContent | undefined>
  /**
   * The canonical address's id; for `GET /pages?url=`. @throws AnilloError URL_MALFORMED,
   * URL_SCHEME, URL_TOO_LONG
   */
  idOf(url: string): string
}

/** To ask the site for one page. */
export interface Leave {
  readonly waitMs: number
  /** It is over then. */
  readonly beginWithinMs: number
}

/** For crawls: they expect that a page must be downloaded, and go on with its links. */
export interface Visitor extends Scraper {
  /**
   * The download begins at once or not at all, and is begun by nobody else. @throws AnilloError as
   * `scrape`, and what it finds on the way: BUSY, RPC_UNREACHABLE, RPC_TIMEOUT, STORE_UNAVAILABLE
   */
  visit(request: ScrapeRequest, leave: Leave, signal: AbortSignal): Promise<Visit>
}
