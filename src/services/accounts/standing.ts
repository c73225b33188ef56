/** What others ask of an account whose owner is not there. */
import type { RecordStore } from '../../store/store.ts'
import type { Permission } from '../../wire/permissions.ts'
import { membershipPrefix, USERS_TABLE, userPk } from '../../wire/users.ts'
import { MEMBERSHIPS_READ_MAX } from './limits.ts'
import { accountKey } from './places.ts'
import { permissionsOf, readAccount, readMembership } from './rows.ts'

/**
 * Linearizable. A nick without an account is not: nobody suspended it.
 * @throws AnilloError STORE_UNAVAILABLE
 */
export async function isSuspended(store: Pick<RecordStore, 'get'>, nick: string): Promise<boolean> {
  const record = await store.get(accountKey(nick))
  return record !== undefined && readAccount(record).state === 'suspended'
}

export interface Standing {
  readonly permissions: ReadonlySet<Permission>
  readonly groups: readonly string[]
}

/**
 * What an account may do at this moment; `undefined`: nothing, as it is suspended or there is none.
 * Linearizable. @throws AnilloError STORE_UNAVAILABLE
 */
export async function standingOf(
  store: Pick<RecordStore, 'get' | 'list'>,
  nick: string,
): Promise<Standing | undefined> {
  const record = await store.get(accountKey(nick))
  const account = record === undefined ? undefined : readAccount(record)
  if (account?.state !== 'active') return undefined
  const prefix = membershipPrefix(nick)
  const range = { table: USERS_TABLE, pk: userPk(nick), prefix, limit: MEMBERSHIPS_READ_MAX }
  const { items } = await store.list(range)
  const groups = items
    .filter((row) => readMembership(row).isIn)
    .map(({ sk }) => sk.slice(prefix.length))
  return { permissions: permissionsOf(account), groups }
}
