/**
 * What the feed is made of. Nothing is written for it: each service is asked when somebody reads,
 * with the rights that they have then. Whoever adds a service that has something to tell adds a
 * source here.
 */
import type { Dweeter, Dweets } from '../../../services/dweets/types.ts'
import type { Files, FileUser } from '../../../services/files/types.ts'
import type { Crawls } from '../../../services/scrape/crawl/crawls.ts'
import type { ShareService } from '../../../services/share/share-service.ts'
import type { FeedItem } from '../../../wire/api-feed.ts'
import type { FeedKind } from '../../../wire/feed-kinds.ts'
import { sharedJson } from '../files/entries.ts'

export interface FeedAsker {
  readonly dweeter: Dweeter
  readonly fileUser: FileUser
}

export interface FeedPart {
  /** Newest first. */
  readonly items: readonly FeedItem[]
  /** Where the source goes on behind them. */
  readonly cursor?: string | undefined
}

/** @param cursor of an earlier part of this source. @throws AnilloError */
export type FeedSource = (asker: FeedAsker, cursor: string | undefined) => Promise<FeedPart>

export type FeedSources = { readonly [K in FeedKind]?: FeedSource }

export type OwnDownloads = Pick<ShareService['downloads'], 'list'>

export interface FeedParts {
  readonly crawls?: Pick<Crawls, 'ended'>
  readonly files?: Pick<Files, 'sharedWith'>
  readonly dweets?: Pick<Dweets, 'notifications'>
  readonly share?: { readonly downloads: OwnDownloads }
}

const CRAWLS_AT_ONCE = 40
const NOTIFICATIONS_AT_ONCE = 40
/** One’s own, those begun last. */
const DOWNLOADS_LOOKED_AT = 100

export function feedSources({ crawls, dweets, files, share }: FeedParts): FeedSources {
  return {
    ...(crawls === undefined ? {} : { crawls: crawlSource(crawls) }),
    ...(files === undefined ? {} : { files: fileSource(files) }),
    ...(dweets === undefined ? {} : { dweets: dweetSource(dweets) }),
    ...(share === undefined ? {} : { shares: shareSource(share.downloads) }),
  }
}

function crawlSource(crawls: Pick<Crawls, 'ended'>): FeedSource {
  return async ({ dweeter }, cursor) => {
    const page = { limit: CRAWLS_AT_ONCE, ...(cursor === undefined ? {} : { cursor }) }
    const { cursor: next, items } = await crawls.ended(dweeter.nick, page)
    return {
      items: items.flatMap((crawl): readonly FeedItem[] => {
        const { endedAt: at, id } = crawl
        return at === undefined ? [] : [{ kind: 'crawls', id, at, crawl }]
      }),
      cursor: next,
    }
  }
}

function fileSource(files: Pick<Files, 'sharedWith'>): FeedSource {
  return async ({ fileUser }) => {
    const shared = (await files.sharedWith(fileUser)).map(sharedJson)
    return {
      items: shared.map((file) => ({ kind: 'files', id: file.id, at: file.sharedAt, file })),
    }
  }
}

function dweetSource(dweets: Pick<Dweets, 'notifications'>): FeedSource {
  return async ({ dweeter }, cursor) => {
    const page = { limit: NOTIFICATIONS_AT_ONCE, ...(cursor === undefined ? {} : { cursor }) }
    const { cursor: next, items } = await dweets.notifications(dweeter, page)
    return {
      items: items.map((notification) => {
        const { at, id } = notification
        return { kind: 'dweets', id, at, notification }
      }),
      cursor: next,
    }
  }
}

function shareSource(downloads: OwnDownloads): FeedSource {
  return async ({ dweeter, fileUser: { groups } }) => {
    // Also of who may see those of others: these are nobody else’s.
    const who = { nick: dweeter.nick, isManager: false, groups }
    const { items } = await downloads.list(who, { limit: DOWNLOADS_LOOKED_AT })
    const ended = items.flatMap((download): readonly FeedItem[] => {
      const { endedAt, id } = download
      return endedAt === null ? [] : [{ kind: 'shares', id, at: endedAt, download }]
    })
    return { items: ended.toSorted((a, b) => (a.at < b.at ? 1 : -1)) }
  }
}
