/**
 * Downloads in the store: all of one stands in one partition, and who leads that goes on with it.
 *
 *     shares.downloads  ID   head          what is wanted, and how far it is
 *                            layer/ROW     hashes of the pieces, once they are known and proven
 *                            piece/INDEX   a piece that is there: the content that has it, or its
 * bytes
 *                            live          how it goes just now, for those who watch
 *     shares.active     one pk a partition   ID: it is not over; a byte where it is paused
 *     shares.partial    ROOT   ID of a download of which some is there
 *     shares.begun      one pk a partition   TIME.ID: in the order in which they were begun
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork, RecordKey, StoredRecord } from '../../../store/partition/procedure.ts'
import { DOWNLOAD_STATES, SOURCE_STATES } from '../../../wire/download-states.ts'
import type { DownloadState, SourceState } from '../../../wire/download-states.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { partitionOf, pkIn, type PartitionId } from '../../../wire/partition.ts'
import { Bytes, Count, Hex32, Hex64 } from '../../../wire/shapes.ts'
import {
  DOWNLOADS_MAX,
  PIECES_MAX,
  SHARE_BYTES_MAX,
  SOURCE_URL_CHARS_MAX,
  SOURCES_MAX,
} from '../../../wire/share-bounds.ts'
import { LAYER_ROW_BYTES } from '../limits.ts'
import { Salt } from '../mainline/mainline-rows.ts'
import type { ActiveDownload } from '../parts.ts'
import { SharedNick, ShareName, SmallBytes, timeSk } from '../shares/share-rows.ts'

export const DOWNLOADS_TABLE = 'shares.downloads'
export const ACTIVE_TABLE = 'shares.active'
export const BEGUN_TABLE = 'shares.begun'
export const PARTIAL_TABLE = 'shares.partial'
export const DOWNLOAD_TABLES = [DOWNLOADS_TABLE, ACTIVE_TABLE, BEGUN_TABLE] as const

export const PIECE_PREFIX = 'piece/'
export const LAYER_PREFIX = 'layer/'
const INDEX_DIGITS = 5

export const PieceIndex = Type.Integer({ minimum: 0, maximum: PIECES_MAX - 1 })
const Text = Type.String({ maxLength: 4_096 })
export const SourceUrl = Type.String({ maxLength: SOURCE_URL_CHARS_MAX })

const State = Type.Unsafe<DownloadState>(
  Type.Union(DOWNLOAD_STATES.map((name) => Type.Literal(name))),
)

/**
 * Who began it, and whether as who manages files. What it may do is what the account may as of now,
 * and no more than it did then.
 */
const Who = Type.Object({
  nick: SharedNick,
  isManager: Type.Boolean(),
})

/** What is wanted. */
export const Wanted = {
  who: Who,
  name: ShareName,
  /** Absent: whatever stands there, without a proof. */
  root: Type.Optional(Hex64),
  bytes: Type.Optional(Type.Integer({ minimum: 0, maximum: SHARE_BYTES_MAX })),
  /** Of this one alone, for want of a proof. */
  url: Type.Optional(SourceUrl),
  /** Addresses that were told beside the network’s. */
  seeds: Type.Array(SourceUrl, { maxItems: SOURCES_MAX }),
  /** Who says in Mainline where it is; absent: nobody known. */
  mainline: Type.Optional(Type.Object({ publisher: Hex64, salt: Salt })),
  /** Where it is to be in the tree. */
  path: Text,
  /** A file there may be replaced: never; it gets another name, where nobody chose it. */
  isChosenPath: Type.Boolean(),
}

const Problem = Type.Object({
  code: Type.String({ maxLength: 64 }),
  details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
})

export const DownloadRow = Type.Object({
  ...Wanted,
  state: State,
  begunMs: Count,
  /** The layer is whole. */
  isProven: Type.Boolean(),
  /** Kept, of which so many bytes. */
  pieces: Count,
  keptBytes: Count,
  endedMs: Type.Optional(Count),
  /** Why it failed, or is paused where nobody asked for that. */
  problem: Type.Optional(Problem),
  /** Logged time. */
  pausedMs: Type.Optional(Count),
  /** The share that came of it. */
  share: Type.Optional(Hex32),
  /** Why it is not shared on. */
  unshared: Type.Optional(Problem),
})
export type DownloadRow = Readonly<Static<typeof DownloadRow>>

export const LiveSource = Type.Object({
  url: SourceUrl,
  state: Type.Unsafe<SourceState>(Type.Union(SOURCE_STATES.map((one) => Type.Literal(one)))),
  /** Who says that it is there, 64 hex digits; absent: nobody signed that. */
  publisher: Type.Optional(Hex64),
  /** Why it rests or was dropped. */
  why: Type.Optional(Type.String({ maxLength: 64 })),
  pieces: Count,
  bytes: Count,
  bytesPerSecond: Count,
  /** Pieces that it has, of all; absent: not known yet. */
  has: Type.Optional(Count),
})
export type LiveSource = Readonly<Static<typeof LiveSource>>

export const LiveRow = Type.Object({
  atMs: Count,
  bytesPerSecond: Count,
  /** Bytes of pieces that are not kept yet. */
  arrivingBytes: Count,
  underWay: Type.Array(PieceIndex, { maxItems: 1_024 }),
  sources: Type.Array(LiveSource, { maxItems: SOURCES_MAX }),
})
export type LiveRow = Readonly<Static<typeof LiveRow>>

/** One of both. */
export const PieceRow = Type.Object({
  content: Type.Optional(Hex32),
  here: Type.Optional(SmallBytes),
})
export type PieceRow = Readonly<Static<typeof PieceRow>>

export const LayerPart = Type.Refine(Bytes, ({ length }) => length <= LAYER_ROW_BYTES)

export const readDownloadRow = rowReader(DownloadRow)
export const readLiveRow = rowReader(LiveRow)
export const readPieceRow = rowReader(PieceRow)

export function partitionOfDownload(id: string): PartitionId {
  return partitionOf(DOWNLOADS_TABLE, id)
}

export function downloadKey(id: string, sk = 'head'): RecordKey {
  return { table: DOWNLOADS_TABLE, pk: id, sk }
}

export function pieceSk(index: number): string {
  return PIECE_PREFIX + String(index).padStart(INDEX_DIGITS, '0')
}

export function indexOf(sk: string): number {
  return Number(sk.slice(sk.indexOf('/') + 1))
}

export function layerSk(row: number): string {
  return LAYER_PREFIX + String(row).padStart(INDEX_DIGITS, '0')
}

export function activeKey(id: string): RecordKey {
  const partition = partitionOfDownload(id)
  return { table: ACTIVE_TABLE, pk: pkIn(ACTIVE_TABLE, partition), sk: id }
}

const PAUSED = Uint8Array.of(1)
const NOTHING = new Uint8Array(0)

/** Whoever goes on with it sees at once whether it is paused. */
export function putActive(work: PartitionWork, id: string, isPaused: boolean): void {
  work.put(activeKey(id), isPaused ? PAUSED : NOTHING)
}

export function readActive({ sk, value }: Pick<StoredRecord, 'sk' | 'value'>): ActiveDownload {
  return { id: sk, isPaused: value.length > 0 }
}

export function begunKey(id: string, begunMs: number): RecordKey {
  const partition = partitionOfDownload(id)
  return { table: BEGUN_TABLE, pk: pkIn(BEGUN_TABLE, partition), sk: `${timeSk(begunMs)}.${id}` }
}

export function downloadIn(work: Pick<PartitionWork, 'get'>, id: string): DownloadRow | undefined {
  const record = work.get(downloadKey(id))
  return record === undefined ? undefined : readDownloadRow(record)
}

export function putDownload(work: PartitionWork, id: string, row: DownloadRow, endMs?: number) {
  work.put(downloadKey(id), rowBytes(row), endMs)
}

/** Of one partition, those that are active: of some people. */
export const ACTIVE_LISTED_MAX = DOWNLOADS_MAX * 25
