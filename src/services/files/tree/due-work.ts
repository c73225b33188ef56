/**
 * What is to be done at some time, in the order of those times: `files.due`, one pk a partition.
 * Rows of entries and versions bring theirs and take them away again, within the same entry.
 *
 *     TIME version FOLDER FILE/NUMBER   it is too old
 *     TIME trash FOLDER NAME FILE       it lay in the trash for long enough
 *     TIME mark FOLDER NAME MOVE        a move that takes too long: its mover is dead
 *     TIME grantee KEY                  a person or group that is gone is named by grants
 *     TIME slot MOVE                    likewise, of the slot of moves of folders
 */
import { DAY_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { pkIn, type PartitionId } from '../../../wire/partition.ts'
import { DUE_TABLE, holderOf, type Place } from './places.ts'
import type { EntryRow, VersionRow } from './rows.ts'

/** Logged time since it was replaced, and since it was removed. */
export const VERSION_KEPT_MS = 30 * DAY_MS
export const TRASH_KEPT_MS = 30 * DAY_MS
/** No move takes so long. */
export const MOVER_DEAD_MS = MINUTE_MS

const TIME_DIGITS = 15
const NOTHING = new Uint8Array(0)

/** In byte order that of the times. */
export function dueTime(atMs: number): string {
  return String(atMs).padStart(TIME_DIGITS, '0')
}

export function dueKey(partition: PartitionId, sk: string): RecordKey {
  return { table: DUE_TABLE, pk: pkIn(DUE_TABLE, partition), sk }
}

export function putDue(work: PartitionWork, sk: string): void {
  work.put(dueKey(work.partition, sk), NOTHING)
}

export function dropDue(work: PartitionWork, sk: string): void {
  work.delete(dueKey(work.partition, sk))
}

export function dueOfVersion(
  folder: string,
  { id, version }: { readonly id: string; readonly version: VersionRow },
): string {
  const { number, replacedMs } = version
  return `${dueTime(replacedMs + VERSION_KEPT_MS)} version ${folder} ${holderOf({ id, number })}`
}

/** What its row brings. */
export function duesOfEntry({ folder, key }: Place, row: EntryRow): readonly string[] {
  const { id, leaving, trashed } = row
  const dues: string[] = []
  if (trashed !== undefined) {
    dues.push(`${dueTime(trashed.atMs + TRASH_KEPT_MS)} trash ${folder} ${key} ${id}`)
  }
  if (leaving !== undefined) {
    dues.push(`${dueTime(leaving.atMs + MOVER_DEAD_MS)} mark ${folder} ${key} ${leaving.move}`)
  }
  return dues
}

export function dueOfGrantee(key: string, atMs: number): string {
  return `${dueTime(atMs)} grantee ${key}`
}

export function dueOfSlot(move: string, takenMs: number): string {
  return `${dueTime(takenMs + MOVER_DEAD_MS)} slot ${move}`
}
