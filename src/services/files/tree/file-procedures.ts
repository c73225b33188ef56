/** Changes of files within one folder: each is one entry of its partition’s log. */
import { Type, type Static } from 'typebox'

import { present } from '../../../base/assert.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { adopt, dropFile, dropPresent, hold, isFile, keepVersion, versionsIn } from './file-work.ts'
import {
  deleteEntry,
  done,
  entryAtRest,
  entryIn,
  isFull,
  noteChange,
  openFolder,
  putEntry,
  type Changed,
  type Refused,
} from './folder-work.ts'
import { placed } from './follow-procedures.ts'
import { PARTIAL_KEPT_MS } from './limits.ts'
import { bodyKey, FOLDER_TABLES, partialKey, type Place } from './places.ts'
import {
  PlaceShape,
  Etag,
  BodyHere,
  etagOf,
  Mode,
  Name,
  Nick,
  Properties,
  type EntryRow,
  type PartialRow,
} from './rows.ts'
import { tellShares } from './share-procedures.ts'
import { charge } from './usage-procedures.ts'

const FILE_MODE = 0o644

/** Room that was claimed for it. */
const ClaimShape = Type.Object({ nick: Nick, id: Hex32, files: Count })

const PutInput = Type.Object({
  ...PlaceShape,
  name: Name,
  /** Of the file, where there is none yet. */
  id: Hex32,
  by: Nick,
  bytes: Count,
  sha256: Hex64,
  /** One of both. */
  body: Type.Optional(BodyHere),
  content: Type.Optional(Hex32),
  /** The file that is to get the content, and none is made. */
  onto: Type.Optional(Hex32),
  /** Absent: whatever is there. */
  expected: Type.Optional(
    Type.Union([
      Type.Object({ is: Type.Literal('absent') }),
      Type.Object({ is: Type.Literal('etag'), etag: Etag }),
    ]),
  ),
  modifiedMs: Type.Optional(Count),
  mode: Type.Optional(Mode),
  claim: Type.Optional(ClaimShape),
  /**
   * It goes on from what the expected file has. `isOne`: with the append before it, so that what
   * is there makes no version.
   */
  append: Type.Optional(Type.Object({ isOne: Type.Boolean() })),
  /** Absent: those that it has. */
  properties: Type.Optional(Properties),
})
export type PutInput = Readonly<Static<typeof PutInput>>

/** A file, or other content of one that is there, whose present one becomes a version. */
export const putFile = defineProcedure({
  name: 'tree.put',
  tables: FOLDER_TABLES,
  readInput: reader(PutInput),
  run: (work, input: PutInput): Changed => {
    const { body, by, bytes, claim, content, folder } = input
    if ((body === undefined) === (content === undefined) || (body?.length ?? bytes) !== bytes) {
      return work.refuse('BAD_REQUEST', { problem: 'a file has one body' })
    }
    const self = openFolder(work, folder)
    if (self === undefined) return { kind: 'noFolder' }
    const before = entryIn(work, input)
    const isBound = input.append?.isOne !== true || input.expected?.is === 'etag'
    if (!isBound) return work.refuse('BAD_REQUEST', { problem: 'an append is to what was seen' })
    const refused = refusalOf(before, input)
    if (refused !== undefined) return refused
    if (before === undefined && isFull(self)) return { kind: 'full' }
    const row = fileRow(work, input, before)
    const files = before === undefined ? 1 : 0
    if (claim !== undefined && (claim.nick !== row.owner || claim.files < files)) {
      return { kind: 'claimedOtherwise' }
    }
    const numbered = { id: row.id, number: row.file.number }
    const replaced = before !== undefined && isFile(before) ? before : undefined
    const isOne = input.append?.isOne === true && replaced !== undefined
    if (isOne) dropPresent(work, folder, replaced)
    else if (replaced !== undefined) keepVersion(work, folder, replaced)
    if (body !== undefined) work.put(bodyKey(folder, numbered), body.slice())
    hold(work, row.file, numbered)
    const more = isOne ? bytes - replaced.file.bytes : bytes
    charge(work, row.owner, { bytes: more, files, claim: claim?.id })
    putEntry(work, input, row)
    work.delete(partialKey(input, by))
    noteChange(work, folder, before === undefined ? { more: 1 } : undefined)
    return done(row)
  },
})

function refusalOf(before: EntryRow | undefined, input: PutInput): Refused | undefined {
  const { expected, key, onto } = input
  if (onto !== undefined && before?.id !== onto) return { kind: 'absent' }
  if (before === undefined) return expected?.is === 'etag' ? { kind: 'changed' } : undefined
  if (before.leaving !== undefined) return { kind: 'leaving', key, leaving: before.leaving }
  if (before.file === undefined) return { kind: 'isFolder' }
  if (expected?.is === 'absent') return { kind: 'exists' }
  return expected !== undefined && expected.etag !== etagOf(before)
    ? { kind: 'changed' }
    : undefined
}

function fileRow(work: PartitionWork, input: PutInput, before: EntryRow | undefined) {
  const { by, bytes, content, id, mode, modifiedMs = work.timeMs, name, sha256 } = input
  const number = before?.file?.next ?? 1
  const at = content === undefined ? {} : { content }
  const appended = input.append === undefined ? {} : { appendedMs: work.timeMs }
  const file = { bytes, sha256, ...at, number, next: number + 1, by, ...appended }
  const made = { id, name, owner: by, createdMs: work.timeMs, mode: FILE_MODE, revision: 0 }
  const row = withProperties(before ?? made, input.properties)
  return {
    ...row,
    mode: mode ?? row.mode,
    modifiedMs,
    revision: row.revision + 1,
    file,
  } satisfies EntryRow
}

const TouchInput = Type.Object({
  ...PlaceShape,
  id: Hex32,
  modifiedMs: Type.Optional(Count),
  createdMs: Type.Optional(Count),
  mode: Type.Optional(Mode),
  properties: Type.Optional(Properties),
  /** Nothing is changed where it is another. */
  etag: Type.Optional(Etag),
})
export type TouchInput = Readonly<Static<typeof TouchInput>>

/** @param properties absent: as it has them; empty: none any more */
function withProperties<R extends Omit<EntryRow, 'modifiedMs'>>(
  row: R,
  properties: Uint8Array | undefined,
): R {
  if (properties === undefined) return row
  const { properties: _, ...bare } = row
  return { ...bare, ...(properties.length === 0 ? {} : { properties: properties.slice() }) } as R
}

/** Times, mode and properties of an entry. */
export const touchEntry = defineProcedure({
  name: 'tree.touch',
  tables: FOLDER_TABLES,
  readInput: reader(TouchInput),
  run: (work, { createdMs, mode, modifiedMs, properties, ...input }: TouchInput): Changed => {
    const before = entryAtRest(work, input, input)
    if ('kind' in before) return before
    const row: EntryRow = {
      ...withProperties(before, properties),
      createdMs: createdMs ?? before.createdMs,
      modifiedMs: modifiedMs ?? before.modifiedMs,
      mode: mode ?? before.mode,
      revision: before.revision + 1,
    }
    putEntry(work, input, row)
    noteChange(work, input.folder)
    return done(row)
  },
})

const RemoveInput = Type.Object({ ...PlaceShape, id: Hex32, etag: Type.Optional(Etag) })
export type RemoveInput = Readonly<Static<typeof RemoveInput>>

/** A file, for good, with its versions. */
export const removeFile = defineProcedure({
  name: 'tree.remove',
  tables: FOLDER_TABLES,
  readInput: reader(RemoveInput),
  freesRoom: () => true,
  run: (work, input: RemoveInput): Changed => {
    const row = entryAtRest(work, input, input)
    if ('kind' in row) return row
    if (!isFile(row)) return { kind: 'isFolder' }
    deleteEntry(work, input, row)
    dropFile(work, input.folder, row)
    tellShares(work, { before: [row] })
    noteChange(work, input.folder, { more: -1 })
    return done(row)
  },
})

const RenameInput = Type.Object({
  ...PlaceShape,
  id: Hex32,
  toKey: Hex32,
  toName: Name,
  /** A file may take the place of a file. */
  replace: Type.Boolean(),
})
export type RenameInput = Readonly<Static<typeof RenameInput>>

/** A file or a folder gets another name in its folder. */
export const renameEntry = defineProcedure({
  name: 'tree.rename',
  tables: FOLDER_TABLES,
  readInput: reader(RenameInput),
  run: (work, { replace, toKey, toName, ...input }: RenameInput): Changed => {
    const { folder } = input
    const before = entryAtRest(work, input, input)
    if ('kind' in before) return before
    if (before.fixed === true) return { kind: 'fixed' }
    const to = { folder, key: toKey }
    const other = toKey === input.key ? undefined : entryIn(work, to)
    if (other?.leaving !== undefined) return { kind: 'leaving', key: toKey, leaving: other.leaving }
    if (other !== undefined && !mayDisplace(other, before, replace)) return { kind: 'exists' }
    const named = { ...before, name: toName, revision: before.revision + 1 }
    deleteEntry(work, input, before)
    const row = inPlaceOf(work, to, { displaced: other, into: named })
    putEntry(work, to, row)
    noteChange(work, folder, { more: other === undefined ? 0 : -1 })
    return done(row)
  },
})

export function mayDisplace(other: EntryRow, by: EntryRow, replace: boolean): boolean {
  return replace && isFile(other) && isFile(by)
}

/** @param displaced a file where `into` is one. @returns the row as it is to be put there. */
export function inPlaceOf(
  work: PartitionWork,
  place: Place,
  { displaced, into }: { readonly displaced: EntryRow | undefined; readonly into: EntryRow },
): EntryRow {
  if (displaced === undefined || !isFile(displaced) || !isFile(into)) {
    return placed(work, place, into)
  }
  const row = placed(work, place, adopt(work, place.folder, { displaced, into }))
  tellShares(work, { before: [into, displaced], after: row })
  return row
}

const RestoreInput = Type.Object({
  ...PlaceShape,
  id: Hex32,
  number: Count,
  by: Nick,
  claim: Type.Optional(ClaimShape),
})
export type RestoreInput = Readonly<Static<typeof RestoreInput>>

/** The content of a version once more; the present one becomes a version. */
export const restoreVersion = defineProcedure({
  name: 'tree.restoreVersion',
  tables: FOLDER_TABLES,
  readInput: reader(RestoreInput),
  run: (work, { by, claim, number, ...input }: RestoreInput): Changed => {
    const { folder, id } = input
    const before = entryAtRest(work, input, input)
    if ('kind' in before) return before
    if (!isFile(before)) return { kind: 'isFolder' }
    const version = versionsIn(work, folder, id).find((each) => each.number === number)
    if (version === undefined) return { kind: 'absent' }
    const { bytes, content, sha256 } = version
    if (claim !== undefined && claim.nick !== before.owner) return { kind: 'claimedOtherwise' }
    const { next } = before.file
    const at = content === undefined ? {} : { content }
    const file = { bytes, sha256, ...at, number: next, next: next + 1, by }
    const row = { ...before, modifiedMs: work.timeMs, revision: before.revision + 1, file }
    const numbered = { id, number: next }
    // Before the version may go for being the oldest: its body is copied, its content held anew.
    if (content === undefined) {
      const body = present(work.get(bodyKey(folder, { id, number })), 'the body of a version')
      work.put(bodyKey(folder, numbered), body.value)
    }
    hold(work, file, numbered)
    charge(work, before.owner, { bytes, files: 0, claim: claim?.id })
    keepVersion(work, folder, before)
    putEntry(work, input, row)
    noteChange(work, folder)
    return done(row)
  },
})

const PartialInput = Type.Object({ ...PlaceShape, nick: Nick, content: Type.Optional(Hex32) })
export type PartialInput = Readonly<Static<typeof PartialInput>>

/** What an upload that broke off left; without a content: nothing any more. */
export const keepPartial = defineProcedure({
  name: 'tree.keepPartial',
  tables: FOLDER_TABLES,
  readInput: reader(PartialInput),
  freesRoom: ({ content }: PartialInput) => content === undefined,
  run: (
    work,
    { content, nick, ...input }: PartialInput,
  ): { readonly kind: 'done' | 'noFolder' } => {
    const key = partialKey(input, nick)
    if (content === undefined) {
      work.delete(key)
      return { kind: 'done' }
    }
    if (openFolder(work, input.folder) === undefined) return { kind: 'noFolder' }
    const row = { content, nick, sinceMs: work.timeMs } satisfies PartialRow
    work.put(key, rowBytes(row), work.timeMs + PARTIAL_KEPT_MS)
    return { kind: 'done' }
  },
})

export const FILE_PROCEDURES = [
  putFile,
  touchEntry,
  removeFile,
  renameEntry,
  restoreVersion,
  keepPartial,
]
