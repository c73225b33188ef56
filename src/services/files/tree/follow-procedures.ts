/**
 * Files that are found again wherever they are moved. An entry that is followed says under which
 * handles; whoever puts it somewhere tells the place to the partition of each handle, by a message.
 * Folders need none of it: each names its parent.
 *
 * A file that takes the place of another by a rename takes over the handles of that one: programs
 * that write beside and rename mean the same file.
 */
import { Type, type Static } from 'typebox'

import { DAY_MS } from '../../../base/limits.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { partitionOf, type PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { done, entryAtRest, putEntry, type Changed } from './folder-work.ts'
import { FOLDER_TABLES, type Place } from './places.ts'
import { HANDLES_MAX, PlaceShape, type EntryRow } from './rows.ts'

const FOLLOWED_TABLE = 'files.followed'

/** What came earlier of one that is gone is passed over for so long. */
const GONE_KEPT_MS = DAY_MS

export function followedKey(handle: string): RecordKey {
  return { table: FOLLOWED_TABLE, pk: handle, sk: 'at' }
}

export function partitionOfHandle(handle: string): PartitionId {
  return partitionOf(FOLLOWED_TABLE, handle)
}

const FollowedRow = Type.Object({
  /** Greater each time that it is put somewhere. */
  turn: Count,
  /** Absent: it is gone for good. */
  at: Type.Optional(Type.Object({ ...PlaceShape, id: Hex32 })),
})
export type FollowedRow = Readonly<Static<typeof FollowedRow>>
export const readFollowedRow = rowReader(FollowedRow)

const PlacedInput = Type.Object({ handle: Hex32, ...FollowedRow.properties })
export type PlacedInput = Readonly<Static<typeof PlacedInput>>

/** Where the file of a handle is. Messages of several folders come in any order. */
export const placeFollowed = defineProcedure({
  name: 'tree.placed',
  tables: [FOLLOWED_TABLE],
  readInput: reader(PlacedInput),
  freesRoom: () => true,
  run: (work, { handle, ...row }: PlacedInput): null => {
    const record = work.get(followedKey(handle))
    if (record !== undefined && readFollowedRow(record).turn > row.turn) return null
    const end = row.at === undefined ? work.timeMs + GONE_KEPT_MS : undefined
    work.put(followedKey(handle), rowBytes(row), end)
    return null
  },
})

const FollowInput = Type.Object({ ...PlaceShape, id: Hex32 })
export type FollowInput = Readonly<Static<typeof FollowInput>>

/** From now on. Repeated, it changes nothing but tells the place again. */
export const followEntry = defineProcedure({
  name: 'tree.follow',
  tables: FOLDER_TABLES,
  readInput: reader(FollowInput),
  run: (work, input: FollowInput): Changed => {
    const before = entryAtRest(work, input, input)
    if ('kind' in before) return before
    if (before.file === undefined) return { kind: 'absent' }
    const row: EntryRow = {
      ...before,
      followed: before.followed ?? { handles: [input.id], turn: 1 },
    }
    putEntry(work, input, row)
    tellHandles(work, row, input)
    return done(row)
  },
})

/** @returns the row as it is to be put there. */
export function placed(work: PartitionWork, { folder, key }: Place, row: EntryRow): EntryRow {
  if (row.followed === undefined) return row
  const next = { ...row, followed: { ...row.followed, turn: row.followed.turn + 1 } }
  tellHandles(work, next, { folder, key })
  return next
}

/** It goes for good. */
export function forgetFollowed(work: PartitionWork, { followed }: EntryRow): void {
  if (followed === undefined) return
  for (const handle of followed.handles) tell(work, { handle, turn: followed.turn + 1 })
}

/** Of a file that takes the place of another. */
export function handlesOfBoth(
  displaced: EntryRow['followed'],
  into: EntryRow['followed'],
): Pick<EntryRow, 'followed'> {
  if (displaced === undefined) return into === undefined ? {} : { followed: into }
  const handles = [...new Set([...(into?.handles ?? []), ...displaced.handles])]
  const turn = Math.max(into?.turn ?? 0, displaced.turn)
  return { followed: { handles: handles.slice(0, HANDLES_MAX), turn } }
}

function tellHandles(work: PartitionWork, { followed, id }: EntryRow, place: Place): void {
  const at = { folder: place.folder, key: place.key, id }
  for (const handle of followed?.handles ?? [])
    tell(work, { handle, turn: followed?.turn ?? 0, at })
}

function tell(work: PartitionWork, input: PlacedInput): void {
  work.send({ to: partitionOfHandle(input.handle), procedure: placeFollowed.name, input })
}

export const FOLLOW_PROCEDURES = [followEntry, placeFollowed]
