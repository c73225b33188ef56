/**
 * Where rows of accounts stand. Beside those of `wire/users.ts`:
 *
 *     users                 NICK/guesses        with the rows of the nick, whether it is taken or
 * not
 *     users.index           one pk a partition  sk nick: accounts of that partition, to be listed
 *     users.administrators  `all`               sk nick: so that one is always left
 *     users.addresses       the address         `guesses`
 *                           of SUBJECT          `guesses` of a password that is no account’s
 *     groups                `all`               sk g/NAME: a group; m/NAME/NICK: who is in it;
 *                                               p/NICK/NAME: of whom it is
 *     tokens                `signing`           sk key id: what signs access tokens
 *     audit                 one pk a partition  sk time: what happened in that partition
 *
 * Index and audit lie in the partition of what they tell of, so that one entry changes both.
 */
import ipaddr from 'ipaddr.js'

import type { RecordKey } from '../../store/partition/procedure.ts'
import { partitionOf, type PartitionId } from '../../wire/partition.ts'
import {
  accountSk,
  keyPrefix,
  membershipPrefix,
  sessionPrefix,
  SIGNING_PK,
  TOKENS_TABLE,
  USERS_TABLE,
  userPk,
} from '../../wire/users.ts'

export const ADMINISTRATORS_TABLE = 'users.administrators'
export const ADDRESSES_TABLE = 'users.addresses'
export { AUDIT_TABLE, SIGNING_PK, TOKENS_TABLE } from '../../wire/users.ts'

export const GROUPS_TABLE = 'groups'

export const ADMINISTRATORS_PK = 'all'
export const GROUPS_PK = 'all'

/** @param nick folded, as in all functions here */
export function partitionOfNick(nick: string): PartitionId {
  return partitionOf(USERS_TABLE, userPk(nick))
}

export function accountKey(nick: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: accountSk(nick) }
}

export function sessionKey(nick: string, id: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: sessionPrefix(nick) + id }
}

export function accessKeyKey(nick: string, id: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: keyPrefix(nick) + id }
}

export function guessesKey(nick: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: `${nick}/guesses` }
}

export function addressKey(block: string): RecordKey {
  return { table: ADDRESSES_TABLE, pk: block, sk: 'guesses' }
}

/** Of a password that belongs to no account; no address has a space. */
export function subjectKey(subject: string): RecordKey {
  return { table: ADDRESSES_TABLE, pk: `of ${subject}`, sk: 'guesses' }
}

export function administratorKey(nick: string): RecordKey {
  return { table: ADMINISTRATORS_TABLE, pk: ADMINISTRATORS_PK, sk: nick }
}

export function signingKeyKey(id: string): RecordKey {
  return { table: TOKENS_TABLE, pk: SIGNING_PK, sk: id }
}

export function groupKey(name: string): RecordKey {
  return inGroups(GROUP_PREFIX + name)
}

export function groupPersonKey(name: string, nick: string): RecordKey {
  return inGroups(groupPeoplePrefix(name) + nick)
}

export function groupOfKey(nick: string, name: string): RecordKey {
  return inGroups(groupsOfPrefix(nick) + name)
}

export function membershipKey(nick: string, group: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: membershipPrefix(nick) + group }
}

function inGroups(sk: string): RecordKey {
  return { table: GROUPS_TABLE, pk: GROUPS_PK, sk }
}

export const GROUP_PREFIX = 'g/'

export function groupPeoplePrefix(name: string): string {
  return `m/${name}/`
}

export function groupsOfPrefix(nick: string): string {
  return `p/${nick}/`
}

export const GROUPS_PARTITION = partitionOf(GROUPS_TABLE, GROUPS_PK)
export const ADMINISTRATORS_PARTITION = partitionOf(ADMINISTRATORS_TABLE, ADMINISTRATORS_PK)
export const TOKENS_PARTITION = partitionOf(TOKENS_TABLE, SIGNING_PK)

export function partitionOfAddress(block: string): PartitionId {
  return partitionOf(ADDRESSES_TABLE, block)
}

export function partitionOfSubject(subject: string): PartitionId {
  return partitionOf(ADDRESSES_TABLE, subjectKey(subject).pk)
}

const NETWORK_GROUPS = 4

/**
 * Who guesses: an IPv4 address, or the network of an IPv6 address (its first 64 bits), within which
 * one machine takes what addresses it likes. What is no address counts as itself.
 */
export function addressBlock(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, ADDRESS_CHARS_MAX)
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  const groups = parsed.parts.slice(0, NETWORK_GROUPS).map((group) => group.toString(16))
  return `${groups.join(':')}::`
}

const ADDRESS_CHARS_MAX = 64
