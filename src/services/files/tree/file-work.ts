/**
 * Contents of a file, present and past: who holds them, where small bodies stand, what they take.
 */
import { present } from '../../../base/assert.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { holdContent, releaseContent, type HoldInput } from '../contents/procedures.ts'
import { partitionOfContent } from '../contents/rows.ts'
import { dropDue, dueOfVersion, putDue } from './due-work.ts'
import { forgetFollowed, handlesOfBoth } from './follow-procedures.ts'
import { VERSIONS_MAX } from './limits.ts'
import {
  bodyKey,
  FILES_TABLE,
  holderOf,
  versionKey,
  versionPrefix,
  type Numbered,
} from './places.ts'
import { readVersionRow, type EntryRow, type VersionRow } from './rows.ts'
import { charge } from './usage-procedures.ts'

export type FileRow = EntryRow & { readonly file: NonNullable<EntryRow['file']> }

/** Where the bytes of a file or a version are. */
interface Held {
  /** Absent: beside the entry. */
  readonly content?: string | undefined
}

export function isFile(row: EntryRow): row is FileRow {
  return row.file !== undefined
}

/** The content stays as long as somebody holds it. */
export function hold(work: PartitionWork, { content }: Held, numbered: Numbered): void {
  tell(work, holdContent.name, { content, numbered })
}

export function release(work: PartitionWork, { content }: Held, numbered: Numbered): void {
  tell(work, releaseContent.name, { content, numbered })
}

function tell(
  work: PartitionWork,
  procedure: string,
  { content, numbered }: { readonly content: string | undefined; readonly numbered: Numbered },
): void {
  if (content === undefined) return
  const input = { content, holder: holderOf(numbered) } satisfies HoldInput
  work.send({ to: partitionOfContent(content), procedure, input })
}

/** Oldest first. */
export function versionsIn(work: PartitionWork, folder: string, id: string): VersionRow[] {
  const range = { table: FILES_TABLE, pk: folder, prefix: versionPrefix(id) }
  return work.list({ ...range, limit: 2 * VERSIONS_MAX + 1 }).map(readVersionRow)
}

/** What a file has now becomes a version of it. */
export function keepVersion(work: PartitionWork, folder: string, row: FileRow): void {
  putVersion(work, folder, { id: row.id, version: versionOf(row, work.timeMs) })
  trimVersions(work, folder, row.id)
}

export function putVersion(
  work: PartitionWork,
  folder: string,
  { id, version }: { readonly id: string; readonly version: VersionRow },
): void {
  work.put(versionKey(folder, { id, number: version.number }), rowBytes(version))
  putDue(work, dueOfVersion(folder, { id, version }))
}

function deleteVersion(
  work: PartitionWork,
  folder: string,
  { id, version }: { readonly id: string; readonly version: VersionRow },
): void {
  work.delete(versionKey(folder, { id, number: version.number }))
  dropDue(work, dueOfVersion(folder, { id, version }))
}

function versionOf({ file, modifiedMs, owner }: FileRow, replacedMs: number): VersionRow {
  const { appendedMs: _at, next: _next, ...body } = file
  return { ...body, owner, modifiedMs, replacedMs }
}

/** The content of a file goes, and makes no version. */
export function dropPresent(work: PartitionWork, folder: string, { file, id }: FileRow): void {
  const numbered = { id, number: file.number }
  work.delete(bodyKey(folder, numbered))
  release(work, file, numbered)
}

/** The oldest go. */
function trimVersions(work: PartitionWork, folder: string, id: string): void {
  const versions = versionsIn(work, folder, id)
  for (const version of versions.slice(0, Math.max(0, versions.length - VERSIONS_MAX))) {
    dropVersion(work, folder, { id, version })
  }
}

export function dropVersion(
  work: PartitionWork,
  folder: string,
  { id, version }: { readonly id: string; readonly version: VersionRow },
): void {
  const numbered = { id, number: version.number }
  deleteVersion(work, folder, { id, version })
  work.delete(bodyKey(folder, numbered))
  release(work, version, numbered)
  charge(work, version.owner, { bytes: -version.bytes, files: 0 })
}

/** Nothing of it stays: its contents are held by it no more. */
export function dropFile(work: PartitionWork, folder: string, row: FileRow): void {
  const { file, id, owner } = row
  dropPresent(work, folder, row)
  charge(work, owner, { bytes: -file.bytes, files: -1 })
  for (const version of versionsIn(work, folder, id)) dropVersion(work, folder, { id, version })
  forgetFollowed(work, row)
}

/** It is in another folder now, which has its rows: who holds what is as before. */
export function dropRowsOf(work: PartitionWork, folder: string, { file, id }: FileRow): void {
  work.delete(bodyKey(folder, { id, number: file.number }))
  for (const version of versionsIn(work, folder, id)) {
    deleteVersion(work, folder, { id, version })
    work.delete(bodyKey(folder, { id, number: version.number }))
  }
}

/**
 * A file takes the place of another: what that one had become versions of it, and with none of its
 * own it takes over its grants, so that a program which writes beside and renames loses no version
 * and nobody it was shared with. @returns the file, with the numbers it gave.
 */
export function adopt(
  work: PartitionWork,
  folder: string,
  { displaced, into }: { readonly displaced: FileRow; readonly into: FileRow },
): FileRow {
  const latest = versionOf(displaced, work.timeMs)
  const past = versionsIn(work, folder, displaced.id)
  for (const version of past) deleteVersion(work, folder, { id: displaced.id, version })
  let { next } = into.file
  const renumber = (body: Held, from: Numbered): number => {
    const to = { id: into.id, number: next++ }
    if (body.content === undefined) moveBody(work, folder, { from, to })
    hold(work, body, to)
    release(work, body, from)
    return to.number
  }
  for (const version of [...past, latest]) {
    const number = renumber(version, { id: displaced.id, number: version.number })
    putVersion(work, folder, { id: into.id, version: { ...version, number } })
  }
  // Replaced one day, it is the newest of them.
  const number = renumber(into.file, { id: into.id, number: into.file.number })
  charge(work, displaced.owner, { bytes: 0, files: -1 })
  trimVersions(work, folder, into.id)
  const { followed: _, ...bare } = into
  const handles = handlesOfBoth(displaced.followed, into.followed)
  const grants = into.grants ?? displaced.grants
  return { ...bare, ...(grants && { grants }), ...handles, file: { ...into.file, number, next } }
}

function moveBody(
  work: PartitionWork,
  folder: string,
  { from, to }: { readonly from: Numbered; readonly to: Numbered },
): void {
  const record = present(work.get(bodyKey(folder, from)), 'the body of a version')
  work.put(bodyKey(folder, to), record.value)
  work.delete(bodyKey(folder, from))
}
