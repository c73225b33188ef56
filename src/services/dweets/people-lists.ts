/** Pages of people, each the last part of a row's `sk`, by nick. */
import { AnilloError } from '../../base/errors.ts'
import type { RangeOptions } from '../../store/partition/procedure.ts'
import type { PeoplePage } from '../../wire/api-dweets.ts'
import { USERS_TABLE, userPk } from '../../wire/users.ts'
import { personOf, type DweetParts } from './parts.ts'
import type { PageOf } from './types.ts'

export interface PeopleRows {
  /** Whose rows. */
  readonly nick: string
  readonly prefix: string
}

/** @throws AnilloError BAD_REQUEST: the cursor is none */
export async function listPeople(
  parts: DweetParts,
  rows: PeopleRows,
  page: PageOf,
): Promise<PeoplePage> {
  const { items, cursor } = await parts.store.list(rangeOf(rows, page))
  const names = items.map(({ sk }) => sk.slice(rows.prefix.length))
  const people = await Promise.all(names.map((name) => personOf(parts, name)))
  const last = names.at(-1)
  return {
    items: people,
    ...(cursor === undefined || last === undefined ? {} : { cursor: last }),
  }
}

const NICK = /^[a-z0-9_]{1,30}$/

function rangeOf({ nick, prefix }: PeopleRows, { cursor, limit }: PageOf): RangeOptions {
  const range = { table: USERS_TABLE, pk: userPk(nick), prefix, limit }
  if (cursor === undefined) return range
  if (!NICK.test(cursor)) {
    throw new AnilloError('BAD_REQUEST', { problem: 'that is no cursor of a list' })
  }
  return { ...range, start: `${prefix}${cursor}\0` }
}
