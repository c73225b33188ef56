/** What the versions of a page say: whether it changed now, and how long it need not be asked. */
import type { Page } from '../../../wire/api.ts'
import { isSameContent, sinceOf } from '../pages/page-record.ts'
import type { Archive } from '../versions/archive.ts'
import { urlPageId } from './places.ts'
import { askedAgainAfterMs } from './recrawl.ts'
import type { UrlEnd } from './rows.ts'

type Versions = Pick<Archive, 'versions'>

export interface Had {
  readonly page: Page
  readonly how: string
  /** Of the crawl, ms since 1970. */
  readonly startedAtMs: number
}

/**
 * Of a page that was had for a crawl: what it is beside what was held before, if it is another.
 * Whoever finishes for a member that died finds it held, and first seen since the crawl began.
 */
export async function changeOf(
  { how, page, startedAtMs }: Had,
  archive: Versions,
): Promise<Pick<UrlEnd, 'change' | 'before'>> {
  const since = sinceOf(page)
  const isNew = how === 'hit' ? Date.parse(since) >= startedAtMs : since === page.fetchedAt
  if (!isNew) return {}
  const { items } = await archive.versions(page.id)
  const before = items.find(({ at }) => at < since)
  if (before === undefined) return { change: 'new' }
  // Somebody had imported the very content.
  return isSameContent(before, page) ? {} : { change: 'changed', before: before.hash }
}

/** Copies of so much age will do; 0 where none is held. */
export async function restsForMs(url: string, archive: Versions): Promise<number> {
  const { items } = await archive.versions(urlPageId(url))
  // Archives that somebody imported say nothing of when the ring saw the site change.
  const seen = items.filter(({ importedAt }) => importedAt === undefined)
  const [newest] = seen
  if (newest?.isHeld !== true) return 0
  const seenMs = seen.map(({ at }) => Date.parse(at))
  return askedAgainAfterMs({ seenMs, checkedMs: Date.parse(newest.fetchedAt) })
}
