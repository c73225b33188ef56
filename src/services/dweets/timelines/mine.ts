/** What somebody did with the dweets of an answer: rows of theirs, which lie together. */
import type { Dweet } from '../../../wire/api-dweets.ts'
import { hasOwn, type DweetParts } from '../parts.ts'
import { ownPrefix, type OwnKind } from '../places.ts'
import { MINE_KEPT } from './limits.ts'
import type { OwnLists } from './own-lists.ts'

export interface MineParts extends DweetParts {
  readonly own: OwnLists
}

export type MineOf = (id: string) => Dweet['mine']

/** @throws AnilloError STORE_UNAVAILABLE */
export async function mineOfAll(
  parts: MineParts,
  nick: string,
  ids: readonly string[],
): Promise<MineOf> {
  const asked = [...new Set(ids)]
  const [liked, redweeted, bookmarked] = await Promise.all([
    ofThese(parts, { nick, kind: 'like' }, asked),
    ofThese(parts, { nick, kind: 'rd' }, asked),
    ofThese(parts, { nick, kind: 'mark' }, asked),
  ])
  return (id) => ({
    liked: liked.has(id),
    redweeted: redweeted.has(id),
    bookmarked: bookmarked.has(id),
  })
}

interface Own {
  readonly nick: string
  readonly kind: OwnKind
}

/** The newest are kept; of others one read for each. */
async function ofThese(
  parts: MineParts,
  { kind, nick }: Own,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { isWhole, rows } = await parts.own.of(nick, kind, MINE_KEPT)
  const from = ownPrefix(nick, kind).length
  const kept = rows.map(({ sk }) => sk.slice(from))
  const [oldest] = kept
  const names = new Set(kept)
  // As text, in which order they are kept.
  const isKept = (name: string): boolean => isWhole || (oldest !== undefined && name >= oldest)
  const others = ids.filter((name) => !isKept(name))
  const are = await Promise.all(others.map((name) => hasOwn(parts, { nick, kind, name })))
  const found = others.filter((_, i) => are[i])
  return new Set([...ids.filter((name) => isKept(name) && names.has(name)), ...found])
}
