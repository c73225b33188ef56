/**
 * Accounts in the order of their nicks: each partition lists its own, and pages are put together.
 */
import type { UserList as UserPage } from '../../wire/api-accounts.ts'
import { ALL_PARTITIONS, pkIn } from '../../wire/partition.ts'
import { USERS_INDEX_TABLE } from '../../wire/users.ts'
import type { AccountsOptions } from './parts.ts'
import { readPublicAccount, type PublicAccount } from './rows.ts'
import { userOf } from './user-json.ts'

export interface PageOf {
  /** Nicks that begin so. */
  readonly prefix?: string
  /** The last nick of the page before. */
  readonly cursor?: string
  readonly limit: number
}

export class UserList {
  readonly #options: Pick<AccountsOptions, 'store'>

  constructor(options: Pick<AccountsOptions, 'store'>) {
    this.#options = options
  }

  /** @throws AnilloError STORE_UNAVAILABLE */
  async page(page: PageOf): Promise<UserPage> {
    const { limit } = page
    const accounts = await this.accounts({ ...page, limit: limit + 1 })
    const items = accounts.slice(0, limit).map(userOf)
    const last = items.at(-1)
    return accounts.length > limit && last !== undefined ? { items, cursor: last.nick } : { items }
  }

  async accounts({ cursor, limit, prefix }: PageOf): Promise<readonly PublicAccount[]> {
    const start = cursor === undefined ? {} : { start: `${cursor}\0` }
    const begun = prefix === undefined ? {} : { prefix }
    const lists = await Promise.all(
      ALL_PARTITIONS.map((partition) => {
        const place = { table: USERS_INDEX_TABLE, pk: pkIn(USERS_INDEX_TABLE, partition) }
        return this.#options.store.list({ ...place, ...start, ...begun, limit })
      }),
    )
    return lists
      .flatMap(({ items }) => items)
      .toSorted((a, b) => (a.sk < b.sk ? -1 : 1))
      .slice(0, limit)
      .map(readPublicAccount)
  }
}
