/** Where timelines come from: authors, lists of partitions, lists of tags, bookmarks. */
import type { StoredRecord } from '../../../store/partition/procedure.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { LOCAL_TABLE, localPk, ownPrefix, partitionOfPk, TAGS_TABLE } from '../places.ts'
import { readListed } from '../rows.ts'
import { countBefore, countUpTo, type Head, type Heads } from './heads.ts'
import { LOCAL_STRETCH_ROWS, STRETCH_ROWS } from './limits.ts'
import type { Source, Told } from './merging.ts'
import {
  idOf,
  listPublished,
  pkOf,
  placeOf,
  placeOfId,
  rowIdOf,
  TOP,
  type Records,
} from './published.ts'

export interface SourceParts {
  readonly store: Records
  readonly heads: Heads
}

/** Publications of an author, newest first: the newest ones as they are kept. */
export function authorSource({ heads, store }: SourceParts, author: string): Source {
  let head: Promise<Head> | undefined
  const pk = userPk(author)
  return {
    partition: partitionOfPk(pk),
    name: author,
    tell: async (frontier): Promise<Told> => {
      head ??= heads.of(author)
      const { isWhole, rows } = await head
      const end = frontier === TOP ? rows.length : countBefore(rows, frontier)
      const from = Math.max(0, end - STRETCH_ROWS)
      const refs = rows.slice(from, end).toReversed()
      if (isWhole && from === 0) return { refs, frontier: undefined }
      if (refs.length > 0) return { refs, frontier: refs.at(-1)?.place }
      const behind = behindOf(frontier, pk)
      const stretch = { order: 'newestFirst', limit: STRETCH_ROWS, behind } as const
      const page = await listPublished(store, author, stretch)
      return { refs: page.rows, frontier: page.next && placeOf(pk, page.next) }
    },
  }
}

/**
 * Publications of an author, oldest first: where none that is missing lies between, of those that
 * are kept.
 */
export function unseenSource(store: Records, author: string, { isWhole, rows }: Head): Source {
  const pk = userPk(author)
  return {
    partition: partitionOfPk(pk),
    name: author,
    tell: async (frontier): Promise<Told> => {
      const from = countUpTo(rows, rowIdOf(frontier))
      if (isWhole || from > 0) {
        const refs = rows.slice(from, from + STRETCH_ROWS)
        const isLast = from + refs.length === rows.length
        return { refs, frontier: isLast ? undefined : refs.at(-1)?.place }
      }
      const behind = rowIdOf(frontier)
      const stretch = { order: 'oldestFirst', limit: STRETCH_ROWS, behind } as const
      const page = await listPublished(store, author, stretch)
      return { refs: page.rows, frontier: page.next && placeOf(pk, page.next) }
    },
  }
}

/**
 * Of the row ids under a partition key those before the place: the row of the place is among them
 * where that key comes before that of the place.
 */
function behindOf(place: string, pk: string): string | undefined {
  if (place === TOP) return undefined
  const row = rowIdOf(place)
  return pk < pkOf(place) ? (BigInt(`0x${row}`) + 1n).toString(16).padStart(row.length, '0') : row
}

/** Public dweets of the people of a partition, newest first. */
export function localSource(store: Records, partition: PartitionId, name: string): Source {
  const home = { table: LOCAL_TABLE, pk: localPk(partition), limit: LOCAL_STRETCH_ROWS }
  return listSource(store, home, { partition, name })
}

/** Public dweets with a tag, newest first. */
export function tagSource(store: Records, pk: string): Source {
  const partition = partitionOf(TAGS_TABLE, pk)
  return listSource(store, { table: TAGS_TABLE, pk, limit: STRETCH_ROWS }, { partition, name: '' })
}

function listSource(
  store: Records,
  home: { readonly table: string; readonly pk: string; readonly limit: number },
  about: Pick<Source, 'partition' | 'name'>,
): Source {
  return {
    ...about,
    tell: async (frontier): Promise<Told> => {
      const end = frontier === TOP ? {} : { end: listedSk(frontier) }
      const { cursor, items } = await store.list({ ...home, ...end, reverse: true })
      const refs = items.map((record) => ({ place: placeOfListed(record), author: byOf(record) }))
      return { refs, frontier: cursor === undefined ? undefined : refs.at(-1)?.place }
    },
  }
}

function listedSk(place: string): string {
  return `${rowIdOf(place)} ${pkOf(place)}`
}

/** Of a row in the list of a partition or of a tag. */
export function placeOfListed({ sk }: Pick<StoredRecord, 'sk'>): string {
  return sk.replace(' ', '')
}

function byOf(record: StoredRecord): string {
  return readListed(record).by
}

/**
 * What somebody likes or keeps bookmarks of, newest dweets first. Ids are ordered as text, as they
 * have one length from the year 2014 to 2409.
 */
export function keptSource(store: Records, nick: string, kind: 'like' | 'mark'): Source {
  const pk = userPk(nick)
  const prefix = ownPrefix(nick, kind)
  return {
    partition: partitionOfPk(pk),
    name: nick,
    tell: async (frontier): Promise<Told> => {
      const end = frontier === TOP ? {} : { end: prefix + idOf(frontier) }
      const range = { table: USERS_TABLE, pk, prefix, ...end, reverse: true, limit: STRETCH_ROWS }
      const { cursor, items } = await store.list(range)
      const refs = items.flatMap(({ sk }) => {
        const place = placeOfId(sk.slice(prefix.length))
        return place === undefined ? [] : [{ place }]
      })
      return { refs, frontier: cursor === undefined ? undefined : refs.at(-1)?.place }
    },
  }
}
