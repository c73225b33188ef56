/** What the feed of one's own is made of (`api-feed.ts`). Pure; the page has it, too. */
import type { Permission } from './permissions.ts'

export const FEED_KINDS = ['crawls', 'files', 'dweets', 'shares'] as const
export type FeedKind = (typeof FEED_KINDS)[number]

/** What a kind is shown by: who may not do that is told nothing of it. */
export const FEED_NEEDS = {
  crawls: 'pages.read',
  files: 'files.read',
  dweets: 'dweets.read',
  shares: 'shares.read',
} as const satisfies Record<FeedKind, Permission>

export const FEED_LIMIT_DEFAULT = 20
export const FEED_LIMIT_MAX = 50
/** More are not counted. */
export const FEED_UNSEEN_MAX = 50
