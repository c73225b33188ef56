/** What procedures of accounts do with a partition’s rows. */
import { Type, type Static } from 'typebox'

import { fenceOf } from '../../store/locks/lock-value.ts'
import type { PartitionWork, StoredRecord } from '../../store/partition/procedure.ts'
import type { AuditWhat } from '../../wire/audit.ts'
import { pkIn } from '../../wire/partition.ts'
import {
  keyPrefix,
  listedUser,
  membershipPrefix,
  sessionPrefix,
  USERS_TABLE,
  userPk,
} from '../../wire/users.ts'
import { AUDIT_ENTRIES_MAX, AUDIT_KEPT_MS, KEYS_MAX, SESSIONS_MAX } from './limits.ts'
import { accountKey, AUDIT_TABLE } from './places.ts'
import {
  publicOf,
  readAccount,
  readMembership,
  rowBytes,
  type AccountRow,
  type AuditRow,
} from './rows.ts'

/** Who asked, for the audit log. */
export const Actor = Type.Object({
  by: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
  address: Type.Optional(Type.String({ maxLength: 64 })),
})
export type Actor = Readonly<Static<typeof Actor>>

/** The account, unless there is none or it was deleted. */
export function accountIn(work: PartitionWork, nick: string): AccountRow | undefined {
  const record = work.get(accountKey(nick))
  const account = record === undefined ? undefined : readAccount(record)
  return account?.state === 'deleted' ? undefined : account
}

export function requireAccount(work: PartitionWork, nick: string): AccountRow {
  return accountIn(work, nick) ?? work.refuse('NO_USER', { nick })
}

/** With what is listed of it. */
export function putAccount(work: PartitionWork, account: AccountRow): void {
  work.put(accountKey(account.nick), rowBytes(account))
  const place = listedUser(work.partition, account.nick)
  if (account.state === 'deleted') work.delete(place)
  else work.put(place, rowBytes(publicOf(account)))
}

/** Names the version of a row that this entry writes: greater than that of any before. */
export function versionHere(work: PartitionWork): number {
  return fenceOf(work)
}

export function sessionsIn(work: PartitionWork, nick: string): readonly StoredRecord[] {
  const pk = userPk(nick)
  return work.list({
    table: USERS_TABLE,
    pk,
    prefix: sessionPrefix(nick),
    limit: SESSIONS_MAX + 1,
  })
}

export function keysIn(work: PartitionWork, nick: string): readonly StoredRecord[] {
  const pk = userPk(nick)
  return work.list({ table: USERS_TABLE, pk, prefix: keyPrefix(nick), limit: KEYS_MAX + 1 })
}

/** Names of the groups that the account is in, in their order. */
export function groupsIn(work: PartitionWork, nick: string): readonly string[] {
  return groupsOf(membershipsIn(work, nick), nick)
}

/** Of rows of memberships of that nick, those of groups that it is in. */
export function groupsOf(memberships: readonly StoredRecord[], nick: string): readonly string[] {
  const prefix = membershipPrefix(nick)
  return memberships
    .filter((record) => readMembership(record).isIn)
    .map(({ sk }) => sk.slice(prefix.length))
}

/** Those that have ended, too. */
export function membershipsIn(work: PartitionWork, nick: string): readonly StoredRecord[] {
  return work.list(membershipsRange(nick))
}

export function membershipsRange(nick: string) {
  const range = { table: USERS_TABLE, pk: userPk(nick), prefix: membershipPrefix(nick) }
  return { ...range, limit: MEMBERSHIPS_READ_MAX }
}

/** Those that have ended go by themselves. */
const MEMBERSHIPS_READ_MAX = 1_000

/** Deletes the rows of that user. @returns how many */
export function dropRows(
  work: PartitionWork,
  nick: string,
  rows: readonly Pick<StoredRecord, 'sk'>[],
): number {
  const pk = userPk(nick)
  for (const { sk } of rows) work.delete({ table: USERS_TABLE, pk, sk })
  return rows.length
}

export type Deed = Omit<AuditRow, 'atMs' | 'what'> & { readonly what: AuditWhat }

const SEQUENCE_DIGITS = 12
const TIME_DIGITS = 13

/**
 * Writes down what happened, in the entry that does it. In one partition entries are numbered
 * without gaps, so that the oldest goes when there are too many.
 */
export function noteIn(work: PartitionWork, what: Deed): void {
  const pk = pkIn(AUDIT_TABLE, work.partition)
  const range = { table: AUDIT_TABLE, pk, limit: 1 }
  const [newest] = work.list({ ...range, reverse: true })
  const [oldest] = work.list(range)
  const sequence = newest === undefined ? 1 : sequenceOf(newest) + 1
  if (oldest !== undefined && sequence - sequenceOf(oldest) >= AUDIT_ENTRIES_MAX) {
    work.delete({ table: AUDIT_TABLE, pk, sk: oldest.sk })
  }
  const time = String(work.timeMs).padStart(TIME_DIGITS, '0')
  const number = String(sequence).padStart(SEQUENCE_DIGITS, '0')
  const sk = `${time}.${number}.${String(work.partition).padStart(2, '0')}`
  const row: AuditRow = { atMs: work.timeMs, ...what }
  work.put({ table: AUDIT_TABLE, pk, sk }, rowBytes(row), work.timeMs + AUDIT_KEPT_MS)
}

function sequenceOf({ sk }: StoredRecord): number {
  return Number(sk.split('.')[1])
}
