/** What somebody did with the dweets of an answer: rows of theirs, which lie together. */
import type { Dweet } from '../../../wire/api-dweets.ts'
import { compareIds } from '../../../wire/dweet-ids.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { hasOwn, type DweetParts } from '../parts.ts'
import { ownPrefix, type OwnKind } from '../places.ts'
import { MINE_LISTED_MAX } from './limits.ts'

export type MineOf = (id: string) => Dweet['mine']

/** @throws AnilloError STORE_UNAVAILABLE */
export async function mineOfAll(
  parts: DweetParts,
  nick: string,
  ids: readonly string[],
): Promise<MineOf> {
  const sorted = [...new Set(ids)].toSorted(compareIds)
  const [liked, redweeted, bookmarked] = await Promise.all([
    ofThese(parts, { nick, kind: 'like' }, sorted),
    ofThese(parts, { nick, kind: 'rd' }, sorted),
    ofThese(parts, { nick, kind: 'mark' }, sorted),
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

/** One list where few lie between the first and the last, else one read for each. */
async function ofThese(
  parts: DweetParts,
  { kind, nick }: Own,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const [first, last] = [ids[0], ids.at(-1)]
  if (first === undefined || last === undefined) return new Set()
  if (first.length === last.length) {
    const prefix = ownPrefix(nick, kind)
    const between = { prefix, start: prefix + first, end: `${prefix}${last}\0` }
    const range = { table: USERS_TABLE, pk: userPk(nick), ...between, limit: MINE_LISTED_MAX }
    const { cursor, items } = await parts.store.list(range)
    if (cursor === undefined) return new Set(items.map(({ sk }) => sk.slice(prefix.length)))
  }
  const are = await Promise.all(ids.map((name) => hasOwn(parts, { nick, kind, name })))
  return new Set(ids.filter((_, i) => are[i]))
}
