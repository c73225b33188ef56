/**
 * Moves between folders: an entry leaves FROM, and arrives at TO, each in its own partition. That
 * it arrived stands in TO’s log alone: that is the moment at which it has moved. The mover may die
 * between any two steps; whoever meets the mark of an entry that is leaving asks TO, and may settle
 * the move there (docs/spec/tree.md).
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { dropDue, dueOfSlot, putDue } from './due-work.ts'
import { inPlaceOf, mayDisplace } from './file-procedures.ts'
import { dropRowsOf, isFile, putVersion } from './file-work.ts'
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
} from './folder-work.ts'
import { MOVE_KEPT_MS, MOVE_MS_MAX, VERSIONS_MAX } from './limits.ts'
import {
  bodyKey,
  DUE_TABLE,
  FOLDER_TABLES,
  moveKey,
  MOVES_TABLE,
  partitionOfFolder,
  SLOT_KEY,
  TURN_KEY,
} from './places.ts'
import {
  PlaceShape,
  Etag,
  BodyHere,
  EntryRow,
  readMoveRow,
  readSlotRow,
  readTurnRow,
  SlotRow,
  VersionRow,
  type MoveState,
} from './rows.ts'

const DepartInput = Type.Object({
  ...PlaceShape,
  id: Hex32,
  etag: Type.Optional(Etag),
  move: Hex32,
  to: Hex32,
})
export type DepartInput = Readonly<Static<typeof DepartInput>>

/** The entry is marked: it changes no more until the move is settled. */
export const departEntry = defineProcedure({
  name: 'tree.depart',
  tables: FOLDER_TABLES,
  readInput: reader(DepartInput),
  freesRoom: () => true,
  run: (work, { move, to, ...input }: DepartInput): Changed => {
    const before = entryAtRest(work, input, input)
    if ('kind' in before) return before
    if (before.fixed === true) return { kind: 'fixed' }
    const row = { ...before, leaving: { move, to, atMs: work.timeMs } }
    putEntry(work, input, row)
    noteChange(work, input.folder)
    return done(row)
  },
})

const ArriveInput = Type.Object({
  ...PlaceShape,
  move: Hex32,
  /** Logged time at FROM. */
  departedMs: Count,
  from: Type.Object(PlaceShape),
  /** As it will be here. */
  entry: EntryRow,
  replace: Type.Boolean(),
  versions: Type.Array(VersionRow, { maxItems: VERSIONS_MAX }),
  bodies: Type.Array(Type.Object({ number: Count, body: BodyHere }), {
    maxItems: VERSIONS_MAX + 1,
  }),
})
export type ArriveInput = Readonly<Static<typeof ArriveInput>>

export type Arrived = Changed | { readonly kind: 'void' }

/** Repeated, it changes nothing. */
export const arriveEntry = defineProcedure({
  name: 'tree.arrive',
  tables: FOLDER_TABLES,
  readInput: reader(ArriveInput),
  freesRoom: () => true,
  run: (work, input: ArriveInput): Arrived => {
    const { bodies, departedMs, entry, folder, from, key, move, replace, versions } = input
    const { timeMs: atMs } = work
    const record = work.get(moveKey(folder, move))
    if (record !== undefined) {
      return readMoveRow(record).state === 'arrived' ? done(entry) : { kind: 'void' }
    }
    if (departedMs + MOVE_MS_MAX < work.timeMs) return { kind: 'void' }
    const self = openFolder(work, folder)
    if (self === undefined) return { kind: 'noFolder' }
    const other = entryIn(work, input)
    if (other?.leaving !== undefined) return { kind: 'leaving', key, leaving: other.leaving }
    if (other !== undefined && !mayDisplace(other, entry, replace)) return { kind: 'exists' }
    if (other === undefined && isFull(self)) return { kind: 'full' }
    for (const version of versions) putVersion(work, folder, { id: entry.id, version })
    for (const { body, number } of bodies) {
      work.put(bodyKey(folder, { id: entry.id, number }), body.slice())
    }
    // By the logged time at which it is there: so long it stays.
    const { trashed } = entry
    const dated = trashed === undefined ? entry : { ...entry, trashed: { ...trashed, atMs } }
    const row = inPlaceOf(work, input, { displaced: other, into: dated })
    putEntry(work, input, row)
    noteChange(work, folder, { more: other === undefined ? 1 : 0 })
    work.put(moveKey(folder, move), rowBytes({ state: 'arrived' }))
    const isInTurn = entry.file === undefined
    const told = { ...from, move, to: folder, isInTurn } satisfies DepartedInput
    work.send({ to: partitionOfFolder(from.folder), procedure: departedEntry.name, input: told })
    return done(row)
  },
})

const DepartedInput = Type.Object({
  ...PlaceShape,
  move: Hex32,
  to: Hex32,
  /** Of a folder: the move is asked for until the slot is given on, which forgets it. */
  isInTurn: Type.Boolean(),
})
type DepartedInput = Readonly<Static<typeof DepartedInput>>

/** It arrived: its rows at FROM go. A message, or whoever cannot wait for that. */
export const departedEntry = defineProcedure({
  name: 'tree.departed',
  tables: FOLDER_TABLES,
  readInput: reader(DepartedInput),
  freesRoom: () => true,
  run: (work, { isInTurn, move, to, ...place }: DepartedInput): null => {
    const row = entryIn(work, place)
    if (row?.leaving?.move === move) {
      deleteEntry(work, place, row)
      if (isFile(row)) dropRowsOf(work, place.folder, row)
      noteChange(work, place.folder, { more: -1 })
    }
    if (!isInTurn) sendForget(work, { folder: to, move })
    return null
  },
})

function sendForget(work: PartitionWork, input: MoveInput): void {
  work.send({ to: partitionOfFolder(input.folder), procedure: forgetMove.name, input })
}

const MoveInput = Type.Object({ folder: Hex32, move: Hex32 })
type MoveInput = Readonly<Static<typeof MoveInput>>

/** No mark names it any more; who read one may still ask for a while. */
const forgetMove = defineProcedure({
  name: 'tree.forgetMove',
  tables: FOLDER_TABLES,
  readInput: reader(MoveInput),
  freesRoom: () => true,
  run: (work, { folder, move }: MoveInput): null => {
    const record = work.get(moveKey(folder, move))
    if (record !== undefined && record.expiresAtMs === undefined) {
      work.put(moveKey(folder, move), record.value, work.timeMs + MOVE_KEPT_MS)
    }
    return null
  },
})

/** At TO: the move arrived, or is void for good. */
export const settleMove = defineProcedure({
  name: 'tree.settle',
  tables: FOLDER_TABLES,
  readInput: reader(MoveInput),
  freesRoom: () => true,
  run: (work, { folder, move }: MoveInput): { readonly state: MoveState } => {
    const record = work.get(moveKey(folder, move))
    if (record !== undefined) return { state: readMoveRow(record).state }
    const state = 'void'
    work.put(moveKey(folder, move), rowBytes({ state }), work.timeMs + MOVE_KEPT_MS)
    return { state }
  },
})

const StayInput = Type.Object({ ...PlaceShape, move: Hex32 })
type StayInput = Readonly<Static<typeof StayInput>>

/** At FROM: the move is void, its mark goes. */
export const stayEntry = defineProcedure({
  name: 'tree.stay',
  tables: FOLDER_TABLES,
  readInput: reader(StayInput),
  freesRoom: () => true,
  run: (work, { move, ...place }: StayInput): null => {
    const before = entryIn(work, place)
    if (before?.leaving?.move !== move) return null
    const { leaving: _, ...row } = before
    putEntry(work, place, row)
    noteChange(work, place.folder)
    return null
  },
})

const TakeInput = Type.Omit(SlotRow, ['turn', 'atMs'])
export type TakeInput = Readonly<Static<typeof TakeInput>>

export type Taken =
  | { readonly kind: 'taken'; readonly turn: number }
  /** By a move that is under way. */
  | { readonly kind: 'held'; readonly slot: SlotRow }

/** Moves of folders take turns, so that none comes to lie in itself. */
export const takeSlot = defineProcedure({
  name: 'tree.takeSlot',
  tables: [MOVES_TABLE, DUE_TABLE],
  readInput: reader(TakeInput),
  freesRoom: () => true,
  run: (work, input: TakeInput): Taken => {
    const record = work.get(SLOT_KEY)
    if (record !== undefined) {
      const slot = readSlotRow(record)
      return slot.move === input.move ? { kind: 'taken', turn: slot.turn } : { kind: 'held', slot }
    }
    const before = work.get(TURN_KEY)
    const turn = (before === undefined ? 0 : readTurnRow(before).turn) + 1
    work.put(TURN_KEY, rowBytes({ turn }))
    const slot = { ...input, turn, atMs: work.timeMs } satisfies SlotRow
    work.put(SLOT_KEY, rowBytes(slot))
    putDue(work, dueOfSlot(slot.move, slot.atMs))
    return { kind: 'taken', turn }
  },
})

const FreeInput = Type.Object({ move: Hex32 })
type FreeInput = Readonly<Static<typeof FreeInput>>

/** Of a move that is settled, its folder’s parent set. */
export const freeSlot = defineProcedure({
  name: 'tree.freeSlot',
  tables: [MOVES_TABLE, DUE_TABLE],
  readInput: reader(FreeInput),
  freesRoom: () => true,
  run: (work, { move }: FreeInput): null => {
    const record = work.get(SLOT_KEY)
    const slot = record === undefined ? undefined : readSlotRow(record)
    if (slot?.move !== move) return null
    work.delete(SLOT_KEY)
    dropDue(work, dueOfSlot(move, slot.atMs))
    sendForget(work, { folder: slot.to, move })
    return null
  },
})

export const MOVE_PROCEDURES = [
  departEntry,
  arriveEntry,
  departedEntry,
  forgetMove,
  settleMove,
  stayEntry,
  takeSlot,
  freeSlot,
]
