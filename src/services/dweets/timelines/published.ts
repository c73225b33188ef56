/**
 * Dweets and redweets where they stand. A place is ROW PK, 26 hex digits: places are ordered as
 * text, which is the order of public ids, and no two publications share one.
 */
import { remembered } from '../../../base/remembered.ts'
import type { RecordKey, StoredRecord } from '../../../store/partition/procedure.ts'
import type { Store } from '../../../store/types.ts'
import { placeOfPublicId, publicIdOf, timeOfRowId } from '../../../wire/dweet-ids.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { partitionOfPk, PUBLICATION_PREFIX, publicationKey } from '../places.ts'
import { readPublication, type PublicationRow } from '../rows.ts'

/** What reading needs of the store. */
export type Records = Pick<Store, 'get' | 'list'>

const ROW_DIGITS = 16

/** Behind all publications, and before them. */
export const TOP = 'z'
export const BOTTOM = ''

/** The least row id: nobody is given it. */
export const ZERO_ROW = '0'.repeat(ROW_DIGITS)

export interface Published {
  readonly place: string
  readonly row: PublicationRow
}

export function placeOf(pk: string, row: string): string {
  return row + pk
}

export function placeOfId(id: string): string | undefined {
  const found = placeOfPublicId(id)
  return found && placeOf(found.pk, found.row)
}

export function rowIdOf(place: string): string {
  return place.slice(0, ROW_DIGITS)
}

export function pkOf(place: string): string {
  return place.slice(ROW_DIGITS)
}

/** Of places that are shown again and again. */
export const idOf = remembered(8_192, (place) =>
  publicIdOf({ pk: pkOf(place), row: rowIdOf(place) }),
)

export function timeOf(place: string): number {
  return timeOfRowId(rowIdOf(place))
}

export function partitionAt(place: string): PartitionId {
  return partitionOfPk(pkOf(place))
}

export function keyAt(place: string): RecordKey {
  return publicationKey(pkOf(place), rowIdOf(place))
}

export interface RowPage {
  readonly rows: readonly Published[]
  /** The row id behind which to go on; absent: there is no more. */
  readonly next: string | undefined
}

export interface Stretch {
  readonly order: 'newestFirst' | 'oldestFirst'
  /** Row id, itself not included; absent: from the newest, or the oldest, on. */
  readonly behind?: string | undefined
  readonly limit: number
}

/**
 * Of one author, at least one publication unless there is no more. Another nick under the same
 * partition key has theirs among them.
 * @throws AnilloError STORE_UNAVAILABLE
 */
export async function listPublished(
  store: Records,
  author: string,
  stretch: Stretch,
): Promise<RowPage> {
  const pk = userPk(author)
  for (let { behind } = stretch; ;) {
    const page = await store.list({ table: USERS_TABLE, pk, ...rangeOf({ ...stretch, behind }) })
    const rows = page.items.map((record) => publishedOf(pk, record))
    const own = rows.filter(({ row }) => row.author === author)
    const last = rows.at(-1)
    const next = page.cursor === undefined || last === undefined ? undefined : rowIdOf(last.place)
    if (own.length > 0 || next === undefined) return { rows: own, next }
    behind = next
  }
}

export function publishedOf(pk: string, record: StoredRecord): Published {
  const row = record.sk.slice(PUBLICATION_PREFIX.length)
  return { place: placeOf(pk, row), row: readPublication(record) }
}

function rangeOf({ behind, limit, order }: Stretch) {
  const prefix = PUBLICATION_PREFIX
  if (order === 'newestFirst') {
    return {
      prefix,
      limit,
      reverse: true,
      ...(behind === undefined ? {} : { end: prefix + behind }),
    }
  }
  // The least text behind a sort key is one NUL longer.
  return { prefix, limit, ...(behind === undefined ? {} : { start: `${prefix}${behind}\0` }) }
}
