/**
 * What somebody brings along stands where it stood: its row id is of its time, and below those that
 * are given from now on. It is made of what is imported alone, so that the same comes to the same
 * place, and is known there. Nobody is told, and others’ counts grow by it as by any other.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { Visibility } from '../../../wire/api-dweets.ts'
import { nextRowId, placeOfPublicId, publicIdOf } from '../../../wire/dweet-ids.ts'
import {
  ATTACHMENTS_MAX,
  EDITS_MAX,
  IMPORT_ITEMS_MAX,
  IMPORTED_MAX,
} from '../../../wire/dweet-limits.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { takeAttached } from '../attachments/attach-procedures.ts'
import { relist } from '../index-procedures.ts'
import {
  editKey,
  lastKey,
  ownKey,
  PUBLICATION_PREFIX,
  publicationKey,
  removedKey,
} from '../places.ts'
import { sendReaction } from '../reaction-procedures.ts'
import {
  Address,
  Described,
  EditRow,
  readLast,
  readPublication,
  readRedweeted,
  RowId,
  type DweetRow,
  type PublicationRow,
  type RedweetedRow,
} from '../rows.ts'
import { rowAfter } from '../timelines/bounds.ts'
import {
  count,
  DWEET_TABLES,
  limitIn,
  Nick,
  profileIn,
  requireUnsuspended,
  requireUser,
  touchHead,
} from '../work.ts'

const From = {
  /** Where it is to stand: of its time. */
  row: RowId,
  /** Its id where it comes from. */
  id: Type.String(),
}

const DweetIn = Type.Object({
  kind: Type.Literal('dweet'),
  ...From,
  text: Type.String(),
  warning: Type.Optional(Type.String()),
  tags: Type.Array(Type.String()),
  visibility: Visibility,
  replyTo: Type.Optional(Address),
  /** What waits for it: where one is gone, nothing is imported. */
  attachments: Type.Optional(Type.Array(Described, { maxItems: ATTACHMENTS_MAX })),
  editedAtMs: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Oldest first. */
  history: Type.Array(EditRow, { maxItems: EDITS_MAX }),
})
const RedweetIn = Type.Object({
  kind: Type.Literal('redweet'),
  ...From,
  of: Address,
  /** What it shows is on this ring, and for everybody. */
  isHere: Type.Boolean(),
})
export type DweetIn = Readonly<Static<typeof DweetIn>>
export type RedweetIn = Readonly<Static<typeof RedweetIn>>
export type PublicationIn = DweetIn | RedweetIn

const ImportInput = Type.Object({
  nick: Nick,
  items: Type.Array(Type.Union([DweetIn, RedweetIn]), { maxItems: IMPORT_ITEMS_MAX }),
})
type ImportInput = Readonly<Static<typeof ImportInput>>

export type Imported =
  | { readonly kind: 'imported' | 'there'; readonly row: string }
  | { readonly kind: 'ahead' | 'full' | 'removed' }

/** Places that are tried, one behind the other, where something else stands. */
const PLACES_TRIED = 16

export const importPublications = defineProcedure({
  name: 'dweets.import',
  tables: DWEET_TABLES,
  readInput: reader(ImportInput),
  run: (work, { items, nick }: ImportInput): Imported[] => {
    requireUser(work, nick)
    requireUnsuspended(work, nick)
    const outcomes = items.map((item) => importOne(work, nick, item))
    if (outcomes.some(({ kind }) => kind === 'imported')) touchHead(work, nick)
    return outcomes
  },
})

function importOne(work: PartitionWork, nick: string, item: PublicationIn): Imported {
  const redweeted = item.kind === 'redweet' ? work.get(ownKey(nick, 'rd', item.of.id)) : undefined
  if (redweeted !== undefined) return { kind: 'there', row: readRedweeted(redweeted).row }
  const place = placeFor(work, nick, item)
  if (place.kind === 'full') return { kind: 'full' }
  if (place.kind === 'there') return { kind: 'there', row: place.row }
  if (isAhead(work, nick, place.row, item)) return { kind: 'ahead' }
  // What moderators took away does not come back by being brought again.
  if (work.has(removedKey(userPk(nick), item.row))) return { kind: 'removed' }
  if ((profileIn(work, nick).imported ?? 0) >= IMPORTED_MAX) return { kind: 'full' }
  const { row } = place
  if (item.kind === 'dweet') putDweet(work, { nick, row }, asPublished(work, nick, item))
  else putRedweet(work, { nick, row }, item)
  count(work, nick, { dweets: 1, imported: 1 })
  return { kind: 'imported', row }
}

type Place = { readonly kind: 'free' | 'there'; readonly row: string } | { readonly kind: 'full' }

/** The first free one, unless it is there already. */
function placeFor(work: PartitionWork, nick: string, { id, row }: PublicationIn): Place {
  const pk = userPk(nick)
  const prefix = PUBLICATION_PREFIX
  const range = { table: USERS_TABLE, pk, prefix, start: prefix + row, limit: PLACES_TRIED }
  const taken = new Map(
    work.list(range).map((record) => [record.sk.slice(prefix.length), readPublication(record)]),
  )
  let free: string | undefined
  for (let tried = 0, at = row; tried < PLACES_TRIED; tried++, at = rowAfter(at)) {
    const there = taken.get(at)
    if (there === undefined) free ??= at
    else if (isSame(there, nick, { id, at: publicIdOf({ pk, row: at }) })) {
      return { kind: 'there', row: at }
    }
  }
  return free === undefined ? { kind: 'full' } : { kind: 'free', row: free }
}

/** Imported before, or written here and brought back. */
function isSame(
  { author, imported }: PublicationRow,
  nick: string,
  { at, id }: { readonly id: string; readonly at: string },
): boolean {
  return author === nick && (imported === undefined ? at === id : imported.id === id)
}

/** No row id that is given from now on may be one that is there. */
function isAhead(work: PartitionWork, nick: string, row: string, item: PublicationIn): boolean {
  const last = work.get(lastKey(userPk(nick)))
  if (row >= nextRowId(work.timeMs, last === undefined ? undefined : readLast(last).row))
    return true
  if (item.kind === 'redweet') return false
  const times = [item.editedAtMs ?? 0, ...item.history.map(({ writtenAtMs }) => writtenAtMs)]
  return times.some((timeMs) => timeMs > work.timeMs)
}

/** Of whom moderators limited nothing comes to others by being brought either. */
function asPublished(work: PartitionWork, nick: string, item: DweetIn): DweetIn {
  return limitIn(work, nick) === undefined ? item : { ...item, visibility: 'followers' }
}

interface At {
  readonly nick: string
  readonly row: string
}

function putDweet(work: PartitionWork, { nick, row }: At, item: DweetIn): void {
  const place = { pk: userPk(nick), row }
  const { attachments = [], history, id, row: _row, ...said } = item
  const attached = takeAttached(work, { nick, place }, attachments)
  const none = { replies: 0, redweets: 0, likes: 0 }
  const imported = { atMs: work.timeMs, id }
  // Whom it named there need not be who has that nick here.
  const who = { author: nick, mentions: [] }
  const dweet: DweetRow = { ...said, ...attached, ...who, ...none, edits: history.length, imported }
  work.put(publicationKey(place.pk, row), rowBytes(dweet))
  for (const [i, edit] of history.entries()) work.put(editKey(place.pk, row, i + 1), rowBytes(edit))
  relist(work, { place, before: undefined, now: dweet })
  const { replyTo } = dweet
  // In the threads of others it stands not: whether they want it they were not asked.
  if (replyTo === undefined || placeOfPublicId(replyTo.id)?.pk !== place.pk) return
  const answer = { kind: 'reply', by: nick, id: publicIdOf(place), isThere: true } as const
  sendReaction(work, replyTo.id, { ...answer, isQuiet: true })
}

function putRedweet(work: PartitionWork, { nick, row }: At, { id, isHere, of }: RedweetIn): void {
  const imported = { atMs: work.timeMs, id }
  const redweet = { kind: 'redweet', author: nick, of, imported } satisfies PublicationRow
  work.put(publicationKey(userPk(nick), row), rowBytes(redweet))
  work.put(ownKey(nick, 'rd', of.id), rowBytes({ row } satisfies RedweetedRow))
  if (!isHere) return
  sendReaction(work, of.id, { kind: 'redweet', by: nick, isThere: true, isQuiet: true })
}
