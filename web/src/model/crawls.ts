/** A crawl as the page shows it: who may steer it, its curve, why a page failed. Pure. */
import type { Crawl, CrawlUrl } from '../../../src/wire/api-crawls.ts'
import { elapsedMs, type CrawlSample, type CrawlWatch } from '../../../src/wire/crawl-watch.ts'
import { may, nickOf, type Who } from './accounts.ts'

/** Whoever began it, whoever keeps the ring running; anybody where a guest began it. */
export function maySteer(who: Who, { by }: Pick<Crawl, 'by'>): boolean {
  if (!may(who, 'pages.scrape')) return false
  return by === null || by === nickOf(who) || may(who, 'ring.operate')
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
  const pages = watch.samples.at(-1)?.pages ?? 0
  const pagesMax = Math.max(1, pages)
  const begin = { atMs: 0, pages: 0 }
  const first = watch.samples[0] ?? begin
  const isWhole = first.atMs <= FROM_BEGIN_MS || first.pages === 0
  const points = [...(isWhole ? [begin] : []), ...watch.samples, { atMs: ranMs, pages }]
  const line = (these: readonly Omit<CrawlSample, 'ended'>[]): string =>
    these
      .map((at) => [(width * at.atMs) / ranMs, height * (1 - at.pages / pagesMax)])
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
