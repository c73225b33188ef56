/** What a crawl asks of its URLs, from the request that it was started with. */
import { isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import { CrawlRequest } from '../../../wire/api-crawls.ts'
import { reader } from '../../../wire/method.ts'
import { canonicalUrl, type CanonicalUrl } from '../urls/canonical-url.ts'
import { hostOf } from './hosts.ts'
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

export function errandOf(job: JobRow): Errand {
  const request = requestOf(job) ?? { seeds: [] }
  const delayMs = request.delay === undefined ? DELAY_DEFAULT_MS : request.delay * SECOND_MS
  const { connections = CONNECTIONS_DEFAULT, depth: depthMax = DEPTH_DEFAULT } = request
  const isInScope = scopeOf(request)
  return {
    pace: { delayMs, connections },
    maxAgeMs: (request.maxAge ?? 0) * SECOND_MS,
    startedAtMs: job.startedAtMs,
    follows: (link, from): Wanted | undefined => {
      if (from.depth >= depthMax) return undefined
      const url = canonical(link)
      if (url === undefined || !isInScope(url)) return undefined
      return { url, depth: from.depth + 1, hops: from.hops, priority: from.priority }
    },
  }
}

function scopeOf({ scope = 'host', seeds }: CrawlRequest): (url: CanonicalUrl) => boolean {
  const begins = seeds.flatMap((seed) => canonical(seed) ?? [])
  if (scope === 'page') return () => false
  if (scope === 'prefix') {
    const folders = begins.map((url) => new URL('.', url).href)
    return (url) => folders.some((folder) => url.startsWith(folder))
  }
  const hosts = new Set(begins.map(hostOf))
  return (url) => hosts.has(hostOf(url))
}

function canonical(text: string): CanonicalUrl | undefined {
  try {
    return canonicalUrl(text)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}
