/** What `anillo feed` does. */
import type { AnilloClient } from '../../client/client.ts'
import type { FeedItem, FeedPage } from '../../wire/api-feed.ts'
import { FEED_LIMIT_MAX } from '../../wire/feed-kinds.ts'
import { crawlText } from '../crawl-lines.ts'
import { notificationLines } from '../dweet-lines.ts'
import { EXIT, type ExitCode } from '../failure.ts'
import { jsonLine, line, type Io } from '../io.ts'
import type { DoorFlags } from '../options.ts'
import { paintFor, type Paint } from '../paint.ts'
import { reachRing } from '../reach.ts'
import { dateText } from '../table.ts'
import { shown } from './pages.ts'

export interface FeedFlags extends DoorFlags {
  readonly limit: number
  readonly keep?: true
}

export async function runFeed(io: Io, { keep, limit, ...flags }: FeedFlags): Promise<ExitCode> {
  const client = await reachRing(io, flags)
  const paint = paintFor(io, io.out)
  let told = 0
  let first: FeedItem | undefined
  let page: FeedPage | undefined
  do {
    page = await partOf(client, page, Math.min(limit - told, FEED_LIMIT_MAX))
    first ??= page.items[0]
    for (const item of page.items) {
      const isNew = page.seenUntil === null || item.at > page.seenUntil
      if (flags.json) jsonLine(io, { ...item, isNew })
      else for (const text of linesOf(item, isNew, paint)) line(io.out, text)
    }
    told += page.items.length
    for (const kind of page.incomplete) line(io.err, `${TITLES[kind]} do not answer now.`)
  } while (page.cursor !== undefined && told < limit)
  if (told === 0 && !flags.json) line(io.err, 'nothing happened yet')
  if (first !== undefined && keep === undefined) await client.feed.seen(first.at)
  return EXIT.done
}

function partOf(
  client: AnilloClient,
  before: FeedPage | undefined,
  limit: number,
): Promise<FeedPage> {
  const after = before?.cursor === undefined ? {} : { cursor: before.cursor }
  return client.feed.page({ limit, ...after })
}

const TITLES = { crawls: 'crawls', files: 'files', dweets: 'dweets', shares: 'shares' } as const

function linesOf(item: FeedItem, isNew: boolean, paint: Paint): readonly string[] {
  const mark = isNew ? '* ' : '  '
  switch (item.kind) {
    case 'crawls': {
      const { crawl } = item
      const seeds = shown(crawl.request.seeds.join(' '))
      const head = paint('bold', `Crawl of ${seeds} ended`)
      return [`${mark}${head} ${paint('dim', dateText(item.at))}`, `    ${crawlText(crawl)}`]
    }
    case 'files': {
      const { group, owner, path } = item.file
      const whom = group === undefined ? 'you' : `group ${group}`
      const head = paint('bold', `@${owner} shares with ${whom}`)
      return [`${mark}${head} ${paint('dim', dateText(item.at))}`, `    ${shown(path)}`]
    }
    case 'shares': {
      const { name, path, problem, state } = item.download
      const head = paint('bold', `Download of ${shown(name)}: ${state}`)
      const what = state === 'done' ? path : (problem?.text ?? '')
      const more = what === '' ? [] : [`    ${shown(what)}`]
      return [`${mark}${head} ${paint('dim', dateText(item.at))}`, ...more]
    }
    case 'dweets':
      return notificationLines(item.notification, { paint }).map((text, at) =>
        at === 0 ? mark + text : `  ${text}`,
      )
  }
}
