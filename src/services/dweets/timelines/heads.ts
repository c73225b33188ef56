/**
 * The newest publications of authors, kept by this member. Each reading asks the store what changed
 * of them since the one before, so that reads stay linearizable (store/kept-ranges.ts).
 */
import { KeptRanges, type KeptRange } from '../../../store/kept-ranges.ts'
import type { Store } from '../../../store/types.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { PUBLICATION_PREFIX } from '../places.ts'
import { CACHED_ROWS_MAX, HEAD_ROWS } from './limits.ts'
import { publishedOf, TOP, type Published } from './published.ts'

/** The same object as long as nothing of it changed. */
export interface Head {
  /** Oldest first. */
  readonly rows: readonly Published[]
  /** There are no older ones. */
  readonly isWhole: boolean
  /** Of the rows those that are redweets, and were not imported. */
  readonly redweets: readonly Published[]
  /** Of the rows those that were imported. */
  readonly imported: readonly Published[]
}

export class Heads {
  /** Of each partition key; in most of them one person has all. */
  readonly #kept: KeptRanges<Published>
  readonly #heads = new WeakMap<KeptRange<Published>, Map<string, Head>>()

  constructor(
    store: Pick<Store, 'read'>,
    { rowsMax = CACHED_ROWS_MAX }: { readonly rowsMax?: number } = {},
  ) {
    this.#kept = new KeptRanges({
      store,
      rowOf: (record, { pk }) => publishedOf(pk, record),
      rowsMax,
    })
  }

  /** @param last so many at least, where there are. @throws AnilloError STORE_UNAVAILABLE */
  async of(author: string, last = HEAD_ROWS): Promise<Head> {
    const pk = userPk(author)
    const kept = await this.#kept.of({ table: USERS_TABLE, pk, prefix: PUBLICATION_PREFIX, last })
    const heads = this.#heads.get(kept) ?? new Map<string, Head>()
    this.#heads.set(kept, heads)
    const head = heads.get(author) ?? headOf(kept, author)
    heads.set(author, head)
    return head
  }
}

/** Another nick under the same key has theirs among them. */
function headOf({ isWhole, rows: all }: KeptRange<Published>, author: string): Head {
  const rows = all.every(({ row }) => row.author === author)
    ? all
    : all.filter(({ row }) => row.author === author)
  const redweets = rows.filter(({ row }) => row.kind === 'redweet' && row.imported === undefined)
  const imported = rows.filter(({ row }) => row.imported !== undefined)
  return { rows, isWhole, redweets, imported }
}

/** How many of the rows, oldest first, lie before the place. */
export function countBefore(rows: readonly Published[], place: string): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rows[middle]?.place ?? '') < place) low = middle + 1
    else high = middle
  }
  return low
}

/** How many of the rows, oldest first, do not lie behind the row. */
export function countUpTo(rows: readonly Published[], row: string): number {
  return countBefore(rows, row + TOP)
}
