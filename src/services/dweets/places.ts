/**
 * Where rows of dweets stand. Everything of one person shares a partition key with their account
 * (wire/users.ts), so that one entry changes all of it. Two nicks may share one: each `sk` but
 * those that begin with an id of a row begins with the nick.
 *
 *     users         last                   the row id given last under this key
 *                   d/ROW                  a dweet or redweet; its author is in the row
 *                   edit/ROW/N             a text that it had before
 *                   f/ROW/ID               bytes of an attachment, where they are few
 *                   l/ROW/NICK             who likes it
 *                   r/ROW/NICK             who redweeted it
 *                   a/ROW/ID               what answers it
 *                   NICK/head              changes with whatever others see of NICK's dweets
 *                   NICK/profile           bio, and how many of what there are
 *                   NICK/rd/ID             the redweet of that dweet
 *                   NICK/like/ID           what NICK likes
 *                   NICK/mark/ID           what NICK keeps a bookmark of
 *                   NICK/ing/NICK          whom NICK follows, and what NICK has seen of them
 *                   NICK/er/NICK           who follows NICK
 *                   NICK/mute/NICK         whose dweets NICK does not want to see
 *                   NICK/block/NICK        whom NICK has blocked
 *                   NICK/blocked/NICK      who has blocked NICK
 *                   NICK/file/ID           an attachment that no dweet uses yet
 *                   NICK/note/ROW          a notification
 *                   NICK/list/ROW          a list of people that NICK made
 *                   NICK/listed/ROW/NICK   who is in that list
 *                   NICK/read/LIST         how far NICK has read, as programs say
 *                   NICK/report/SUBJECT    what NICK reported
 *                   NICK/case/SUBJECT      that there is a case about it: a dweet of NICK, or NICK
 *                   NICK/removed/ROW       that a moderator removed it
 *                   NICK/limit             what moderators laid upon NICK
 *                   removed/ROW            in place of a dweet that a moderator removed
 *                   NICK/retention         by when which publications of NICK are deleted
 *     dweets.reports one pk a partition    of the people of that partition:
 *                   case/SUBJECT           reports of one dweet or person, and what was decided
 *                   by/SUBJECT/NICK        what NICK said of it
 *                   open/ROW SUBJECT       cases that wait, and
 *                   closed/ROW SUBJECT     those that do not
 *     dweets.tags   of the tag             sk ROW PK: public dweets with the tag
 *     dweets.local  one pk a partition     sk ROW PK: public dweets of the people of that partition
 *     dweets.retention  one pk a partition  sk NICK: people of that partition with such a rule
 *
 * SUBJECT: the public id of a dweet, or a nick behind `@`. ROW: 16 hex digits, PK: 10
 * (wire/dweet-ids.ts); ID: a public id. Keys stand on disks in clear, so that of a tag is a hash.
 */
import { sha256Hex } from '../../base/hash.ts'
import type { RecordKey } from '../../store/partition/procedure.ts'
import type { DweetPlace } from '../../wire/dweet-ids.ts'
import { partitionOf, pkIn, type PartitionId } from '../../wire/partition.ts'
import { USERS_TABLE, userPk } from '../../wire/users.ts'

export const TAGS_TABLE = 'dweets.tags'
export const LOCAL_TABLE = 'dweets.local'
export const REPORTS_TABLE = 'dweets.reports'
export const RETENTION_TABLE = 'dweets.retention'

const TAG_PK_DIGITS = 32

/** Of what one person has, under their partition key. */
export const OWN_KINDS = [
  'rd',
  'like',
  'mark',
  'ing',
  'er',
  'mute',
  'block',
  'blocked',
  'file',
  'note',
  'list',
  'listed',
  'read',
  'report',
  'case',
  'removed',
] as const
export type OwnKind = (typeof OWN_KINDS)[number]

/** @param pk as `userPk` gives it, or a public id tells it */
export function partitionOfPk(pk: string): PartitionId {
  return partitionOf(USERS_TABLE, pk)
}

/** @param nick folded, as in all functions here */
export function partitionOfNick(nick: string): PartitionId {
  return partitionOfPk(userPk(nick))
}

export function lastKey(pk: string): RecordKey {
  return { table: USERS_TABLE, pk, sk: 'last' }
}

export const PUBLICATION_PREFIX = 'd/'

export function publicationKey(pk: string, row: string): RecordKey {
  return { table: USERS_TABLE, pk, sk: PUBLICATION_PREFIX + row }
}

export function editPrefix(row: string): string {
  return `edit/${row}/`
}

const EDIT_DIGITS = 3

/** @param number from 1 */
export function editKey(pk: string, row: string, number: number): RecordKey {
  const sk = editPrefix(row) + String(number).padStart(EDIT_DIGITS, '0')
  return { table: USERS_TABLE, pk, sk }
}

export function attachedKey(pk: string, row: string, id: string): RecordKey {
  return { table: USERS_TABLE, pk, sk: `f/${row}/${id}` }
}

/** Who likes, redweeted, or what answers. */
export type ReactionKind = 'l' | 'r' | 'a'

export function reactionPrefix(kind: ReactionKind, row: string): string {
  return `${kind}/${row}/`
}

/** @param by the nick, or the id of what answers */
export function reactionKey(pk: string, at: string, by: string): RecordKey {
  return { table: USERS_TABLE, pk, sk: at + by }
}

export function headKey(nick: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: `${nick}/head` }
}

export function profileKey(nick: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: `${nick}/profile` }
}

/** What moderators laid upon somebody. */
export function limitKey(nick: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: `${nick}/limit` }
}

/** In place of a dweet that a moderator removed. */
export function removedKey(pk: string, row: string): RecordKey {
  return { table: USERS_TABLE, pk, sk: `removed/${row}` }
}

/** By what rule their publications are deleted; absent: none is. */
export function retentionKey(nick: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: `${nick}/retention` }
}

/** Whose publications of that partition are deleted by a rule. */
export function retainedKey(partition: PartitionId, nick: string): RecordKey {
  return { table: RETENTION_TABLE, pk: pkIn(RETENTION_TABLE, partition), sk: nick }
}

export function ownPrefix(nick: string, kind: OwnKind): string {
  return `${nick}/${kind}/`
}

export function ownKey(nick: string, kind: OwnKind, name: string): RecordKey {
  return { table: USERS_TABLE, pk: userPk(nick), sk: ownPrefix(nick, kind) + name }
}

/** @param tag folded */
export function tagPk(tag: string): string {
  return sha256Hex(tag).slice(0, TAG_PK_DIGITS)
}

/** @param key of the tag */
export function taggedKey(key: string, { pk, row }: DweetPlace): RecordKey {
  return { table: TAGS_TABLE, pk: key, sk: `${row} ${pk}` }
}

export function localKey(partition: PartitionId, { pk, row }: DweetPlace): RecordKey {
  return { table: LOCAL_TABLE, pk: localPk(partition), sk: `${row} ${pk}` }
}

export function localPk(partition: PartitionId): string {
  return pkIn(LOCAL_TABLE, partition)
}
