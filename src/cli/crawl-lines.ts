/** A crawl in words. */
import type { Crawl, CrawlUrl, ResourceCounts } from '../wire/api-crawls.ts'
import { pageCounts } from '../wire/crawl-progress.ts'
import type { Paint } from './paint.ts'
import { countText, dateText, durationText, sizeText } from './table.ts'
import { webhookRows } from './webhook-lines.ts'

/** `12 of 340 pages, 3 failed, 20 of 31 resources, 1 failed, 1.5 MiB`. */
export function crawlText({ counts, state }: Crawl): string {
  const { bytes, held = 0, resources } = counts
  const { done, failed, queued, skipped } = pageCounts(counts)
  const parts = [
    `${done} of ${countText(queued, 'page')}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(skipped === 0 ? [] : [`${skipped} passed over`]),
    ...(resources === undefined ? [] : resourceParts(resources)),
    ...(held === 0 ? [] : [`${held} held already`]),
    sizeText(bytes),
  ]
  return `${state === 'paused' ? 'paused: ' : ''}${parts.join(', ')}`
}

function resourceParts({ done, failed, queued, skipped }: ResourceCounts): readonly string[] {
  return [
    `${done} of ${countText(queued, 'resource')}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(skipped === 0 ? [] : [`${skipped} passed over`]),
  ]
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
    ...rows.map(([name, text]) => `  ${paint('dim', name.padEnd(10))} ${text}`),
  ]
}

/** `200  done    12 KiB  http://…  title`. */
export function urlLine({ bytes, code, state, status, title, url }: CrawlUrl): string {
  const told = status === undefined ? (code ?? '-') : String(status)
  const size = (bytes === undefined ? '' : sizeText(bytes)).padStart(8)
  const named = title === undefined ? '' : `  ${title}`
  return `${state.padEnd(7)} ${told.padEnd(3)} ${size}  ${url}${named}`
}
