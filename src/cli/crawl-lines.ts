/** A crawl in words. */
import { sizeText } from '../base/size-text.ts'
import type { Crawl, CrawlHost, CrawlUrl } from '../wire/api-crawls.ts'
import { pageCounts, progressApart, progressed, type Progressed } from '../wire/crawl-progress.ts'
import { factText, type Paint } from './paint.ts'
import { countText, dateText, durationText, tableLines } from './table.ts'
import { webhookRows } from './webhook-lines.ts'

/** `12 of 340 pages (3 failed, 5 passed over), 20 of 31 resources, 1.5 MiB`. */
export function crawlText(crawl: Crawl): string {
  const { bytes, held = 0 } = crawl.counts
  const { pages, resources } = progressApart(crawl)
  const parts = [
    progressText(pages, 'page'),
    ...(resources === undefined ? [] : [progressText(resources, 'resource')]),
    ...(held === 0 ? [] : [`${held} from copies that were held, without a request`]),
    sizeText(bytes),
  ]
  return `${crawl.state === 'paused' ? 'paused: ' : ''}${parts.join(', ')}`
}

function progressText({ ended, failed, known, skipped }: Progressed, thing: string): string {
  const sorts = [
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(skipped === 0 ? [] : [`${skipped} passed over`]),
  ]
  const apart = sorts.length === 0 ? '' : ` (${sorts.join(', ')})`
  return `${ended} of ${countText(known, thing)}${apart}`
}

export function crawlLines(crawl: Crawl, paint: Paint): readonly string[] {
  const { by, endedAt, endedBy, hosts, id, request, schedule, startedAt, state, webhook } = crawl
  const lastMs = Date.parse(endedAt ?? crawl.changedAt)
  const tookMs = Math.max(0, lastMs - Date.parse(startedAt))
  const rows: readonly (readonly [string, string])[] = [
    ['id', id],
    ['begun', `${dateText(startedAt)} UTC by ${by ?? 'a guest'}, from ${request.seeds.join(' ')}`],
    ['hosts', String(hosts)],
    ['time', durationText(tookMs)],
    ...(schedule === undefined ? [] : [['schedule', schedule] as const]),
    ...webhookRows(webhook),
  ]
  const why = endedBy === 'pages' ? ', for it has as many pages as it was to have' : ''
  return [
    `${paint(state === 'done' ? 'green' : 'yellow', state)}${why}  ${crawlText(crawl)}`,
    ...rows.map(([name, text]) => `  ${factText(paint, name, text)}`),
  ]
}

/** `200  done    12 KiB  http://…  title`. */
export function urlLine({ bytes, code, state, status, title, url }: CrawlUrl): string {
  const told = status === undefined ? (code ?? '-') : String(status)
  const size = (bytes === undefined ? '' : sizeText(bytes)).padStart(8)
  const named = title === undefined ? '' : `  ${title}`
  return `${state.padEnd(7)} ${told.padEnd(3)} ${size}  ${url}${named}`
}

/** `15 of 335`; `-` where there are none. */
export function shareText(share: Progressed | undefined): string {
  return share === undefined ? '-' : `${share.ended} of ${share.known}`
}

/** A table: pages of each host, and how many of their resources it has. */
export function hostLines(hosts: readonly CrawlHost[]): readonly string[] {
  const right = true
  const pages = (host: CrawlHost): Progressed => progressed(pageCounts(host))
  return tableLines<CrawlHost>(
    [
      { title: 'HOST', text: ({ host }) => host },
      { title: 'PAGES', text: (host) => shareText(pages(host)), right },
      { title: 'FAILED', text: (host) => String(pages(host).failed), right },
      { title: 'PASSED OVER', text: (host) => String(pages(host).skipped), right },
      {
        title: 'RESOURCES',
        text: ({ resources }) => shareText(resources && progressed(resources)),
        right,
      },
      { title: 'SIZE', text: ({ bytes }) => sizeText(bytes), right },
    ],
    hosts,
  )
}
