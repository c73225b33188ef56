/** What the parts of the service have in common. */
import { AnilloError } from '../../base/errors.ts'
import type { RingId } from '../../base/ids.ts'
import type { Effects } from '../../effects/effects.ts'
import type { Procedure } from '../../store/partition/procedure.ts'
import type { RecordStore } from '../../store/store.ts'
import type { CallOptions, WriteOptions } from '../../store/types.ts'
import { foldNick } from '../../wire/account-texts.ts'
import { DIRECTORY_OWNER } from '../../wire/audit.ts'
import { accountKey, partitionOfNick } from './places.ts'
import { readAccount, type AccountRow } from './rows.ts'
import type { Origin, Principal } from './types.ts'
import type { Actor } from './work.ts'

export type AccountEffects = Pick<
  Effects,
  'clock' | 'random' | 'crypto' | 'passwords' | 'signing' | 'log'
>

export interface AccountsOptions {
  readonly effects: AccountEffects
  readonly ringId: RingId
  readonly store: Pick<RecordStore, 'get' | 'list' | 'call'>
}

/** Runs a procedure where everything of that nick lies. */
export function callFor<Q extends { readonly nick: string }, A>(
  { store }: Pick<AccountsOptions, 'store'>,
  procedure: Procedure<Q, A>,
  input: Q,
  options?: WriteOptions,
): Promise<A> {
  return store.call(partitionOfNick(input.nick), procedure, input, options)
}

/** For errors: what a person typed as a nick, or what it is. @throws AnilloError NO_USER */
export function knownNick(text: string): string {
  const nick = foldNick(text)
  if (nick === undefined) throw new AnilloError('NO_USER', { nick: text })
  return nick
}

export interface FoundAccount {
  readonly account: AccountRow
  readonly etag: { readonly generation: number; readonly index: number }
}

/** Not of a deleted one. @throws AnilloError NO_USER */
export async function findAccount(
  { store }: Pick<AccountsOptions, 'store'>,
  nick: string,
  options?: CallOptions,
): Promise<FoundAccount> {
  const record = await store.get(accountKey(nick), options)
  const account = record === undefined ? undefined : readAccount(record)
  if (record === undefined || account === undefined || account.state === 'deleted') {
    throw new AnilloError('NO_USER', { nick })
  }
  return { account, etag: record.etag }
}

export function actorOf(who: Principal | undefined, from?: Origin): Actor {
  const by = who?.by.kind === 'owner' ? DIRECTORY_OWNER : (who?.nick ?? null)
  return from?.address === undefined ? { by } : { by, address: from.address.slice(0, 64) }
}

/** Whoever acts on another's account manages accounts. @throws AnilloError PERMISSION_MISSING */
export function requireOwnOrManager(who: Principal, nick: string): void {
  if (who.nick !== nick) requireManager(who)
}

/** @throws AnilloError PERMISSION_MISSING */
export function requireManager(who: Principal): void {
  if (who.permissions.has('accounts.manage')) return
  throw new AnilloError('PERMISSION_MISSING', { permission: 'accounts.manage' })
}
