/**
 * One write-ahead log a member, for all groups (architecture 5, *Log*). `openLog` (log.ts) recovers
 * it; everything after is kept in memory by the machines of the groups, so that it is only written.
 */
import type { PartitionId } from '../../wire/partition.ts'
import type { HardState, LogEntry, LogPoint } from '../../wire/raft.ts'

export type LogRecord =
  /** Replace what the group had from the first one's index on. */
  | { readonly kind: 'entries'; readonly group: PartitionId; readonly entries: readonly LogEntry[] }
  | { readonly kind: 'hardState'; readonly group: PartitionId; readonly hardState: HardState }
  /**
   * A snapshot took the place of the log up to this point. Entries behind it stay only where the
   * log holds the point itself (Raft paper, figure 13).
   */
  | { readonly kind: 'base'; readonly group: PartitionId; readonly base: LogPoint }
  /** The member left the group: of it only term and vote are kept. */
  | { readonly kind: 'forget'; readonly group: PartitionId }

/** What the log knows of one group. */
export interface GroupImage {
  readonly hardState: HardState
  readonly base: LogPoint
  /** From `base.index + 1` on, without gaps. The array is the caller's. */
  readonly entries: readonly LogEntry[]
  /** The member left it; `hardState` counts if it ever comes back. */
  readonly isForgotten: boolean
}

export interface WriteAheadLog {
  /**
   * Resolves when the records, and all appended before, are on the medium. Calls made while a batch
   * is being synced become one batch. Rejects only at the end of this log: a failed write or sync
   * is told to `onFailure` (the process must end); a full disk too, since the leader refuses writes
   * long before it is full. Or with BUSY, when far too much waits: then nothing of it was taken.
   * Entries are kept as they are until `compact` passes them: their data must not be changed.
   */
  append(records: readonly LogRecord[]): Promise<void>
  /**
   * The state is durable up to these points, which become the bases of their groups: the log goes
   * on in one segment that begins with what is still needed (terms, votes, bases, younger entries),
   * and once that is synced the others go. Appends wait meanwhile. Groups without a point keep all.
   */
  compact(points: ReadonlyMap<PartitionId, LogPoint>): Promise<void>
  /** Written since the last `compact`: a checkpoint is due at `CHECKPOINT_BYTES`. */
  readonly bytesSinceCompact: number
  readonly bytes: number
  close(): Promise<void>
}

export interface OpenedLog {
  readonly log: WriteAheadLog
  readonly groups: ReadonlyMap<PartitionId, GroupImage>
  /** Bytes cut from a torn tail. */
  readonly tornBytes: number
}
