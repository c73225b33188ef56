/** A crawl as the page shows it: who may steer it, how fast it goes, why a page failed. Pure. */
import type { Crawl, CrawlUrl } from '../../../src/wire/api-crawls.ts'
import { may, nickOf, type Who } from './accounts.ts'

export function isOver({ state }: Pick<Crawl, 'state'>): boolean {
  return state === 'done' || state === 'cancelled'
}

/** Whoever began it, whoever keeps the ring running; anybody where a guest began it. */
export function maySteer(who: Who, { by }: Pick<Crawl, 'by'>): boolean {
  if (!may(who, 'pages.scrape')) return false
  return by === null || by === nickOf(who) || may(who, 'ring.operate')
}

/** How many pages had been tried, so long after the crawl began. */
export interface CrawlSample {
  readonly atMs: number
  readonly ended: number
}

/** A crawl, and what this window has seen of it. */
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
  const { done, failed } = crawl.counts
  const sample = { atMs: isOver(crawl) ? toldMs : ranMs, ended: done + failed }
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
const RATE_WINDOW_MS = 15_000
/** A window that has only just opened knows no more than the whole of it. */
const WATCHED_MS_MIN = 3_000

/** Pages a second of late; of one that is over, on the whole. */
export function rateOf(watch: CrawlWatch, nowMs: number): number {
  const { crawl, samples } = watch
  const [ranMs, last] = [elapsedMs(watch, nowMs), samples.at(-1)]
  const sinceMs = ranMs - RATE_WINDOW_MS
  const from = samples.findLast(({ atMs }) => atMs <= sinceMs) ?? samples[0]
  if (last === undefined || from === undefined || ranMs <= 0 || crawl.state === 'paused') return 0
  const spanMs = ranMs - from.atMs
  const isWhole = isOver(crawl) || spanMs < WATCHED_MS_MIN
  return isWhole ? (1_000 * last.ended) / ranMs : (1_000 * (last.ended - from.ended)) / spanMs
}

/** A line of the curve, in units of its width and height from the lower left. */
export interface Curve {
  /** `x,y x,y`; up is less, as in SVG. */
  readonly seen: string
  /** From the begin to where this window came in; empty where it was there. */
  readonly unseen: string
  readonly pagesMax: number
  readonly ranMs: number
}

/** Who comes this soon has seen it all. */
const FROM_BEGIN_MS = 3_000

export function curveOf(
  watch: CrawlWatch,
  {
    nowMs,
    width,
    height,
  }: { readonly nowMs: number; readonly width: number; readonly height: number },
): Curve {
  const ranMs = Math.max(1, elapsedMs(watch, nowMs))
  const ended = watch.samples.at(-1)?.ended ?? 0
  const pagesMax = Math.max(1, ended)
  const begin = { atMs: 0, ended: 0 }
  const first = watch.samples[0] ?? begin
  const isWhole = first.atMs <= FROM_BEGIN_MS || first.ended === 0
  const points = [...(isWhole ? [begin] : []), ...watch.samples, { atMs: ranMs, ended }]
  const line = (these: readonly CrawlSample[]): string =>
    these
      .map((at) => [(width * at.atMs) / ranMs, height * (1 - at.ended / pagesMax)])
      .map(([x = 0, y = 0]) => `${x.toFixed(1)},${y.toFixed(1)}`)
      .join(' ')
  return { seen: line(points), unseen: isWhole ? '' : line([begin, first]), pagesMax, ranMs }
}

/** A few points of the curve for who does not see it, the last among them. */
export function milestones(watch: CrawlWatch, count: number): readonly CrawlSample[] {
  const { samples } = watch
  const step = Math.max(1, Math.ceil(samples.length / count))
  return samples.filter((_, index) => (samples.length - 1 - index) % step === 0)
}

/** Why pages failed: those of one reason together, the most frequent first. */
export interface Failures {
  /** HTTP status, or error code. */
  readonly reason: number | string
  readonly urls: readonly CrawlUrl[]
}

export function failuresOf(urls: readonly CrawlUrl[]): readonly Failures[] {
  const byReason = Map.groupBy(urls, ({ status, code }) => code ?? status ?? '')
  return [...byReason]
    .map(([reason, these]) => ({ reason, urls: these }))
    .toSorted((a, b) => b.urls.length - a.urls.length)
}
