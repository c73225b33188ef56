/** Rows of lists of people, as they are read. */
import { AnilloError } from '../../../base/errors.ts'
import type { RecordKey } from '../../../store/partition/procedure.ts'
import type { Store } from '../../../store/types.ts'
import { placeOfPublicId } from '../../../wire/dweet-ids.ts'
import { LIST_PEOPLE_MAX } from '../../../wire/dweet-limits.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { ownKey, ownPrefix } from '../places.ts'

/** Before the nicks of those who are in the list. */
export function peoplePrefix(nick: string, row: string): string {
  return `${ownPrefix(nick, 'listed')}${row}/`
}

export function listedKey(nick: string, row: string, whom: string): RecordKey {
  return ownKey(nick, 'listed', `${row}/${whom}`)
}

/** @throws AnilloError LIST_GONE: they never had one of that id */
export function listRowOf(nick: string, id: string): string {
  const place = placeOfPublicId(id)
  if (place?.pk !== userPk(nick)) throw new AnilloError('LIST_GONE')
  return place.row
}

/** Who is in it; `undefined`: there is no such list. @throws AnilloError STORE_UNAVAILABLE */
export async function listedOf(
  store: Pick<Store, 'get' | 'list'>,
  nick: string,
  row: string,
): Promise<readonly string[] | undefined> {
  const prefix = peoplePrefix(nick, row)
  const range = { table: USERS_TABLE, pk: userPk(nick), prefix, limit: LIST_PEOPLE_MAX }
  const [list, { items }] = await Promise.all([
    store.get(ownKey(nick, 'list', row)),
    store.list(range),
  ])
  return list && items.map(({ sk }) => sk.slice(prefix.length))
}
