/**
 * Making and removing folders. A folder’s own row is made first, as a foundling that goes by
 * itself; its entry in the parent takes that end away by a message. It is removed by closing it, in
 * its own partition: that is the moment at which it is gone. The entry follows by a message, and is
 * not shown meanwhile, since whoever looks asks the folder.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { granteeKey, type Grantee } from '../../../wire/file-people.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import {
  deleteEntry,
  done,
  entryAtRest,
  entryIn,
  isFull,
  noteChange,
  openFolder,
  putEntry,
  putSelf,
  selfIn,
  type Changed,
} from './folder-work.ts'
import { placed } from './follow-procedures.ts'
import { FOUNDLING_KEPT_MS } from './limits.ts'
import {
  childKey,
  FOLDER_TABLES,
  HOME,
  nameKey,
  partitionOfFolder,
  ROOT,
  ROOT_GRANTS_KEY,
  selfKey,
  SHARED,
  type Place,
} from './places.ts'
import {
  PlaceShape,
  GrantsShape,
  Trashed,
  Mode,
  Name,
  Nick,
  type EntryRow,
  type GrantsRow,
  type SelfRow,
} from './rows.ts'
import { tellShares } from './share-procedures.ts'

const FOLDER_MODE = 0o755

const FoundInput = Type.Object({ folder: Hex32, parent: Hex32, isKept: Type.Boolean() })
type FoundInput = Readonly<Static<typeof FoundInput>>

/** A folder’s own row. `isKept`: it has an entry, or needs none. Repeated, it changes nothing. */
export const foundFolder = defineProcedure({
  name: 'tree.found',
  tables: FOLDER_TABLES,
  readInput: reader(FoundInput),
  run: (work, { folder, isKept, parent }: FoundInput): null => {
    const end = isKept ? undefined : work.timeMs + FOUNDLING_KEPT_MS
    const before = selfIn(work, folder)
    if (before === undefined) {
      work.put(selfKey(folder), rowBytes(freshSelf(work, parent)), end)
    } else if (isKept) {
      work.put(selfKey(folder), rowBytes(before))
    }
    return null
  },
})

function freshSelf(work: PartitionWork, parent: string): SelfRow {
  return { parent, turn: 0, entries: 0, changes: 0, modifiedMs: work.timeMs }
}

/** Of what anillo itself makes. */
const SEEN_BY_ALL: GrantsRow = { everyone: 'read', guests: 'read', people: {} }
const WRITTEN_BY_ALL: GrantsRow = { everyone: 'write', guests: 'read', people: {} }

/** The root, with `home` and `shared` in it. Repeated, it changes nothing. */
export const foundRoot = defineProcedure({
  name: 'tree.foundRoot',
  tables: FOLDER_TABLES,
  readInput: reader(Type.Object({})),
  run: (work): null => {
    if (selfIn(work, ROOT) !== undefined) return null
    work.put(selfKey(ROOT), rowBytes(freshSelf(work, ROOT)))
    work.put(ROOT_GRANTS_KEY, rowBytes({ grants: SEEN_BY_ALL }))
    for (const [name, id, grants] of [
      ['home', HOME, SEEN_BY_ALL],
      ['shared', SHARED, WRITTEN_BY_ALL],
    ] as const) {
      const place = { folder: ROOT, key: nameKey(name) }
      putEntry(work, place, { ...freshEntry(work, { id, name, owner: '' }), grants, fixed: true })
      noteChange(work, ROOT, { more: 1 })
      sendKept(work, id, ROOT)
    }
    return null
  },
})

function freshEntry(work: PartitionWork, given: Pick<EntryRow, 'id' | 'name' | 'owner'>): EntryRow {
  const { timeMs } = work
  return { ...given, createdMs: timeMs, modifiedMs: timeMs, mode: FOLDER_MODE, revision: 1 }
}

function sendKept(work: PartitionWork, folder: string, parent: string): void {
  const input = { folder, parent, isKept: true } satisfies FoundInput
  work.send({ to: partitionOfFolder(folder), procedure: foundFolder.name, input })
}

const MakeInput = Type.Object({
  ...PlaceShape,
  name: Name,
  /** A foundling’s. */
  id: Hex32,
  owner: Nick,
  mode: Type.Optional(Mode),
  grants: Type.Optional(GrantsShape),
  /** Of a folder in a trash, where something is put together: where it is to come. */
  trashed: Type.Optional(Type.Omit(Trashed, ['atMs'])),
})
export type MakeInput = Readonly<Static<typeof MakeInput>>

/** The entry of a folder that was founded before. */
export const makeFolder = defineProcedure({
  name: 'tree.make',
  tables: FOLDER_TABLES,
  readInput: reader(MakeInput),
  run: (work, { grants, id, mode, name, owner, trashed, ...place }: MakeInput): Changed => {
    const self = openFolder(work, place.folder)
    if (self === undefined) return { kind: 'noFolder' }
    const { key } = place
    const before = entryIn(work, place)
    if (before?.leaving !== undefined) return { kind: 'leaving', key, leaving: before.leaving }
    if (before !== undefined) return { kind: 'exists' }
    if (isFull(self)) return { kind: 'full' }
    const fresh = freshEntry(work, { id, name, owner })
    const given = grants === undefined ? {} : { grants }
    const staged = trashed === undefined ? {} : { trashed: { ...trashed, atMs: work.timeMs } }
    const row = { ...fresh, ...given, ...staged, mode: mode ?? fresh.mode }
    putEntry(work, place, row)
    tellShares(work, { before: [], after: row })
    noteChange(work, place.folder, { more: 1 })
    sendKept(work, id, place.folder)
    return done(row)
  },
})

const FolderInput = Type.Object({ folder: Hex32 })
type FolderInput = Readonly<Static<typeof FolderInput>>

export interface Closed {
  readonly kind: 'done' | 'noFolder' | 'notEmpty' | 'fixed'
}

/** It is gone with this entry of the log, if nothing is in it. */
export const closeFolder = defineProcedure({
  name: 'tree.close',
  tables: FOLDER_TABLES,
  readInput: reader(FolderInput),
  freesRoom: () => true,
  run: (work, { folder }: FolderInput): Closed => {
    const self = openFolder(work, folder)
    if (self === undefined) return { kind: 'noFolder' }
    if (folder === ROOT || folder === HOME || folder === SHARED) return { kind: 'fixed' }
    if (self.entries > 0) return { kind: 'notEmpty' }
    putSelf(work, folder, { ...self, closed: true })
    sendDrop(work, self.parent, folder)
    return { kind: 'done' }
  },
})

const DropInput = Type.Object({ folder: Hex32, id: Hex32 })
type DropInput = Readonly<Static<typeof DropInput>>

/** The entry of a folder that was closed goes; then what is left of that one. */
export const dropFolder = defineProcedure({
  name: 'tree.drop',
  tables: FOLDER_TABLES,
  readInput: reader(DropInput),
  freesRoom: () => true,
  run: (work, { folder, id }: DropInput): null => {
    const record = work.get(childKey(folder, id))
    // It is on its way to another folder: who ends that move drops it there.
    if (record === undefined) return null
    const place = { folder, key: readChildRow(record).key }
    const row = entryIn(work, place)
    if (row?.id !== id) return null
    deleteEntry(work, place, row)
    tellShares(work, { before: [row] })
    noteChange(work, folder, { more: -1 })
    const input = { folder: id } satisfies FolderInput
    work.send({ to: partitionOfFolder(id), procedure: forgetFolder.name, input })
    return null
  },
})

export const readChildRow = rowReader(Type.Object({ key: Hex32 }))

/** Nothing names it any more. */
const forgetFolder = defineProcedure({
  name: 'tree.forgetFolder',
  tables: FOLDER_TABLES,
  readInput: reader(FolderInput),
  freesRoom: () => true,
  run: (work, { folder }: FolderInput): null => {
    if (selfIn(work, folder)?.closed === true) work.delete(selfKey(folder))
    return null
  },
})

const ParentInput = Type.Object({
  folder: Hex32,
  parent: Hex32,
  /** Of the move: what an earlier one says late is passed over. */
  turn: Type.Integer({ minimum: 1 }),
})
type ParentInput = Readonly<Static<typeof ParentInput>>

/** Of a folder that arrived there. @returns `gone`: it was removed on the way. */
export const setParent = defineProcedure({
  name: 'tree.setParent',
  tables: FOLDER_TABLES,
  readInput: reader(ParentInput),
  freesRoom: () => true,
  run: (work, { folder, parent, turn }: ParentInput): { readonly kind: 'done' | 'gone' } => {
    const self = selfIn(work, folder)
    if (self !== undefined && self.turn < turn) putSelf(work, folder, { ...self, parent, turn })
    if (self !== undefined && self.closed !== true) return { kind: 'done' }
    sendDrop(work, parent, folder)
    return { kind: 'gone' }
  },
})

function sendDrop(work: PartitionWork, folder: string, id: string): void {
  const input = { folder, id } satisfies DropInput
  work.send({ to: partitionOfFolder(folder), procedure: dropFolder.name, input })
}

const GrantsInput = Type.Object({
  /** Absent: of the root. */
  of: Type.Optional(Type.Object({ ...PlaceShape, id: Hex32 })),
  grants: Type.Optional(GrantsShape),
})
export type GrantsInput = Readonly<Static<typeof GrantsInput>>

export const setGrants = defineProcedure({
  name: 'tree.setGrants',
  tables: FOLDER_TABLES,
  readInput: reader(GrantsInput),
  run: (work, { grants, of }: GrantsInput): Changed | { readonly kind: 'doneAtRoot' } => {
    const given = grants === undefined ? {} : { grants }
    if (of === undefined) {
      work.put(ROOT_GRANTS_KEY, rowBytes(given))
      return { kind: 'doneAtRoot' }
    }
    const before = entryAtRest(work, of, of)
    if ('kind' in before) return before
    const { grants: _, ...bare } = before
    return done(putShared(work, of, { before, after: { ...bare, ...given } }))
  },
})

/** What it shares is found again wherever it is: a file is followed from then on. */
function putShared(
  work: PartitionWork,
  place: Place,
  { after, before }: { readonly before: EntryRow; readonly after: EntryRow },
): EntryRow {
  const { file, followed, grants, id, revision } = after
  const isShared = file !== undefined && grants !== undefined
  const handles = followed ?? (isShared ? { handles: [id], turn: 0 } : undefined)
  const next = { ...after, ...(handles && { followed: handles }), revision: revision + 1 }
  const row = placed(work, place, next)
  putEntry(work, place, row)
  tellShares(work, { before: [before], after: row })
  noteChange(work, place.folder)
  return row
}

const UngrantInput = Type.Object({ ...PlaceShape, id: Hex32, grantee: Hex32 })
export type UngrantInput = Readonly<Static<typeof UngrantInput>>

/** Nothing names that person or group there any more: they are gone. */
export const ungrant = defineProcedure({
  name: 'tree.ungrant',
  tables: FOLDER_TABLES,
  readInput: reader(UngrantInput),
  freesRoom: () => true,
  run: (work, { grantee, ...of }: UngrantInput): Changed => {
    const before = entryAtRest(work, of, of)
    if ('kind' in before) return before
    if (before.grants === undefined) return done(before)
    const { groups = {}, people, ...others } = before.grants
    const grants = {
      ...others,
      people: without(people, 'person', grantee),
      groups: without(groups, 'group', grantee),
    }
    return done(putShared(work, of, { before, after: { ...before, grants } }))
  },
})

function without<A>(
  granted: Readonly<Record<string, A>>,
  kind: Grantee['kind'],
  grantee: string,
): Record<string, A> {
  const others = Object.entries(granted).filter(([name]) => granteeKey({ kind, name }) !== grantee)
  return Object.fromEntries(others)
}

export const FOLDER_PROCEDURES = [
  foundFolder,
  foundRoot,
  makeFolder,
  closeFolder,
  dropFolder,
  forgetFolder,
  setParent,
  setGrants,
  ungrant,
]
