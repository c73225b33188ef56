/** What a host allows: its robots.txt, had through the ring as any page is (RFC 9309). */
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'
import type { Page, Scrape } from '../../../wire/api.ts'
import { AGENT } from '../links/links-to-follow.ts'
import type { Scraper } from '../pages/scraper.ts'
import { accessOf, type RobotsAccess, type RobotsAnswer } from '../robots/access.ts'
import {
  decisionFor,
  ROBOTS_BYTES_MAX,
  ROBOTS_REDIRECTS_MAX,
  rulesFor,
  type AgentRules,
} from '../robots/robots.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import type { Host } from './hosts.ts'
import { requestMade, type RequestMade } from './request-made.ts'
import { scrapeToEnd } from './visit.ts'

/** A file is kept for so long (RFC 9309, 2.4). */
export const ROBOTS_KEPT_MS = DAY_MS
/** A site that cannot say what it allows is asked again after this. */
export const ROBOTS_AGAIN_MS = MINUTE_MS

export type HostRules =
  | { readonly kind: 'rules'; readonly rules: AgentRules }
  | { readonly kind: 'all' }
  /** It cannot say, and nothing is allowed until it can. `code`: why. */
  | { readonly kind: 'none'; readonly code: string }

export interface HostRobots {
  readonly rules: HostRules
  /** Lists of its pages that it names, as written. */
  readonly sitemaps: readonly string[]
  readonly made: RequestMade
}

/** @throws AnilloError where the ring is at fault */
export async function robotsOf(
  host: Host,
  { scraper, signal }: { readonly scraper: Scraper; readonly signal: AbortSignal },
): Promise<HostRobots> {
  const url = canonicalUrl(`${host}/robots.txt`)
  const maxAge = ROBOTS_KEPT_MS / SECOND_MS
  const scrape = await scrapeToEnd({ url, maxAge }, { scraper, signal })
  const access = accessOf(await answerOf(scrape, scraper, signal))
  const sitemaps = access.kind === 'rules' ? access.robots.sitemaps : []
  return { rules: rulesOf(access, scrape), sitemaps, made: requestMade(scrape) }
}

function rulesOf(access: RobotsAccess, { failure }: Scrape): HostRules {
  if (access.kind === 'all') return access
  if (access.kind === 'none') return { kind: 'none', code: failure?.code ?? ROBOTS_UNREACHABLE }
  return { kind: 'rules', rules: rulesFor(access.robots, AGENT) }
}

/** The site answers, and not what it allows. */
export const ROBOTS_UNREACHABLE = 'ROBOTS_UNREACHABLE'

/** Whether the page may be fetched. */
export function allows(rules: AgentRules, url: string): boolean {
  return decisionFor(rules, url).kind === 'allowed'
}

async function answerOf(
  { failure, page, state }: Scrape,
  scraper: Scraper,
  signal: AbortSignal,
): Promise<RobotsAnswer> {
  if (state === 'failed' || page === undefined) {
    return failure?.code === 'FETCH_REDIRECTS' ? ENDLESS : { kind: 'unreachable' }
  }
  if (page.redirects.length > ROBOTS_REDIRECTS_MAX) return ENDLESS
  return { kind: 'answer', status: page.status, body: await beginningOf(page, scraper, signal) }
}

const ENDLESS: RobotsAnswer = { kind: 'redirectsEndless' }

async function beginningOf(page: Page, scraper: Scraper, signal: AbortSignal): Promise<Uint8Array> {
  const content = await scraper.content(page.id, signal)
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of content?.body ?? []) {
    pieces.push(piece.slice())
    bytes += piece.length
    if (bytes > ROBOTS_BYTES_MAX) break
  }
  return Buffer.concat(pieces)
}
