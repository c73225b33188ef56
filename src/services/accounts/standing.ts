/** What others ask of an account whose owner is not there. */
import type { RecordStore } from '../../store/store.ts'
import { accountKey } from './places.ts'
import { readAccount } from './rows.ts'

/**
 * Linearizable. A nick without an account is not: nobody suspended it.
 * @throws AnilloError STORE_UNAVAILABLE
 */
export async function isSuspended(store: Pick<RecordStore, 'get'>, nick: string): Promise<boolean> {
  const record = await store.get(accountKey(nick))
  return record !== undefined && readAccount(record).state === 'suspended'
}
