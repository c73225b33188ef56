/** What `anillo crawl` does: begin, show how it goes, then what came of it. */
import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloError } from '../../base/errors.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { AnilloClient } from '../../client/client.ts'
import type { CrawlOrder } from '../../client/crawls.ts'
import { allOf } from '../../effects/listed.ts'
import type { Crawl, CrawlRequest, CrawlUrl } from '../../wire/api-crawls.ts'
import type { WebhookEvent } from '../../wire/api-webhooks.ts'
import { estimateMs, progressApart } from '../../wire/crawl-progress.ts'
import { rateOf, watchCrawl } from '../../wire/crawl-watch.ts'
import { crawlLines, crawlText, hostLines, shareText, urlLine } from '../crawl-lines.ts'
import { readSpec } from '../extract-options.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { unreadableFile } from '../given-file.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor } from '../paint.ts'
import { Progress } from '../progress.ts'
import { reachRing } from '../reach.ts'
import { dateText, estimateText } from '../table.ts'
import { SECRET_WORDS, withoutSecret } from '../webhook-lines.ts'
import { makeSchedule, type ScheduleFlags } from './schedules.ts'
import { Steering } from './steering.ts'

export interface CrawlFlags extends ScheduleFlags {
  readonly scope?: CrawlRequest['scope']
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly extraHops?: number
  /** False: pages alone. */
  readonly resources: boolean
  readonly render?: true
  readonly sitemaps?: boolean
  readonly pages?: number
  readonly depth?: number
  readonly delay?: number
  readonly connections?: number
  readonly maxAge?: number
  readonly adaptive?: true
  readonly webhook?: string
  readonly webhookEvent: readonly WebhookEvent[]
  readonly vantage?: string
  readonly detach?: true
  readonly extract?: string
}

export interface UrlsFlags extends DoorFlags {
  readonly state?: CrawlUrl['state']
}

export const CRAWLS = new Steering<Crawl, CrawlOrder>({
  name: 'crawl',
  of: ({ crawls }) => crawls,
  columns: [
    { title: 'ID', text: ({ id }) => id },
    { title: 'STATE', text: ({ state }) => state },
    { title: 'PAGES', text: (crawl) => shareText(progressApart(crawl).pages), right: true },
    { title: 'RESOURCES', text: (crawl) => shareText(progressApart(crawl).resources), right: true },
    { title: 'BEGUN (UTC)', text: ({ startedAt }) => dateText(startedAt) },
    { title: 'BY', text: ({ by }) => by ?? '-' },
    { title: 'SEED', text: ({ request }) => request.seeds[0] ?? '' },
  ],
  ordered: ({ id, state }) => `crawl ${id} is ${state}`,
  which: ({ request, state }) => {
    const isOver = state === 'done' || state === 'cancelled'
    return `of ${request.seeds[0]}${isOver ? '' : `, which is ${state}`}`
  },
  leaves: 'its pages',
})

/** Between two looks at a crawl that somebody watches. */
const LOOK_EVERY_MS = SECOND_MS

export async function runCrawl(
  io: Io,
  seeds: readonly string[],
  flags: CrawlFlags,
): Promise<ExitCode> {
  if (flags.schedule === undefined && (flags.zone !== undefined || flags.now)) {
    throw new AnilloError('USAGE', { problem: '--zone and --now belong to --schedule.' })
  }
  const client = await reachRing(io, flags)
  const extract = flags.extract === undefined ? {} : { extract: await readSpec(flags.extract) }
  const webhook = await webhookFrom(flags)
  const request = { ...requestFrom(seeds, flags), ...extract, ...webhook }
  if (flags.schedule !== undefined) return makeSchedule(io, { client, flags }, request)
  const started = await client.crawls.start(request)
  const begun = flags.webhookSecretFile === undefined ? started : withoutSecret(started)
  if (flags.detach) {
    if (flags.json) jsonLine(io, begun)
    else line(io.out, begun.id)
  }
  const secret = begun.webhook?.secret
  if (secret !== undefined && !flags.json) {
    line(io.err, SECRET_WORDS)
    line(io.err, secret)
  }
  if (flags.detach) return EXIT.done
  if (!flags.json) line(io.err, `crawl ${begun.id}; Ctrl-C leaves it to the ring`)
  return tellEnd(io, { client, flags }, await follow(io, client, begun))
}

/** Watches a crawl until it is over. */
export async function runWatch(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  return tellEnd(io, { client, flags }, await follow(io, client, await client.crawls.get(id)))
}

/** One JSON document a line. */
export async function runExtracted(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  for await (const extracted of client.extracts.ofCrawl(id)) jsonLine(io, extracted)
  return EXIT.done
}

export async function runShow(io: Io, id: string, flags: DoorFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const crawl = await client.crawls.get(id)
  if (flags.json) {
    jsonLine(io, crawl)
    return EXIT.done
  }
  for (const text of crawlLines(crawl, paintFor(io, io.out))) line(io.out, text)
  const hosts = await allOf(client.crawls.hosts(id))
  line(io.out, '')
  for (const text of hostLines(hosts)) line(io.out, text)
  return EXIT.done
}

export async function runUrls(io: Io, id: string, flags: UrlsFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  for await (const url of client.crawls.urls(id, flags.state)) {
    if (flags.json) jsonLine(io, url)
    else line(io.out, urlLine(url))
  }
  return EXIT.done
}

function requestFrom(seeds: readonly string[], flags: CrawlFlags): CrawlRequest {
  if (seeds.some((seed) => seed.trim() === '')) {
    const problem = 'An address is empty. Type one such as https://example.org or :8000.'
    throw new AnilloError('USAGE', { problem })
  }
  const { connections, delay, depth, exclude, extraHops, include, maxAge, pages } = flags
  const { render, resources, scope, sitemaps, vantage } = flags
  return {
    seeds: [...seeds],
    ...(scope === undefined ? {} : { scope }),
    ...(include.length === 0 ? {} : { include: [...include] }),
    ...(exclude.length === 0 ? {} : { exclude: [...exclude] }),
    ...(extraHops === undefined ? {} : { extraHops }),
    ...(resources ? {} : { resources }),
    ...(render === undefined ? {} : { render }),
    ...(sitemaps === undefined ? {} : { sitemaps }),
    ...(pages === undefined ? {} : { pages }),
    ...(depth === undefined ? {} : { depth }),
    ...(delay === undefined ? {} : { delay }),
    ...(connections === undefined ? {} : { connections }),
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(flags.adaptive === undefined ? {} : { recrawl: 'adaptive' as const }),
    ...(vantage === undefined ? {} : { vantage }),
  }
}

/** The secret comes from a file: what stands in a command others see. */
async function webhookFrom(flags: CrawlFlags): Promise<Pick<CrawlRequest, 'webhook'>> {
  const { webhook: url, webhookEvent, webhookSecretFile: file } = flags
  if (url === undefined) {
    if (webhookEvent.length === 0 && file === undefined) return {}
    const problem = '--webhook-event and --webhook-secret-file belong to --webhook.'
    throw new AnilloError('USAGE', { problem })
  }
  const events = webhookEvent.length === 0 ? {} : { events: [...webhookEvent] }
  const secret = file === undefined ? {} : { secret: await readSecretFile(file) }
  return { webhook: { url, ...events, ...secret } }
}

async function readSecretFile(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (thrown) {
    throw unreadableFile(file, thrown)
  }
}

async function follow(io: Io, client: AnilloClient, begun: Crawl): Promise<Crawl> {
  let crawl = begun
  let watch = watchCrawl(undefined, begun, performance.now())
  using _progress = new Progress(io, () => {
    const rate = rateOf(watch, performance.now())
    const leftMs = estimateMs(crawl, rate)
    const left = leftMs === undefined ? '' : `, about ${estimateText(leftMs)} left`
    const pages = rateOf(watch, performance.now(), 'pages')
    return `${crawlText(crawl)}, ${pages.toFixed(1)} pages a second${left}`
  })
  while (crawl.state === 'running' || crawl.state === 'paused') {
    await pause(LOOK_EVERY_MS)
    crawl = await client.crawls.get(crawl.id)
    watch = watchCrawl(watch, crawl, performance.now())
  }
  return crawl
}

/** A crawl that brought nothing has failed. */
async function tellEnd(
  io: Io,
  { client, flags }: { readonly client: AnilloClient; readonly flags: DoorFlags },
  crawl: Crawl,
): Promise<ExitCode> {
  if (flags.json) jsonLine(io, crawl)
  else {
    for (const text of crawlLines(crawl, paintFor(io, io.out))) line(io.out, text)
    if (crawl.counts.failed > 0) await tellFailed(io, client, crawl)
  }
  return crawl.state === 'done' && crawl.counts.done > 0 ? EXIT.done : EXIT.failed
}

const FAILED_SHOWN = 5

async function tellFailed(io: Io, client: AnilloClient, { counts, id }: Crawl): Promise<void> {
  let shown = 0
  for await (const url of client.crawls.urls(id, 'failed')) {
    line(io.err, urlLine(url))
    if (++shown === FAILED_SHOWN) break
  }
  if (counts.failed > shown) line(io.err, `all: npx anillo crawls urls ${id} --state failed`)
}
