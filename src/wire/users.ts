/**
 * People of the ring, and how they stand in the table `users`. Everything of one person shares one
 * partition key, so that a transaction can change all of it: dweets will stand there, too.
 *
 *     pk  40 bits of SHA-256 of the nick, in hex: two nicks may share one, so that
 *     sk  begins with the nick:   NICK/account     who it is, and its password's hash
 *                                 NICK/session/SID one a log-in; gone, it counts no more
 *                                 NICK/key/ID      one an application password or API key
 *                                 NICK/group/NAME  one a group that it is in, or was
 *
 * Rows of sessions and keys say the role, the rights and the groups that they carry. Who changes
 * those of the account changes its sessions in the same transaction: a door reads one row a
 * request.
 */
import { sha256Hex } from '../base/hash.ts'
import { remembered } from '../base/remembered.ts'
import { pkIn, type PartitionId } from './partition.ts'

export const USERS_TABLE = 'users'
/** Who did what that concerns security. */
export const AUDIT_TABLE = 'audit'
/** Under `SIGNING_PK` what signs access tokens. No backup has it (`store/backup/rows.ts`). */
export const TOKENS_TABLE = 'tokens'
export const SIGNING_PK = 'signing'

/** One pk a partition, sk the nick: accounts of that partition that were not removed. */
export const USERS_INDEX_TABLE = 'users.index'
/** Procedure of the partition of somebody whose account is removed: with it goes all they wrote. */
export const FORGET_DWEETS = 'dweets.leave'

const PK_DIGITS = 10

/** @param nick folded */
export const userPk = remembered(4_096, (nick) => sha256Hex(nick).slice(0, PK_DIGITS))

export function accountSk(nick: string): string {
  return `${nick}/account`
}

/** Stands there as long as there is an account with that nick. */
export function listedUser(partition: PartitionId, nick: string) {
  return { table: USERS_INDEX_TABLE, pk: pkIn(USERS_INDEX_TABLE, partition), sk: nick }
}

export function sessionPrefix(nick: string): string {
  return `${nick}/session/`
}

export function keyPrefix(nick: string): string {
  return `${nick}/key/`
}

export function membershipPrefix(nick: string): string {
  return `${nick}/group/`
}
