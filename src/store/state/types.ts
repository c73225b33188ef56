/**
 * What the groups of one member hold: one database, written behind the event loop's back, and an
 * overlay of what is applied but not yet written (architecture 5, *State*). Keys given here are the
 * partition's own; the key in the database has the group and its incarnation in front. Values are
 * sealed under the member's key.
 */
import type { DatabaseEntry, DatabaseWrite, ScanOptions } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration, LogPoint, SnapshotOffer } from '../../wire/raft.ts'

/** What a partition's machine may read. Synchronous; sees all that is applied. */
export interface StateReader {
  /** `name`: `byteText(key)`, of who has it already. */
  get(key: Uint8Array, name?: string): Uint8Array | undefined
  scan(options: ScanOptions): readonly DatabaseEntry[]
}

/** `name`: `byteText(key)`, of who has it already. */
export type RowWrite = DatabaseWrite & { readonly name?: string }

/** Written in the same transaction as what was applied. */
export interface GroupMark {
  readonly applied: LogPoint
  /** As of `applied`; `undefined` before the first configuration entry. */
  readonly configuration: Configuration | undefined
}

export interface GroupState extends StateReader {
  readonly mark: GroupMark
  /** Seen by reads at once; in the database soon. Keys and values are not changed afterwards. */
  commit(writes: readonly RowWrite[], mark: GroupMark): void
}

/** A block of a snapshot, as it is sent: entries in order of their keys, values in clear. */
export interface SnapshotBlock {
  readonly number: number
  /** Packed entries. */
  readonly bytes: Uint8Array
  /** SHA-256 over all blocks up to this one, 64 hex digits. */
  readonly hash: string
  readonly isLast: boolean
}

/** A group's state as of one moment, to be sent. Blocks can be asked for again. */
export interface SnapshotSource {
  readonly offer: SnapshotOffer
  /** Blocks in order; the one before may be asked for once more. */
  block(number: number): SnapshotBlock
  close(): void
}

/** Takes a group's state from elsewhere, beside the one that is served. */
export interface SnapshotSink {
  readonly nextBlock: number
  /** The last block was taken. */
  readonly isComplete: boolean
  /**
   * @throws AnilloError DATA_DAMAGED where the block does not follow the one before, NOT_FOUND
   * where the group was dropped or another offer is taken
   */
  take(block: SnapshotBlock): Promise<void>
  /** After the last block: takes the place of the state there was, durably, at once. */
  install(): Promise<void>
  abandon(): Promise<void>
}

/** A group's state in short, for comparing replicas. */
export interface HashedState {
  readonly point: LogPoint
  /** SHA-256 over the mark and all rows in clear, 64 hex digits. */
  readonly hash: string
}

/** What groups hold, each as of the moment at which it was taken (cut.ts). */
export interface StateCut {
  /**
   * As of all that is applied: what is applied afterwards is not in it. `false`: a snapshot took
   * the place of the group's state meanwhile, or the group was dropped; it has no part in this cut.
   */
  take(group: PartitionId): boolean
  markOf(group: PartitionId): GroupMark
  /** Of a group that was taken. @throws AnilloError DATA_DAMAGED */
  scan(group: PartitionId, options: ScanOptions): readonly DatabaseEntry[]
  close(): void
}

export interface MemberState {
  /** Groups that this member holds, with what was durable. */
  readonly groups: ReadonlyMap<PartitionId, GroupState>
  /** Begins an empty one. */
  create(group: PartitionId): GroupState
  /** Its rows are taken away bit by bit. */
  drop(group: PartitionId): Promise<void>
  /** What was applied before is durable afterwards: the points per group. */
  checkpoint(): Promise<ReadonlyMap<PartitionId, GroupMark>>
  /** As of all that is applied. @throws AnilloError BUSY when too many are open. */
  snapshot(group: PartitionId): Promise<SnapshotSource>
  /** As of all that is applied: the same wherever the same was applied. @throws AnilloError BUSY */
  stateHash(group: PartitionId): Promise<HashedState>
  /**
   * Begins a cut through these groups, which are held here; it costs memory for what they apply
   * until they are taken, and space of the database until it is closed. @throws AnilloError BUSY
   */
  cut(groups: readonly PartitionId[]): StateCut
  /** The snapshot of which blocks were taken, and which is not installed. */
  taking(group: PartitionId): SnapshotOffer | undefined
  /** Goes on with blocks that were taken before for the same offer. */
  sink(group: PartitionId, offer: SnapshotOffer): Promise<SnapshotSink>
  /** Applied and not yet in the database, over all groups: the host stops applying when large. */
  readonly unwrittenBytes: number
  /** Bytes on the disk. */
  size(): Promise<number>
  close(): Promise<void>
}
