/** What procedures do with a folder’s rows. */
import { present } from '../../../base/assert.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { dropDue, duesOfEntry, putDue } from './due-work.ts'
import { FOLDER_ENTRIES_MAX } from './limits.ts'
import { childKey, entryKey, selfKey, type Place } from './places.ts'
import { readEntryRow, readSelfRow, type EntryRow, type Leaving, type SelfRow } from './rows.ts'

/** What came of a change. All but `done` changed nothing. */
export type Changed = { readonly kind: 'done'; readonly entry: ToldEntry } | Refused

export type Refused =
  /** The folder is not there, or removed for good. */
  | { readonly kind: 'noFolder' }
  /** No such entry, or another than was meant. */
  | { readonly kind: 'absent' }
  /** Something has the name. */
  | { readonly kind: 'exists' }
  /** It is not as the caller saw it. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'isFolder' }
  | { readonly kind: 'fixed' }
  | { readonly kind: 'full' }
  /** Room was claimed for another account, or for no further file. */
  | { readonly kind: 'claimedOtherwise' }
  /** A move of it must be settled first; NAME says of which entry. */
  | { readonly kind: 'leaving'; readonly key: string; readonly leaving: Leaving }

/** Grants are left out: an answer is small. */
export type ToldEntry = Omit<EntryRow, 'grants'>

export function done(row: EntryRow): Changed {
  const { grants: _, ...entry } = row
  return { kind: 'done', entry }
}

export function selfIn(work: PartitionWork, folder: string): SelfRow | undefined {
  const record = work.get(selfKey(folder))
  return record === undefined ? undefined : readSelfRow(record)
}

/** One in which something may be made. */
export function openFolder(work: PartitionWork, folder: string): SelfRow | undefined {
  const self = selfIn(work, folder)
  return self?.closed === true ? undefined : self
}

/** A foundling keeps its end: whoever puts it into a folder takes that away. */
export function putSelf(work: PartitionWork, folder: string, row: SelfRow): void {
  const record = work.get(selfKey(folder))
  work.put(selfKey(folder), rowBytes(row), record?.expiresAtMs)
}

/** Something of an entry changed. `listed`: came, went, or has another name. */
export function noteChange(
  work: PartitionWork,
  folder: string,
  listed?: { readonly more: number },
): void {
  const self = present(selfIn(work, folder), 'the folder of an entry')
  putSelf(work, folder, {
    ...self,
    changes: self.changes + 1,
    entries: self.entries + (listed?.more ?? 0),
    modifiedMs: listed === undefined ? self.modifiedMs : work.timeMs,
  })
}

export function isFull({ entries }: SelfRow): boolean {
  return entries >= FOLDER_ENTRIES_MAX
}

export function entryIn(work: PartitionWork, place: Place): EntryRow | undefined {
  const record = work.get(entryKey(place))
  return record === undefined ? undefined : readEntryRow(record)
}

export function putEntry(work: PartitionWork, place: Place, row: EntryRow): void {
  const before = entryIn(work, place)
  if (before !== undefined) for (const due of duesOfEntry(place, before)) dropDue(work, due)
  for (const due of duesOfEntry(place, row)) putDue(work, due)
  work.put(entryKey(place), rowBytes(row))
  if (row.file === undefined) work.put(childKey(place.folder, row.id), rowBytes({ key: place.key }))
}

export function deleteEntry(work: PartitionWork, place: Place, row: EntryRow): void {
  for (const due of duesOfEntry(place, row)) dropDue(work, due)
  work.delete(entryKey(place))
  if (row.file === undefined) work.delete(childKey(place.folder, row.id))
}

/** The entry that is meant, at rest; else what is to be answered. */
export function entryAtRest(
  work: PartitionWork,
  place: Place,
  { etag, id }: { readonly id: string; readonly etag?: string | undefined },
): EntryRow | Refused {
  const row = entryIn(work, place)
  if (row?.id !== id) return { kind: 'absent' }
  if (row.leaving !== undefined) return { kind: 'leaving', key: place.key, leaving: row.leaving }
  return etag !== undefined && etag !== `${row.id}.${row.revision}` ? { kind: 'changed' } : row
}
