/** What a crawl asks of its URLs, from the request that it was started with. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { CrawlRequest } from '../../../wire/api-crawls.ts'
import { reader } from '../../../wire/method.ts'
import type { PageLink } from '../../../wire/pages.ts'
import { ScopeJudge } from '../scope/scope.ts'
import { canonicalUrl, type CanonicalUrl } from '../urls/canonical-url.ts'
import { hostOf } from './hosts.ts'
import {
  CONNECTIONS_DEFAULT,
  DELAY_DEFAULT_MS,
  DEPTH_DEFAULT,
  RESOURCE_DEPTH_MAX,
} from './limits.ts'
import { LIST_DEPTH_MAX, type JobRow, type Wanted } from './rows.ts'
import type { Errand, FoundOnHost } from './visit.ts'

const readRequest = reader(CrawlRequest)

/** Of the middle: what a person asks for may come before it or after it. */
export const PRIORITY_DEFAULT = 50

/** `undefined` where a newer version made it. */
export function requestOf({ spec }: Pick<JobRow, 'spec'>): CrawlRequest | undefined {
  return readRequest(JSON.parse(spec))
}

/**
 * As it is told to everybody who may read pages: members are named to who may watch the ring alone.
 */
export function requestTold(job: Pick<JobRow, 'spec'>): CrawlRequest {
  const { vantage: _vantage, ...told } = requestOf(job) ?? { seeds: [] }
  return told
}

/** @throws AnilloError BAD_REQUEST: a pattern is wrong */
export function judgeOf(request: CrawlRequest): ScopeJudge {
  const { depth, exclude, extraHops, include, resources = true, scope = 'host', seeds } = request
  const judge = ScopeJudge.of(
    {
      reach: scope,
      depthMax: depth ?? DEPTH_DEFAULT,
      withResources: resources,
      ...(include === undefined ? {} : { include }),
      ...(exclude === undefined ? {} : { exclude }),
      ...(extraHops === undefined ? {} : { extraHops }),
    },
    seeds.flatMap((seed) => canonical(seed) ?? []),
  )
  if (judge instanceof ScopeJudge) return judge
  const { at, field, pattern, why } = judge
  const shown = pattern.slice(0, SHOWN_CHARS)
  const problem = `the pattern “${shown}” ${WHY[why]} at character ${at + 1}`
  throw new AnilloError('BAD_REQUEST', { problem, field })
}

const SHOWN_CHARS = 80

const WHY = {
  malformed: 'is no regular expression',
  unsupported: 'has what patterns cannot have (docs/crawls.md)',
  tooLong: 'is too long',
} as const

/** @param wallMs for addresses with dates that run away */
export function errandOf(job: JobRow, wallMs: () => number): Errand {
  const request = requestOf(job) ?? { seeds: [] }
  const { connections = CONNECTIONS_DEFAULT, delay, maxAge = 0, recrawl, webhook } = request
  const judge = judgeOf(request)
  const takesLists = doesTakeLists(request)
  return {
    pace: { delayMs: delay === undefined ? DELAY_DEFAULT_MS : delay * SECOND_MS, connections },
    maxAgeMs: maxAge * SECOND_MS,
    isAdaptive: recrawl === 'adaptive',
    tellsChanges: webhook?.events?.includes('page.changed') ?? false,
    draws: request.render === true,
    startedAtMs: job.startedAtMs,
    ...(request.vantage === undefined ? {} : { vantage: request.vantage }),
    follows: (link, from) => {
      if (link.isList === true && !takesLists) return undefined
      return wantedOf({ judge, nowMs: wallMs(), link, from })
    },
    lists: (host, urls) => {
      if (!takesLists || !judge.isHostReached(host)) return []
      return listsOf(urls, { judge, nowMs: wallMs(), base: host })
    },
  }
}

/**
 * Where whole sites are meant, what they say of themselves is welcome; else where it is asked for.
 */
function doesTakeLists({ scope = 'host', sitemaps }: CrawlRequest): boolean {
  return sitemaps ?? (scope === 'prefix' || scope === 'host' || scope === 'domain')
}

function listsOf(
  urls: readonly string[],
  { base, judge, nowMs }: { readonly base: string; readonly judge: ScopeJudge; nowMs: number },
): readonly FoundOnHost[] {
  const from = { url: base, depth: 0, hops: 0, priority: PRIORITY_DEFAULT, list: 0 }
  const wanted: Wanted[] = []
  for (const text of new Set(urls)) {
    const link = { url: URL.parse(text, base)?.href ?? '', isResource: false, isList: true }
    const one = wantedOf({ judge, nowMs, link, from })
    if (one !== undefined && wanted.length < ROBOTS_LISTS_MAX) wanted.push(one)
  }
  const groups = Map.groupBy(wanted, ({ url }) => hostOf(canonicalUrl(url)))
  return Array.from(groups, ([host, of]) => ({ host, urls: of }))
}

/** Lists that a robots.txt names, and that are read. */
const ROBOTS_LISTS_MAX = 100

interface Following {
  readonly judge: ScopeJudge
  readonly nowMs: number
  readonly link: PageLink
  readonly from: Wanted
}

function wantedOf({ from, judge, link, nowMs }: Following): Wanted | undefined {
  const url = canonical(link.url)
  if (url === undefined) return undefined
  const { hops, priority } = from
  const { isResource } = link
  if (link.isList === true) return listWanted(url, { judge, nowMs, from })
  const resource = (from.resource ?? 0) + 1
  if (isResource ? resource > RESOURCE_DEPTH_MAX : !leadsOn(judge, from, nowMs)) return undefined
  const depth = isResource ? from.depth : from.depth + 1
  const decision = judge.decide({ url, depth, hops, isResource }, nowMs)
  const wanted = { url, depth, priority, ...(isResource ? { resource } : {}) }
  if (decision.kind === 'in') return { ...wanted, hops: decision.hops }
  // Told to whoever wonders where it is.
  const { trap } = decision
  return trap === undefined ? undefined : { ...wanted, hops, trap }
}

/** What a site itself names may lie on another host; what a page names, within the scope alone. */
function listWanted(
  url: CanonicalUrl,
  { from, judge, nowMs }: Omit<Following, 'link'>,
): Wanted | undefined {
  const { depth, hops, priority } = from
  const list = (from.list ?? 0) + 1
  if (list > LIST_DEPTH_MAX) return undefined
  const decision = judge.decide({ url, depth, hops, isResource: false }, nowMs)
  const isNamed = from.list !== undefined && decision.kind === 'out' && decision.why === 'scope'
  if (decision.kind === 'out' && !isNamed) return undefined
  return { url, depth, hops, priority, list }
}

/**
 * Links of a resource are followed where it is a page of the crawl too: another page may link to
 * what this one embeds, and it is fetched once.
 */
function leadsOn(
  judge: ScopeJudge,
  { depth, hops, resource, url }: Wanted,
  nowMs: number,
): boolean {
  if (resource === undefined) return true
  const page = canonical(url)
  if (page === undefined) return false
  return judge.decide({ url: page, depth, hops, isResource: false }, nowMs).kind === 'in'
}

function canonical(text: string): CanonicalUrl | undefined {
  try {
    return canonicalUrl(text)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}
