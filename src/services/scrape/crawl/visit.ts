/** One URL of a crawl: the page through the ring, and the links of it that the crawl follows. */
import { AnilloError, asAnilloError, ERRORS } from '../../../base/errors.ts'
import { DAY_MS, SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'
import type { Unpack } from '../../../effects/unpack.ts'
import type { Page, Scrape, ScrapeRequest } from '../../../wire/api.ts'
import type { PageLink } from '../../../wire/pages.ts'
import { howAfter } from '../../../wire/scrape-how.ts'
import { isOfVantage } from '../crew/crew.ts'
import { isCss, isHtml } from '../fetch/http-message.ts'
import { findLinks } from '../links/links-to-follow.ts'
import type { Scraper, Visit, Visitor } from '../pages/scraper.ts'
import { canonicalUrl, type CanonicalUrl } from '../urls/canonical-url.ts'
import type { Archive } from '../versions/archive.ts'
import type { Ended, WantedOnHost } from './frontier-procedures.ts'
import type { PaceLimits } from './host-pace.ts'
import { hostOf, type Host } from './hosts.ts'
import { RETRY_FIRST_MS, TRIES_MAX } from './limits.ts'
import { readList, type ListRead } from './list-links.ts'
import { changeOf, restsForMs } from './page-changes.ts'
import { requestMade, type RequestMade } from './request-made.ts'
import type { UrlEnd, UrlRow, Wanted } from './rows.ts'

/** What a crawl asks of each URL. */
export interface Errand {
  readonly pace: PaceLimits
  /** Copies older than this are fetched anew; ms. */
  readonly maxAgeMs: number
  /** And those that need not be asked for again yet, from how often they changed. */
  readonly isAdaptive: boolean
  /** Somebody is told which pages have changed. */
  readonly tellsChanges: boolean
  /** Pages are drawn by a browser, and the links of what came of it followed, too. */
  readonly draws: boolean
  /** Wall clock, ms: what was fetched for this very crawl is never too old for it. */
  readonly startedAtMs: number
  /** Whose network fetches it; absent: that of whoever owns the page. */
  readonly vantage?: string
  /** Whether a link is followed, and how it counts; `undefined`: it is not. */
  readonly follows: (link: PageLink, from: UrlRow) => Wanted | undefined
  /** What the robots.txt of the host names as lists of its pages. */
  readonly lists: (host: Host, urls: readonly string[]) => readonly FoundOnHost[]
}

export interface VisitTools {
  readonly clock: Clock
  readonly scraper: Visitor
  readonly archive: Pick<Archive, 'versions'>
  readonly unpack: Unpack
  /** Absent: no page is drawn. */
  readonly drawer?: PageDrawer | undefined
}

export interface PageDrawer {
  /**
   * Requests of the page go to its host one by one; when it returns, the next may.
   * @throws AnilloError where the ring is at fault
   */
  drawn(page: Page, pace: Pick<PaceLimits, 'delayMs'>, signal: AbortSignal): Promise<DrawnLinks>
}

export interface DrawnLinks {
  readonly links: readonly PageLink[]
  /** Why it could not be drawn. */
  readonly code?: string
}

/** Links by the host that they lead to. */
export interface FoundOnHost extends WantedOnHost {
  readonly host: Host
}

export interface Visited {
  readonly ended: Ended
  readonly made: RequestMade
  readonly found: readonly FoundOnHost[]
}

/** One question waits so long for a page before it asks again. */
const WAIT_MS = 30 * SECOND_MS
/** A request that begins later than half of the delay would meet the next one. */
const BEGIN_WITHIN_MS_MIN = 100

/** @throws AnilloError where the ring is at fault, and the URL is to be visited again */
export async function visit(
  row: UrlRow,
  errand: Errand,
  { signal, ...tools }: VisitTools & { readonly signal: AbortSignal },
): Promise<Visited> {
  const { links: told, ...scrape } = await scraped(row, errand, { signal, ...tools })
  const { failure, page } = scrape
  const made = requestMade(scrape)
  if (scrape.state === 'failed' || page === undefined) {
    return { ended: failed(row, { code: failure?.code ?? 'INTERNAL' }), made, found: [] }
  }
  const had = endOf(page, scrape.how)
  const isTold = errand.tellsChanges && row.resource === undefined && row.list === undefined
  const changes = { page, how: scrape.how, startedAtMs: errand.startedAtMs }
  const end = isTold ? { ...had, ...(await changeOf(changes, tools.archive)) } : had
  if (isTransient(page.status)) return { ended: failed(row, end), made, found: [] }
  const links =
    told === undefined
      ? await linksOf(page, { row, errand, signal, ...tools })
      : ({ kind: 'read', links: told } as const)
  if (links.kind === 'refused') {
    const { code } = links
    return { ended: { url: row.url, as: 'failed', end: { ...end, code } }, made, found: [] }
  }
  const drawn = await drawnLinks(page, { row, errand, signal, ...tools })
  const all = drawn === undefined ? links.links : [...links.links, ...drawn.links]
  const found = await followed(all, { row, errand, clock: tools.clock, signal })
  const as = page.status < FIRST_REFUSAL ? 'done' : 'failed'
  const code = drawn?.code === undefined ? {} : { code: drawn.code }
  return { ended: { url: row.url, as, end: { ...end, ...code } }, made, found }
}

const FIRST_REFUSAL = 400

/** What others embed is drawn with them; a page that says no is not worth it. */
async function drawnLinks(
  page: Page,
  { drawer, errand, row, signal }: Visiting,
): Promise<DrawnLinks | undefined> {
  const isPage = row.resource === undefined && row.list === undefined && isHtml(page.contentType)
  if (!errand.draws || drawer === undefined || !isPage) return undefined
  if (page.status >= FIRST_REFUSAL) return undefined
  return drawer.drawn(page, { delayMs: errand.pace.delayMs }, signal)
}

async function scraped(
  { url }: UrlRow,
  { isAdaptive, maxAgeMs: givenMs, pace, startedAtMs, vantage }: Errand,
  { archive, clock, scraper, signal }: VisitTools & { readonly signal: AbortSignal },
): Promise<Visit> {
  const sinceMs = Math.min(DAY_MS, Math.max(0, clock.wallMs() - startedAtMs))
  const maxAgeMs = isAdaptive ? Math.max(givenMs, await restsForMs(url, archive)) : givenMs
  const maxAge = Math.ceil((maxAgeMs + sinceMs) / SECOND_MS)
  const request = { url, maxAge, ...(vantage === undefined ? {} : { vantage }) }
  const startedMs = clock.nowMs()
  const beginWithinMs = Math.max(BEGIN_WITHIN_MS_MIN, pace.delayMs / 2)
  const begun = await scraper.visit(request, { waitMs: WAIT_MS, beginWithinMs }, signal)
  if (begun.state !== 'running') return begun
  const scrape = await toEnd(begun, { scraper, signal }, () => {
    const { address } = begun.owner
    throw new AnilloError('RPC_UNREACHABLE', { address, problem: 'it downloaded the page' })
  })
  const passedS = (clock.nowMs() - startedMs) / SECOND_MS
  // What stands there from before is not what was begun.
  if ((scrape.age ?? 0) > maxAge + passedS + 1) throw new AnilloError('BUSY', { what: 'downloads' })
  return scrape
}

/** How a download ended; how it came about the first answer told. */
export async function scrapeToEnd(
  request: ScrapeRequest,
  { scraper, signal }: { readonly scraper: Scraper; readonly signal: AbortSignal },
): Promise<Scrape> {
  const ask = (): Promise<Scrape> => scraper.scrape(request, WAIT_MS, signal)
  return toEnd(await ask(), { scraper, signal }, ask)
}

/** @param gone whoever downloaded it died */
async function toEnd(
  begun: Scrape,
  { scraper, signal }: { readonly scraper: Scraper; readonly signal: AbortSignal },
  gone: () => Promise<Scrape>,
): Promise<Scrape> {
  let scrape = begun
  while (scrape.state === 'running') {
    signal.throwIfAborted()
    const found = await scraper.find(begun.id, WAIT_MS, signal)
    scrape = found ?? (await gone())
  }
  return { ...scrape, how: howAfter(begun.how, scrape) }
}

/** Again where it may go better; `failed` once it was tried often enough. */
export function failed(row: UrlRow, end: UrlEnd): Ended {
  const mayHelp = end.code === undefined || MAY_HELP.has(end.code)
  if (!mayHelp || row.tries >= TRIES_MAX) return { url: row.url, as: 'failed', end }
  return { url: row.url, as: 'again', inMs: RETRY_FIRST_MS * 3 ** (row.tries - 1), end }
}

const MAY_HELP: ReadonlySet<string> = new Set([
  'ROBOTS_UNREACHABLE',
  'HOST_UNKNOWN',
  'FETCH_REFUSED',
  'FETCH_TIMEOUT',
  'FETCH_TOO_SLOW',
  'FETCH_BROKEN',
])

/** RFC 9110, 15.5.9 and 15.6; RFC 6585, 4: the site says that a later request may do better. */
function isTransient(status: number): boolean {
  return TRANSIENT.has(status)
}

const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504])

function endOf(page: Page, how: string): UrlEnd {
  const { bytes, contentType, hash, status, title } = page
  const named = title === null ? {} : { title }
  return {
    status,
    hash,
    bytes,
    contentType: contentType.slice(0, CONTENT_TYPE_CHARS),
    how,
    ...named,
  }
}

const CONTENT_TYPE_CHARS = 128

interface Visiting extends VisitTools {
  readonly row: UrlRow
  readonly errand: Errand
  readonly signal: AbortSignal
}

/** Of a list, and of a page that was held or is long: from the copy that is kept. */
async function linksOf(page: Page, { row, scraper, signal, unpack }: Visiting): Promise<ListRead> {
  const isPage = isHtml(page.contentType) || isCss(page.contentType)
  const isList = row.list !== undefined && !isPage && page.status < FIRST_REFUSAL
  const content = isPage || isList ? await scraper.content(page.id, signal) : undefined
  if (content === undefined) return { kind: 'read', links: [] }
  if (isList) return readList(content.page, content.body, unpack)
  return { kind: 'read', links: await findLinks(content.page, content.body) }
}

/** A sitemap has 50,000 links: others have their turn in between. */
const LINKS_PER_TURN = 500

/** Those that belong to the crawl, by host. */
async function followed(
  links: readonly PageLink[],
  { clock, errand, row, signal }: Pick<Visiting, 'clock' | 'errand' | 'row' | 'signal'>,
): Promise<readonly FoundOnHost[]> {
  const wanted = new Map<Host, Wanted[]>()
  const known = new Set<string>()
  for (const [number, link] of links.entries()) {
    if (number % LINKS_PER_TURN === LINKS_PER_TURN - 1) await pause(clock, 0, signal)
    const one = errand.follows(link, row)
    if (one === undefined || known.has(one.url)) continue
    known.add(one.url)
    const host = hostOf(canonicalOf(one.url))
    const others = wanted.get(host)
    if (others === undefined) wanted.set(host, [one])
    else others.push(one)
  }
  return Array.from(wanted, ([host, urls]) => ({ host, urls }))
}

/** `follows` gives canonical ones. */
function canonicalOf(url: string): CanonicalUrl {
  return canonicalUrl(url)
}

/** It says nothing of the URL: a moment later, or another member, may do better. */
export function isOfTheRing(thrown: unknown): AnilloError | undefined {
  const error = asAnilloError(thrown)
  const { code } = error
  return code === 'BUSY' || isOfVantage(error) || ERRORS[code].retry === 'elsewhere'
    ? error
    : undefined
}
