/** What a crawl asks of its URLs, from the request that it was started with. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { CrawlRequest } from '../../../wire/api-crawls.ts'
import { reader } from '../../../wire/method.ts'
import { ScopeJudge } from '../scope/scope.ts'
import { canonicalUrl, type CanonicalUrl } from '../urls/canonical-url.ts'
import { CONNECTIONS_DEFAULT, DELAY_DEFAULT_MS, DEPTH_DEFAULT } from './limits.ts'
import type { JobRow, Wanted } from './rows.ts'
import type { Errand } from './visit.ts'

const readRequest = reader(CrawlRequest)

/** Of the middle: what a person asks for may come before it or after it. */
export const PRIORITY_DEFAULT = 50

/** `undefined` where a newer version made it. */
export function requestOf({ spec }: Pick<JobRow, 'spec'>): CrawlRequest | undefined {
  return readRequest(JSON.parse(spec))
}

/** @throws AnilloError BAD_REQUEST: a pattern is wrong */
export function judgeOf(request: CrawlRequest): ScopeJudge {
  const { depth, exclude, extraHops, include, scope = 'host', seeds } = request
  const judge = ScopeJudge.of(
    {
      reach: scope,
      depthMax: depth ?? DEPTH_DEFAULT,
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
    follows: (link, from): Wanted | undefined => {
      const url = canonical(link)
      if (url === undefined) return undefined
      const { depth, hops, priority } = from
      const candidate = { url, depth: depth + 1, hops, isResource: false }
      const decision = judge.decide(candidate, wallMs())
      if (decision.kind === 'in') return { url, depth: depth + 1, hops: decision.hops, priority }
      // Told to whoever wonders where it is.
      const { trap } = decision
      return trap === undefined ? undefined : { url, depth: depth + 1, hops, priority, trap }
    },
  }
}

function canonical(text: string): CanonicalUrl | undefined {
  try {
    return canonicalUrl(text)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}
