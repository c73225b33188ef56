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
 * @param rate pages a second; `undefined` is answered where nothing can be said
 */
export function estimateMs(
  crawl: Pick<Crawl, 'counts' | 'request' | 'state'>,
  rate: number,
): number | undefined {
  if (rate <= 0 || crawl.state !== 'running') return undefined
  const { ended, known } = crawlProgress(crawl)
  return ((known - ended) / rate) * SECOND_MS
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
