/**
 * What was shared with a person or a group, as an index: each entry that names them in its grants,
 * by the handle under which it is followed. Grants alone decide who may do what; whoever reads the
 * index looks at them. So it may come late, and moves change nothing in it.
 *
 *     files.shares  GRANTEE  in/HANDLE  an entry that names them
 *                            gone       they are no more: what names them is to be mended
 *
 * The entry of a log that changes grants tells the partitions of those whom it names, or did.
 */
import { Type, type Static } from 'typebox'

import { DAY_MS } from '../../../base/limits.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { NAMED_MAX } from '../../../wire/file-limits.ts'
import {
  FORGET_GRANTEE,
  granteeKey,
  partitionOfGrantee,
  SHARES_TABLE,
} from '../../../wire/file-people.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { dueOfGrantee, putDue } from './due-work.ts'
import { DUE_TABLE } from './places.ts'
import { HANDLES_MAX, type EntryRow } from './rows.ts'

export const SHARE_PREFIX = 'in/'

/** What came earlier of a share that ended is passed over for so long. */
const ENDED_KEPT_MS = DAY_MS
const LOOKED_AT_ONCE = 256

const ShareRow = Type.Object({
  /** Greater with each change of the grants of that handle. */
  turn: Count,
  isFolder: Type.Boolean(),
  /** Logged time. */
  sinceMs: Count,
  /** It names them no more. */
  ended: Type.Optional(Type.Literal(true)),
})
export const readShareRow = rowReader(ShareRow)

function shareKey(grantee: string, handle: string): RecordKey {
  return { table: SHARES_TABLE, pk: grantee, sk: SHARE_PREFIX + handle }
}

const Note = Type.Object({
  grantee: Hex32,
  handle: Hex32,
  turn: Count,
  isFolder: Type.Boolean(),
  isNamed: Type.Boolean(),
})
type Note = Readonly<Static<typeof Note>>

/** Of a file that took the place of another one: those of both. */
const NOTES_MAX = 4 * HANDLES_MAX * NAMED_MAX

const NoteInput = Type.Object({ notes: Type.Array(Note, { maxItems: NOTES_MAX }) })
type NoteInput = Readonly<Static<typeof NoteInput>>

/** A message. Those of several folders come in any order. */
export const noteShares = defineProcedure({
  name: 'shares.note',
  tables: [SHARES_TABLE, DUE_TABLE],
  readInput: reader(NoteInput),
  freesRoom: () => true,
  run: (work, { notes }: NoteInput): null => {
    for (const note of notes) putNote(work, note)
    return null
  },
})

const ForgetInput = Type.Object({ grantee: Hex32 })

/** A message: the account or the group is gone for good. No other will have its name. */
export const forgetGrantee = defineProcedure({
  name: FORGET_GRANTEE,
  tables: [SHARES_TABLE, DUE_TABLE],
  readInput: reader(ForgetInput),
  freesRoom: () => true,
  run: (work, { grantee }: Static<typeof ForgetInput>): null => {
    work.put(goneKey(grantee), rowBytes({}))
    putDue(work, dueOfGrantee(grantee, work.timeMs))
    return null
  },
})

function goneKey(grantee: string): RecordKey {
  return { table: SHARES_TABLE, pk: grantee, sk: 'gone' }
}

/** Something still names them, as far as is known here. */
export function isNamedAnywhere(work: PartitionWork, grantee: string): boolean {
  const range = { table: SHARES_TABLE, pk: grantee, prefix: SHARE_PREFIX }
  for (let start: string | undefined; ;) {
    const from = start === undefined ? {} : { start }
    const rows = work.list({ ...range, ...from, limit: LOOKED_AT_ONCE })
    if (rows.some((record) => readShareRow(record).ended === undefined)) return true
    const last = rows.at(-1)
    if (last === undefined || rows.length < LOOKED_AT_ONCE) return false
    start = `${last.sk}\0`
  }
}

function putNote(work: PartitionWork, { grantee, handle, isFolder, isNamed, turn }: Note): void {
  const key = shareKey(grantee, handle)
  const record = work.get(key)
  const before = record === undefined ? undefined : readShareRow(record)
  if (before !== undefined && before.turn > turn) return
  const goesOn = before !== undefined && before.ended === undefined
  const row = { turn, isFolder, sinceMs: goesOn ? before.sinceMs : work.timeMs }
  if (!isNamed) {
    work.put(key, rowBytes({ ...row, ended: true }), work.timeMs + ENDED_KEPT_MS)
    return
  }
  work.put(key, rowBytes(row))
  // They went while this was on its way.
  if (work.has(goneKey(grantee))) putDue(work, dueOfGrantee(grantee, work.timeMs))
}

/**
 * Who is named by an entry now, and was not before, or the other way round.
 * @param before the entry, and one whose place it took
 * @param after none: it is gone for good
 */
export function tellShares(
  work: PartitionWork,
  { after, before }: { readonly before: readonly EntryRow[]; readonly after?: EntryRow },
): void {
  const was = namings(before)
  const is = namings(after === undefined ? [] : [after])
  const last = after ?? before[0]
  if (last === undefined) return
  const turn = turnOf(last) + (after === undefined ? 1 : 0)
  const isFolder = last.file === undefined
  const of = ({ grantee, handle }: Naming, isNamed: boolean): Note => ({
    grantee,
    handle,
    turn,
    isFolder,
    isNamed,
  })
  send(work, [
    ...[...was].flatMap(([key, naming]) => (is.has(key) ? [] : [of(naming, false)])),
    ...[...is].flatMap(([key, naming]) => (was.has(key) ? [] : [of(naming, true)])),
  ])
}

interface Naming {
  readonly grantee: string
  readonly handle: string
}

function namings(rows: readonly EntryRow[]): Map<string, Naming> {
  const all = rows.flatMap((row) =>
    handlesOf(row).flatMap((handle) => granteesOf(row).map((grantee) => ({ grantee, handle }))),
  )
  return new Map(all.map((naming) => [`${naming.grantee}/${naming.handle}`, naming]))
}

/** A folder is found by its id; a file that names somebody is followed. */
function handlesOf({ file, followed, id }: EntryRow): readonly string[] {
  return file === undefined ? [id] : (followed?.handles ?? [])
}

function turnOf({ file, followed, revision }: EntryRow): number {
  return file === undefined ? revision : (followed?.turn ?? 0)
}

/** Whose it is needs nobody to share it with them. */
function granteesOf({ grants, owner }: EntryRow): readonly string[] {
  if (grants === undefined) return []
  const people = Object.keys(grants.people).filter((nick) => nick !== owner)
  return [
    ...people.map((name) => granteeKey({ kind: 'person', name })),
    ...Object.keys(grants.groups ?? {}).map((name) => granteeKey({ kind: 'group', name })),
  ]
}

function send(work: PartitionWork, notes: readonly Note[]): void {
  const byPartition = new Map<PartitionId, Note[]>()
  for (const note of notes) {
    const to = partitionOfGrantee(note.grantee)
    byPartition.set(to, [...(byPartition.get(to) ?? []), note])
  }
  for (const [to, some] of byPartition) {
    work.send({ to, procedure: noteShares.name, input: { notes: some } satisfies NoteInput })
  }
}

export const SHARE_PROCEDURES = [noteShares, forgetGrantee]
