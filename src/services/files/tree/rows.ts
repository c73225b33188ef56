/** Rows of the tree, packed. Where they stand says `places.ts`. */
import { Type, type Static } from 'typebox'

import { NAMED_MAX } from '../../../wire/file-limits.ts'
import { rowReader } from '../../../wire/packed-rows.ts'
import { Bytes, Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import { SMALL_BODY_BYTES } from '../contents/limits.ts'
import { NAME_BYTES_MAX, PATH_BYTES_MAX, PROPERTIES_BYTES_MAX } from './limits.ts'

export const Nick = Type.String({ maxLength: 64 })
export const Name = Type.String({ minLength: 1, maxLength: NAME_BYTES_MAX })
/** Of a place in a folder: the folder’s id and NAME. */
export const PlaceShape = { folder: Hex32, key: Hex32 }
export const Etag = Type.String({ maxLength: 64 })
export const Mode = Type.Integer({ minimum: 0, maximum: 0o777 })

/** Opaque: what a client keeps with an entry (RFC 4918, 4). Empty: nothing any more. */
export const Properties = Type.Refine(Bytes, ({ length }) => length <= PROPERTIES_BYTES_MAX)

const AccessShape = Type.Union([Type.Literal('read'), Type.Literal('write'), Type.Literal('own')])
const AccessOrNothing = Type.Union([AccessShape, Type.Literal('nothing')])

const AccessByName = Type.Record(Type.String({ maxLength: 64 }), AccessShape, {
  maxProperties: NAMED_MAX,
})

export const GrantsShape = Type.Object({
  everyone: AccessOrNothing,
  guests: AccessOrNothing,
  people: AccessByName,
  /** Absent: none. */
  groups: Type.Optional(AccessByName),
})
export type GrantsRow = Readonly<Static<typeof GrantsShape>>

const Body = {
  bytes: Count,
  sha256: Hex64,
  /** The content that has it; absent: it stands beside the entry. */
  content: Type.Optional(Hex32),
}

const FilePart = Type.Object({
  ...Body,
  /** Of the present content, and of the one that comes next: none is given twice. */
  number: Count,
  next: Count,
  /** Who wrote it. */
  by: Nick,
  /** When something was appended last, where this content came about so. */
  appendedMs: Type.Optional(Count),
})

const Leaving = Type.Object({ move: Hex32, to: Hex32, atMs: Count })
export type Leaving = Readonly<Static<typeof Leaving>>

/** Where it was before it was removed. */
export const Trashed = Type.Object({
  from: Type.String({ maxLength: PATH_BYTES_MAX }),
  name: Name,
  atMs: Count,
})
export type Trashed = Readonly<Static<typeof Trashed>>

/** Of one file: that of others whose place it took. */
export const HANDLES_MAX = 8

export const EntryRow = Type.Object({
  id: Hex32,
  name: Name,
  owner: Nick,
  createdMs: Count,
  modifiedMs: Count,
  mode: Mode,
  /** Greater with each change of it. */
  revision: Count,
  /** Absent: a folder. */
  file: Type.Optional(FilePart),
  /** Absent: those of the nearest folder above count. */
  grants: Type.Optional(GrantsShape),
  /** Made by anillo itself: it is not moved or removed. */
  fixed: Type.Optional(Type.Literal(true)),
  properties: Type.Optional(Properties),
  leaving: Type.Optional(Leaving),
  trashed: Type.Optional(Trashed),
  /** Of a file that is found again wherever it is. */
  followed: Type.Optional(
    Type.Object({
      handles: Type.Array(Hex32, { minItems: 1, maxItems: HANDLES_MAX }),
      /** Greater each time that it is put somewhere. */
      turn: Count,
    }),
  ),
})
export type EntryRow = Readonly<Static<typeof EntryRow>>

export const VersionRow = Type.Object({
  ...Body,
  number: Count,
  by: Nick,
  owner: Nick,
  modifiedMs: Count,
  replacedMs: Count,
})
export type VersionRow = Readonly<Static<typeof VersionRow>>

const SelfRow = Type.Object({
  /** Of the root itself. */
  parent: Hex32,
  /** Of the move of a folder that set the parent: an earlier one comes too late. */
  turn: Count,
  entries: Count,
  /** Greater with each change of an entry. */
  changes: Count,
  modifiedMs: Count,
  /** Removed for good: nothing is made in it any more. */
  closed: Type.Optional(Type.Literal(true)),
})
export type SelfRow = Readonly<Static<typeof SelfRow>>

const MoveRow = Type.Object({ state: Type.Union([Type.Literal('arrived'), Type.Literal('void')]) })
export type MoveState = Static<typeof MoveRow>['state']

const PartialRow = Type.Object({ content: Hex32, nick: Nick, sinceMs: Count })
export type PartialRow = Readonly<Static<typeof PartialRow>>

const RootGrants = Type.Object({ grants: Type.Optional(GrantsShape) })
const TurnRow = Type.Object({ turn: Count })

/** The move of a folder that is under way. */
export const SlotRow = Type.Object({
  move: Hex32,
  /** The folder that moves. */
  id: Hex32,
  from: Hex32,
  /** NAME of its entry there. */
  key: Hex32,
  to: Hex32,
  turn: Count,
  /** When it took the slot. */
  atMs: Count,
})
export type SlotRow = Readonly<Static<typeof SlotRow>>

const UsedBy = Type.Object({ bytes: Type.Integer(), files: Type.Integer() })

const UsageRow = Type.Object({
  nick: Nick,
  /** Of all services. */
  ...UsedBy.properties,
  /** Of that, what services beside the tree hold. */
  dweets: Type.Optional(UsedBy),
  shares: Type.Optional(UsedBy),
})
export type UsageRow = Readonly<Static<typeof UsageRow>>

/** `null`: no limit; absent: as is said of everybody. */
const Most = Type.Optional(Type.Union([Count, Type.Null()]))
export const LimitsShape = Type.Object({
  bytesMax: Most,
  filesMax: Most,
  /** Bytes a second at one member, from and to the account’s clients. */
  upPerSecond: Most,
  downPerSecond: Most,
})
export type LimitsRow = Readonly<Static<typeof LimitsShape>>

/** Room that is promised. */
const ClaimRow = Type.Object({ id: Hex32, bytes: Count, files: Count })
export type ClaimRow = Readonly<Static<typeof ClaimRow>>

export const BodyHere = Type.Refine(Bytes, (value) => value.length < SMALL_BODY_BYTES)

export const readEntryRow = rowReader(EntryRow)
export const readVersionRow = rowReader(VersionRow)
export const readSelfRow = rowReader(SelfRow)
export const readMoveRow = rowReader(MoveRow)
export const readPartialRow = rowReader(PartialRow)
export const readRootGrants = rowReader(RootGrants)
export const readTurnRow = rowReader(TurnRow)
export const readSlotRow = rowReader(SlotRow)
export const readUsageRow = rowReader(UsageRow)
export const readLimitsRow = rowReader(LimitsShape)
export const readClaimRow = rowReader(ClaimRow)

/** Another after each change of it. */
export function etagOf({ id, revision }: Pick<EntryRow, 'id' | 'revision'>): string {
  return `${id}.${revision}`
}
