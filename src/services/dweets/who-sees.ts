/** For whom a dweet is. Pure: how who asks stands to its author is read before. */
import type { DweetRow } from './rows.ts'

/** Of who asks, to the author. */
export interface Standing {
  readonly isFollowing: boolean
  /** One of them has blocked the other. */
  readonly isApart: boolean
}

export function maySee(
  nick: string,
  { author, mentions, visibility }: Pick<DweetRow, 'author' | 'mentions' | 'visibility'>,
  { isApart, isFollowing }: Standing,
): boolean {
  if (author === nick) return true
  if (isApart) return false
  return visibility === 'public' || isFollowing || mentions.includes(nick)
}
