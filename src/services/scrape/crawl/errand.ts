/** What a crawl asks of its URLs, from the request that it was started with. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { CrawlRequest } from '../../../wire/api-crawls.ts'
import { reader } from '../../../wire/method.ts'
import { ScopeJudge } from '../scope/scope.ts'
import { canonicalUrl, type CanonicalUrl } from '../urls/canonical-url.ts'
import {
  CONNECTIONS_DEFAULT,
  DELAY_DEFAULT_MS,
  DEPTH_DEFAULT,
  RESOURCE_DEPTH_MAX,
} from './limits.ts'
import type { JobRow, UrlRow, Wanted } from './rows.ts'
import type { Errand, PageLink } from './visit.ts'

const readRequest = reader(CrawlRequest)

/** Of the middle: what a person asks for may come before it or after it. */
export const PRIORITY_DEFAULT = 50

/** `undefined` where a newer version made it. */
export function requestOf({ spec }: Pick<JobRow, 'spec'>): CrawlRequest | undefined {
  return readRequest(JSON.parse(spec))
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
  const { at, pattern, why } = judge
  const shown = pattern.slice(0, SHOWN_CHARS)
  const problem = `the pattern “${shown}” ${WHY[why]} at character ${at + 1}`
  throw new AnilloError('BAD_REQUEST', { problem })
}

const SHOWN_CHARS = 80

const WHY = {
  malformed: 'is no regular expression',
  unsupported: 'has what patterns cannot have (docs/scrape.md)',
  tooLong: 'is too long',
} as const

/** @param wallMs for addresses with dates that run away */
export function errandOf(job: JobRow, wallMs: () => number): Errand {
  const request = requestOf(job) ?? { seeds: [] }
  const { connections = CONNECTIONS_DEFAULT, delay, maxAge = 0 } = request
  const judge = judgeOf(request)
  return {
    pace: { delayMs: delay === undefined ? DELAY_DEFAULT_MS : delay * SECOND_MS, connections },
    maxAgeMs: maxAge * SECOND_MS,
    startedAtMs: job.startedAtMs,
    follows: (link, from) => wantedOf({ judge, nowMs: wallMs(), link, from }),
  }
}

interface Following {
  readonly judge: ScopeJudge
  readonly nowMs: number
  readonly link: PageLink
  readonly from: UrlRow
}

function wantedOf({ from, judge, link, nowMs }: Following): Wanted | undefined {
  const url = canonical(link.url)
  if (url === undefined) return undefined
  const { hops, priority } = from
  const { isResource } = link
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

/**
 * Links of a resource are followed where it is a page of the crawl too: another page may link to
 * what this one embeds, and it is fetched once.
 */
function leadsOn(
  judge: ScopeJudge,
  { depth, hops, resource, url }: UrlRow,
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
