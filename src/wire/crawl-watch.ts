/** A crawl that somebody watches: how long it runs, and how fast it goes of late. Pure. */
import { SECOND_MS } from '../base/limits.ts'
import type { Crawl } from './api-crawls.ts'
import { crawlProgress, progressApart } from './crawl-progress.ts'

export function isOver({ state }: Pick<Crawl, 'state'>): boolean {
  return state === 'done' || state === 'cancelled'
}

/** How much had been tried, so long after the crawl began. */
export interface CrawlSample {
  readonly atMs: number
  /** Pages, and what they need to look right. */
  readonly ended: number
  /** Pages alone. */
  readonly pages: number
}

/** A crawl, and what whoever watches it has seen of it. */
export interface CrawlWatch {
  readonly crawl: Crawl
  /** How long it had run when this was told, and when that was here: `performance.now()`. */
  readonly ranMs: number
  readonly toldAtMs: number
  readonly samples: readonly CrawlSample[]
}

/** A curve of as many points is smooth; beyond it every other one goes. */
export const SAMPLES_MAX = 240

export function watchCrawl(
  before: CrawlWatch | undefined,
  crawl: Crawl,
  nowMs: number,
): CrawlWatch {
  const sameBefore = before?.crawl.id === crawl.id ? before : undefined
  const toldMs = Math.max(
    0,
    Date.parse(crawl.endedAt ?? crawl.changedAt) - Date.parse(crawl.startedAt),
  )
  // Two clocks: between two tellings ours runs on, and must not jump back.
  const ranMs = sameBefore === undefined ? toldMs : Math.max(toldMs, elapsedMs(sameBefore, nowMs))
  const { ended } = crawlProgress(crawl)
  const pages = progressApart(crawl).pages.ended
  const sample = { atMs: isOver(crawl) ? toldMs : ranMs, ended, pages }
  const earlier = (sameBefore?.samples ?? []).filter(({ atMs }) => atMs < sample.atMs)
  return {
    crawl,
    ranMs: sample.atMs,
    toldAtMs: nowMs,
    samples: thinned([...earlier, sample]),
  }
}

function thinned(samples: readonly CrawlSample[]): readonly CrawlSample[] {
  if (samples.length <= SAMPLES_MAX) return samples
  return samples.filter((_, index) => index % 2 === 0 || index === samples.length - 1)
}

/** Since it began; the time of one that does not run stands still. */
export function elapsedMs({ crawl, ranMs, toldAtMs }: CrawlWatch, nowMs: number): number {
  return crawl.state === 'running' ? ranMs + Math.max(0, nowMs - toldAtMs) : ranMs
}

/** What happened earlier says little of what happens next. */
const RATE_WINDOW_MS = 15 * SECOND_MS
/** A window that has only just opened knows no more than the whole of it. */
const WATCHED_MS_MIN = 3 * SECOND_MS

/** So many a second of late; of a crawl that is over, on the whole. */
export function rateOf(
  watch: CrawlWatch,
  nowMs: number,
  what: 'ended' | 'pages' = 'ended',
): number {
  const { crawl, samples } = watch
  const [ranMs, last] = [elapsedMs(watch, nowMs), samples.at(-1)]
  const sinceMs = ranMs - RATE_WINDOW_MS
  const from = samples.findLast(({ atMs }) => atMs <= sinceMs) ?? samples[0]
  if (last === undefined || from === undefined || ranMs <= 0 || crawl.state === 'paused') return 0
  const spanMs = ranMs - from.atMs
  const isWhole = isOver(crawl) || spanMs < WATCHED_MS_MIN
  return isWhole
    ? (SECOND_MS * last[what]) / ranMs
    : (SECOND_MS * (last[what] - from[what])) / spanMs
}
