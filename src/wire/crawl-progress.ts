/** How far a crawl is. */
import { SECOND_MS } from '../base/limits.ts'
import type { Crawl, CrawlCounts, ResourceCounts } from './api-crawls.ts'
import { CRAWL_PAGES_DEFAULT } from './crawl-bounds.ts'

/**
 * Pages and resources that it has tried, of those that it will: what is known so far, and no more
 * than it may.
 */
export function crawlProgress({ counts, request }: Pick<Crawl, 'counts' | 'request'>): {
  readonly ended: number
  readonly known: number
} {
  const { done, failed, queued, skipped } = counts
  const known = Math.min(queued - skipped, request.pages ?? CRAWL_PAGES_DEFAULT)
  return { ended: done + failed, known: Math.max(known, done + failed) }
}

/**
 * How long it takes until all that is known has ended, or it has its pages; more may be found.
 * @param rate pages and resources a second; `undefined` is answered where nothing can be said
 */
export function estimateMs(
  crawl: Pick<Crawl, 'counts' | 'request' | 'state'>,
  rate: number,
): number | undefined {
  if (rate <= 0 || crawl.state !== 'running') return undefined
  const { ended, known } = crawlProgress(crawl)
  return ((known - ended) / rate) * SECOND_MS
}

/**
 * The same of pages alone, and of what they need to look right; this is absent where it is none.
 */
export function progressApart(crawl: Pick<Crawl, 'counts' | 'request'>): {
  readonly pages: Progressed
  readonly resources?: Progressed
} {
  const { resources } = crawl.counts
  const { done, failed, skipped } = pageCounts(crawl.counts)
  const ended = done + failed
  const apart = resources === undefined ? 0 : resources.queued - resources.skipped
  const known = Math.max(ended, crawlProgress(crawl).known - apart)
  const pages = { ended, known, failed, skipped }
  return resources === undefined ? { pages } : { pages, resources: progressed(resources) }
}

/** How many have been tried, of those that will be. */
export interface Progressed {
  readonly ended: number
  readonly known: number
  /** Of those tried. */
  readonly failed: number
  /** Passed over: of none of the others. */
  readonly skipped: number
}

/** Of a host, or of resources, which have no bound of their own. */
export function progressed({ done, failed, queued, skipped }: ResourceCounts): Progressed {
  return { ended: done + failed, known: queued - skipped, failed, skipped }
}

/** Pages alone: without what they need to look right. */
export function pageCounts(counts: CrawlCounts): ResourceCounts {
  const { done = 0, failed = 0, queued = 0, skipped = 0 } = counts.resources ?? {}
  return {
    queued: counts.queued - queued,
    done: counts.done - done,
    failed: counts.failed - failed,
    skipped: counts.skipped - skipped,
  }
}
