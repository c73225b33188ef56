/** How publications come, change and go: each in one entry of their author's partition. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../store/partition/procedure.ts'
import { defineProcedure } from '../../store/partition/procedures.ts'
import { Visibility } from '../../wire/api-dweets.ts'
import { publicIdOf, timeOfRowId, type DweetPlace } from '../../wire/dweet-ids.ts'
import { EDITS_MAX, MENTIONS_TOLD_MAX, PREVIEW_URL_CHARS_MAX } from '../../wire/dweet-limits.ts'
import { reader } from '../../wire/method.ts'
import { rowBytes } from '../../wire/packed-rows.ts'
import { Hex32 } from '../../wire/shapes.ts'
import { userPk } from '../../wire/users.ts'
import { dropAttached, dropPreview, takeAttached } from './attachments/attach-procedures.ts'
import { relist } from './index-procedures.ts'
import { editKey, ownKey, publicationKey } from './places.ts'
import { sendWant } from './previews/preview-procedures.ts'
import { dweetIn, sendMention, sendReaction, sendSweep } from './reaction-procedures.ts'
import {
  Address,
  Described,
  describedAs,
  readPublication,
  readRedweeted,
  RowId,
  type AttachmentRow,
  type DweetRow,
  type EditRow,
  type PublicationRow,
  type RedweetedRow,
  type RedweetRow,
} from './rows.ts'
import {
  count,
  countPublication,
  DWEET_TABLES,
  Nick,
  PublicId,
  limitIn,
  requireUnsuspended,
  takeRowId,
  touchHead,
} from './work.ts'

const tables = DWEET_TABLES

/** Checked, and what was found in it. */
const Said = {
  text: Type.String(),
  warning: Type.Optional(Type.String()),
  mentions: Type.Array(Nick),
  tags: Type.Array(Type.String()),
}

/** How many publications one may have within the time, as the member that was asked has it. */
const Most = Type.Integer({ minimum: 1 })

/** Of which a preview is to be shown, and the room for it. */
const Linked = {
  link: Type.Optional(Type.String({ maxLength: PREVIEW_URL_CHARS_MAX })),
  room: Type.Optional(Hex32),
}

const PublishInput = Type.Object({
  nick: Nick,
  most: Most,
  ...Said,
  visibility: Visibility,
  replyTo: Type.Optional(Address),
  attachments: Type.Optional(Type.Array(Described)),
  ...Linked,
  /** What it answers is not there: refused here, where a request that comes again is known. */
  isLost: Type.Boolean(),
})
export type PublishInput = Readonly<Static<typeof PublishInput>>

interface Linking {
  readonly place: DweetPlace
  readonly dweet: Omit<DweetRow, 'warning'>
}

export interface Published<R extends PublicationRow = PublicationRow> {
  readonly row: string
  readonly publication: R
}

/** The answer has all that is shown of it, so that a request that comes again is answered so. */
export const publishDweet = defineProcedure({
  name: 'dweets.publish',
  tables,
  readInput: reader(PublishInput),
  run: (
    work,
    { attachments = [], isLost, most, nick, ...said }: PublishInput,
  ): Published<DweetRow> => {
    requireUnsuspended(work, nick)
    const isLimited = limitIn(work, nick) !== undefined
    if (isLost) work.refuse('DWEET_GONE')
    countPublication(work, nick, most)
    const place = { pk: userPk(nick), row: takeRowId(work, userPk(nick)) }
    const none = { edits: 0, replies: 0, redweets: 0, likes: 0 }
    const attached = takeAttached(work, { nick, place }, attachments)
    const given: DweetRow = { kind: 'dweet', author: nick, ...said, ...attached, ...none }
    // For those alone who follow them, of their own accord.
    const dweet = isLimited ? forFollowers(given) : given
    work.put(publicationKey(place.pk, place.row), rowBytes(dweet))
    touchHead(work, nick)
    relist(work, { place, before: undefined, now: dweet })
    tellMentioned(work, { place, before: [], dweet })
    tellAnswered(work, { place, dweet, isThere: true, isQuiet: isLimited })
    if (dweet.link !== undefined) sendWant(work, dweet.link, place)
    return { row: place.row, publication: dweet }
  },
})

const EditInput = Type.Object({
  nick: Nick,
  row: RowId,
  ...Said,
  ...Linked,
  /** Of those that are shown with it; of all others nothing else is said. */
  described: Type.Optional(Type.Array(Described)),
})
export type EditInput = Readonly<Static<typeof EditInput>>

/** By its author. What it was is kept; where nothing is another, nothing changes. */
export const editDweet = defineProcedure({
  name: 'dweets.edit',
  tables,
  readInput: reader(EditInput),
  run: (
    work,
    { described = [], link, nick, room, row, ...said }: EditInput,
  ): Published<DweetRow> => {
    requireUnsuspended(work, nick)
    const place = { pk: userPk(nick), row }
    const before = dweetIn(work, place)
    if (before?.author !== nick) return work.refuse('DWEET_GONE')
    const shown = redescribed(before, described)
    const isSaid = said.text === before.text && said.warning === before.warning
    if (isSaid && shown.was === undefined) return { row, publication: before }
    if (before.edits >= EDITS_MAX) work.refuse('EDITS_FULL', { max: EDITS_MAX })
    const { editedAtMs: writtenAtMs = timeOfRowId(row), warning, ...old } = before
    const rest = relinked(work, { place, dweet: old }, { link, room })
    const mentions = limitIn(work, nick) === undefined ? said.mentions : []
    const was: EditRow = {
      text: before.text,
      ...(warning === undefined ? {} : { warning }),
      ...(shown.was === undefined ? {} : { described: shown.was }),
      writtenAtMs,
    }
    const edits = before.edits + 1
    const now = { ...said, ...shown.now, mentions, editedAtMs: work.timeMs, edits }
    const dweet: DweetRow = { ...rest, ...now }
    work.put(editKey(place.pk, row, edits), rowBytes(was))
    work.put(publicationKey(place.pk, row), rowBytes(dweet))
    touchHead(work, nick)
    relist(work, { place, before, now: dweet })
    tellMentioned(work, { place, before: before.mentions, dweet })
    return { row, publication: dweet }
  },
})

/** No site is asked of what it links to. */
function forFollowers(row: DweetRow): DweetRow {
  const { link: _, room: _none, ...dweet } = row
  return { ...dweet, visibility: 'followers', mentions: [] }
}

/**
 * Which are shown stays as it was published. @returns `was`: what was said before of the changed
 */
function redescribed(
  { attachments }: DweetRow,
  described: readonly Described[],
): { readonly now: Pick<DweetRow, 'attachments'>; readonly was: Described[] | undefined } {
  if (attachments === undefined || described.length === 0) return { now: {}, was: undefined }
  const said = new Map(described.map(({ description, id }) => [id, description]))
  const isOther = ({ description, id }: AttachmentRow) =>
    said.has(id) && said.get(id) !== description
  const was = attachments.filter(isOther).map(({ description, id }): Described => {
    return { id, ...(description === undefined ? {} : { description }) }
  })
  const now = attachments.map((one) => (isOther(one) ? describedAs(one, said.get(one.id)) : one))
  return { now: { attachments: now }, was: was.length === 0 ? undefined : was }
}

/** Another link has no preview yet. */
function relinked(
  work: PartitionWork,
  { dweet, place }: Linking,
  { link, room }: { readonly link: string | undefined; readonly room: string | undefined },
): Linking['dweet'] {
  if (dweet.link === link) return dweet
  const { link: _, preview: _gone, room: _old, ...rest } = dweet
  dropPreview(work, { nick: dweet.author, place }, dweet)
  if (link === undefined) return rest
  sendWant(work, link, place)
  return { ...rest, link, ...(room === undefined ? {} : { room }) }
}

const RedweetInput = Type.Object({ nick: Nick, most: Most, of: Address })
type RedweetInput = Readonly<Static<typeof RedweetInput>>

/** Twice is once. */
export const redweet = defineProcedure({
  name: 'dweets.redweet',
  tables,
  readInput: reader(RedweetInput),
  run: (work, { most, nick, of }: RedweetInput): Published<RedweetRow> => {
    requireUnsuspended(work, nick)
    const publication: RedweetRow = { kind: 'redweet', author: nick, of }
    const before = work.get(ownKey(nick, 'rd', of.id))
    if (before !== undefined) return { row: readRedweeted(before).row, publication }
    countPublication(work, nick, most)
    const row = takeRowId(work, userPk(nick))
    work.put(publicationKey(userPk(nick), row), rowBytes(publication))
    work.put(ownKey(nick, 'rd', of.id), rowBytes({ row } satisfies RedweetedRow))
    touchHead(work, nick)
    sendReaction(work, of.id, { kind: 'redweet', by: nick, isThere: true })
    return { row, publication }
  },
})

const RemoveInput = Type.Object({ nick: Nick, row: RowId })
type RemoveInput = Readonly<Static<typeof RemoveInput>>

/** A dweet or redweet of that person; one that is not there stays so. */
export const removePublication = defineProcedure({
  name: 'dweets.remove',
  tables,
  readInput: reader(RemoveInput),
  freesRoom: () => true,
  run: (work, { nick, row }: RemoveInput): null => {
    dropPublication(work, nick, row)
    return null
  },
})

/** `id`: of the original. */
const UnredweetInput = Type.Object({ nick: Nick, id: PublicId })
type UnredweetInput = Readonly<Static<typeof UnredweetInput>>

export const unredweet = defineProcedure({
  name: 'dweets.unredweet',
  tables,
  readInput: reader(UnredweetInput),
  freesRoom: () => true,
  run: (work, { id, nick }: UnredweetInput): boolean => {
    const record = work.get(ownKey(nick, 'rd', id))
    if (record !== undefined) dropPublication(work, nick, readRedweeted(record).row)
    return record !== undefined
  },
})

/** With everything that tells of it here; elsewhere by messages. */
export function dropPublication(work: PartitionWork, nick: string, row: string): void {
  const place = { pk: userPk(nick), row }
  const key = publicationKey(place.pk, row)
  const record = work.get(key)
  const publication = record === undefined ? undefined : readPublication(record)
  if (publication?.author !== nick) return
  work.delete(key)
  if (publication.kind === 'dweet') dropRest(work, place, publication)
  else {
    const { id } = publication.of
    work.delete(ownKey(nick, 'rd', id))
    sendReaction(work, id, { kind: 'redweet', by: nick, isThere: false })
  }
  count(work, nick, { dweets: -1, ...(publication.imported === undefined ? {} : { imported: -1 }) })
  touchHead(work, nick)
}

function dropRest(work: PartitionWork, place: DweetPlace, dweet: DweetRow): void {
  for (let edit = 1; edit <= dweet.edits; edit++) work.delete(editKey(place.pk, place.row, edit))
  relist(work, { place, before: dweet, now: undefined })
  dropAttached(work, { nick: dweet.author, place }, dweet)
  tellAnswered(work, { place, dweet, isThere: false })
  if (dweet.likes + dweet.redweets + dweet.replies > 0) sendSweep(work, place)
}

interface Told {
  readonly place: DweetPlace
  readonly dweet: DweetRow
}

/** Those who were not mentioned before; whom it answers hears of it as an answer. */
function tellMentioned(
  work: PartitionWork,
  { before, dweet, place }: Told & { readonly before: readonly string[] },
): void {
  const known = new Set([...before, dweet.author, dweet.replyTo?.nick])
  const id = publicIdOf(place)
  const those = dweet.mentions.slice(0, MENTIONS_TOLD_MAX).filter((nick) => !known.has(nick))
  for (const nick of those) sendMention(work, { nick, by: dweet.author, id })
}

function tellAnswered(
  work: PartitionWork,
  {
    dweet,
    isQuiet = false,
    isThere,
    place,
  }: Told & { readonly isThere: boolean; readonly isQuiet?: boolean },
): void {
  const { author: by, replyTo } = dweet
  if (replyTo === undefined) return
  const quiet = isQuiet ? { isQuiet } : {}
  sendReaction(work, replyTo.id, { kind: 'reply', by, id: publicIdOf(place), isThere, ...quiet })
}

export const PUBLISH_PROCEDURES = [publishDweet, editDweet, redweet, removePublication, unredweet]
