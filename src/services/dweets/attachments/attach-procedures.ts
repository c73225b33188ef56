/**
 * How bytes come to a dweet: sent before it is written, they wait for it in a row of their own,
 * which goes by itself. The dweet takes them in, in the entry that publishes it; from then on they
 * are its own, and go with it.
 */
import { Type, type Static } from 'typebox'

import { HOUR_MS } from '../../../base/limits.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { publicIdOf, type DweetPlace } from '../../../wire/dweet-ids.ts'
import { UNUSED_KEPT_MS, UNUSED_MAX } from '../../../wire/dweet-limits.ts'
import { wordOfHold, wordOfRelease, wordOfUsage } from '../../../wire/held-contents.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { USERS_TABLE } from '../../../wire/users.ts'
import { attachedKey, ownKey, ownPrefix } from '../places.ts'
import {
  describedAs,
  readUnused,
  UnusedRow,
  type Described,
  type AttachmentRow,
  type DweetRow,
  type PreviewRow,
} from '../rows.ts'
import { DWEET_TABLES, Nick, requireUser } from '../work.ts'

const tables = DWEET_TABLES

const AttachInput = Type.Object({ nick: Nick, ...UnusedRow.properties })
export type AttachInput = Readonly<Static<typeof AttachInput>>

/** Bytes that somebody sent: theirs, until a dweet uses them or their time is over. */
export const attach = defineProcedure({
  name: 'dweets.attach',
  tables,
  readInput: reader(AttachInput),
  run: (work, { nick, ...unused }: AttachInput): null => {
    requireUser(work, nick)
    const prefix = ownPrefix(nick, 'file')
    const key = ownKey(nick, 'file', unused.file.id)
    const range = { table: USERS_TABLE, pk: key.pk, prefix, limit: UNUSED_MAX }
    const before = work.get(key)
    if (before === undefined && work.list(range).length >= UNUSED_MAX) {
      work.refuse('ATTACHMENTS_FULL', { max: UNUSED_MAX })
    }
    // Sent again, it goes no later: nobody holds its bytes for longer.
    const untilMs = before?.expiresAtMs ?? work.timeMs + UNUSED_KEPT_MS
    work.put(key, rowBytes(unused satisfies UnusedRow), untilMs)
    return null
  },
})

const SayInput = Type.Object({ nick: Nick, id: Hex32, description: Type.Optional(Type.String()) })

/**
 * Says something else of one that no dweet uses, as long as none does: what a dweet has taken by
 * then is not there again.
 */
export const describeAttached = defineProcedure({
  name: 'dweets.describeFile',
  tables,
  readInput: reader(SayInput),
  run: (work, { description, id, nick }: Static<typeof SayInput>): AttachmentRow => {
    const key = ownKey(nick, 'file', id)
    const record = work.get(key)
    if (record === undefined) {
      return work.refuse('ATTACHMENT_GONE', { hours: UNUSED_KEPT_MS / HOUR_MS })
    }
    const { file: before, ...rest } = readUnused(record)
    const file = describedAs(before, description)
    work.put(key, rowBytes({ ...rest, file } satisfies UnusedRow), record.expiresAtMs)
    return file
  },
})

const DetachInput = Type.Object({ nick: Nick, id: Hex32 })

/** One that no dweet uses; one that is not there stays so. */
export const detach = defineProcedure({
  name: 'dweets.detach',
  tables,
  readInput: reader(DetachInput),
  freesRoom: () => true,
  run: (work, { id, nick }: Static<typeof DetachInput>): null => {
    work.delete(ownKey(nick, 'file', id))
    return null
  },
})

const service = 'dweets'

interface Owner {
  readonly nick: string
  readonly place: DweetPlace
}

/** What waited for the dweet becomes its own, and counts for its author. */
export function takeAttached(
  work: PartitionWork,
  { nick, place }: Owner,
  used: readonly Described[],
): Pick<DweetRow, 'attachments'> {
  if (used.length === 0) return {}
  const attachments = used.map(({ description, id }): AttachmentRow => {
    const key = ownKey(nick, 'file', id)
    const record = work.get(key)
    if (record === undefined) {
      return work.refuse('ATTACHMENT_GONE', { hours: UNUSED_KEPT_MS / HOUR_MS })
    }
    work.delete(key)
    const { file, here } = readUnused(record)
    keepOne(work, place, file, here)
    work.send(wordOfUsage(nick, { service, bytes: file.bytes, files: 1, claim: id }))
    return description === undefined ? file : { ...file, description }
  })
  return { attachments }
}

/** The dweet goes, and they with it. */
export function dropAttached(work: PartitionWork, { nick, place }: Owner, dweet: DweetRow): void {
  for (const one of dweet.attachments ?? []) dropOne(work, { nick, place }, one, 1)
  dropPreview(work, { nick, place }, dweet)
}

type Previewed = Pick<DweetRow, 'preview' | 'room'>

/** The preview of its link goes, with its picture; or one is waited for no longer. */
export function dropPreview(
  work: PartitionWork,
  { nick, place }: Owner,
  { preview, room }: Previewed,
): void {
  const { picture } = preview ?? {}
  if (picture !== undefined) dropOne(work, { nick, place }, picture, 0)
  if (room !== undefined) work.send(wordOfUsage(nick, { service, bytes: 0, files: 0, claim: room }))
}

interface TakenPreview {
  /** Absent: there is none. */
  readonly preview: PreviewRow | undefined
  readonly here: Uint8Array | undefined
  /** That was kept free for it, and is not any longer. */
  readonly room: string | undefined
}

/** Its picture counts for whoever links to it, though not as a file of theirs. */
export function takePreviewPicture(
  work: PartitionWork,
  { nick, place }: Owner,
  { here, preview, room }: TakenPreview,
): void {
  const { picture } = preview ?? {}
  if (picture !== undefined) keepOne(work, place, picture, here)
  if (picture === undefined && room === undefined) return
  const ended = room === undefined ? {} : { claim: room }
  work.send(wordOfUsage(nick, { service, bytes: picture?.bytes ?? 0, files: 0, ...ended }))
}

function keepOne(
  work: PartitionWork,
  place: DweetPlace,
  { content, id }: AttachmentRow,
  here: Uint8Array | undefined,
): void {
  if (content !== undefined) work.send(wordOfHold({ content, holder: holderOf(place) }))
  else work.put(attachedKey(place.pk, place.row, id), here ?? NO_BYTES)
}

function dropOne(
  work: PartitionWork,
  { nick, place }: Owner,
  { bytes, content, id }: AttachmentRow,
  files: number,
): void {
  if (content !== undefined) work.send(wordOfRelease({ content, holder: holderOf(place) }))
  else work.delete(attachedKey(place.pk, place.row, id))
  work.send(wordOfUsage(nick, { service, bytes: -bytes, files: 0 - files }))
}

function holderOf(place: DweetPlace): string {
  return `dweet/${publicIdOf(place)}`
}

const NO_BYTES = new Uint8Array(0)

export const ATTACH_PROCEDURES = [attach, describeAttached, detach]
