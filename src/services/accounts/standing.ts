/** What others ask of an account whose owner is not there. */
import type { RecordStore } from '../../store/store.ts'
import type { Permission } from '../../wire/permissions.ts'
import { accountKey } from './places.ts'
import { permissionsOf, readAccount, type PublicAccount } from './rows.ts'
import { groupsOf, membershipsRange } from './work.ts'

/**
 * Linearizable. A nick without an account is not: nobody suspended it.
 * @throws AnilloError STORE_UNAVAILABLE
 */
export async function isSuspended(store: Pick<RecordStore, 'get'>, nick: string): Promise<boolean> {
  return (await stateOf(store, nick)) === 'suspended'
}

/** `undefined`: there never was one. Linearizable. @throws AnilloError STORE_UNAVAILABLE */
export async function stateOf(
  store: Pick<RecordStore, 'get'>,
  nick: string,
): Promise<PublicAccount['state'] | undefined> {
  const record = await store.get(accountKey(nick))
  return record === undefined ? undefined : readAccount(record).state
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
  const { items } = await store.list(membershipsRange(nick))
  return { permissions: permissionsOf(account), groups: groupsOf(items, nick) }
}
