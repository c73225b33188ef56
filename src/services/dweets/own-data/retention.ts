/** Which publications a rule of their author deletes. Pure. */
import { DAY_MS } from '../../../base/limits.ts'
import type { PublicationRow, RetentionRow } from '../rows.ts'

/** What their author did with it. */
export interface Own {
  readonly liked: boolean
  readonly bookmarked: boolean
}

/** What is older goes; ms since 1970. */
export function endOfRetention({ afterDays }: RetentionRow, nowMs: number): number {
  return nowMs - afterDays * DAY_MS
}

/** However old it is. */
export function isKept(
  rule: RetentionRow,
  row: PublicationRow,
  { bookmarked, liked }: Own,
): boolean {
  if ((rule.keepLiked && liked) || (rule.keepBookmarked && bookmarked)) return true
  if (row.kind === 'redweet') return false
  const { keepLikes = Infinity, keepRedweets = Infinity } = rule
  return row.likes >= keepLikes || row.redweets >= keepRedweets
}

/** Of a redweet, what it shows: that is liked, and kept. */
export function subjectOf(id: string, row: PublicationRow): string {
  return row.kind === 'redweet' ? row.of.id : id
}
