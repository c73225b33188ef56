/**
 * What drives the groups of one member: their machines, the log, the state and the messages between
 * members (docs/spec/group.md). Placement, routing and the page see it through this interface.
 */
import type { Histogram } from '../../base/histogram.ts'
import type { MemberId } from '../../base/ids.ts'
import type { ChangeOutcome, Membership, RaftSettings, RaftStatus } from '../../consensus/types.ts'
import type { DatabaseEntry, ScanOptions } from '../../effects/database.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { ProposalOutcome } from '../../wire/raft.ts'
import type { RangeOptions, RecordKey, StoredRecord } from '../partition/procedure.ts'
import type { ProcedureTable } from '../partition/procedures.ts'
import type { RecordChange } from '../partition/types.ts'
import type { Peers } from '../peers.ts'
import type { GroupMark } from '../state/types.ts'
import type { WatchEvent } from '../types.ts'

export interface GroupHostOptions {
  readonly self: MemberId
  /** Raised by `recover`; bundles of another one are dropped. */
  readonly generation: number
  /**
   * This member holds nothing yet and hears that its ring is of a greater one: to be kept durably.
   */
  readonly onGeneration?: (generation: number) => Promise<void>
  /** Directory of the member's log and database on its disk. */
  readonly path: string
  /** Of the member, 32 bytes: log, records and snapshots at rest are under it. */
  readonly key: Uint8Array
  readonly peers: Peers
  /** All that commands in the logs may call. */
  readonly procedures: ProcedureTable
  readonly directions: Directions
  /** Only enrolled members are heard, and only they may make a replica begin here. */
  readonly isEnrolled: (member: MemberId) => boolean
  /**
   * The disk failed, or the log is no more: nothing may be promised; the process must end.
   * DATA_DAMAGED: this member's data must be given up, it becomes a new member.
   */
  readonly onFailure: (error: unknown) => void
  /** For those who watch. Never throws. */
  readonly onDoing?: (doing: GroupDoing) => void
  readonly settings?: Partial<GroupSettings>
}

/** `fetched`: the whole state of a group, from another member. `disk`: it passed its mark. */
export type GroupDoing =
  | {
      readonly kind: 'fetched'
      readonly group: PartitionId
      readonly from: MemberId
      readonly bytes: number
    }
  | { readonly kind: 'disk'; readonly isFull: boolean; readonly freeBytes: number }

/** Where other groups are: hints, which may be wrong (architecture 2.3). */
export interface Directions {
  /** Who may lead the group; asked again after each refusal. */
  leaderOf(group: PartitionId): MemberId | undefined
  /** `at` refused; it named `hint`, if it knew anybody. */
  wrong(group: PartitionId, at: MemberId, hint: MemberId | undefined): void
}

/** What tests and the simulator make smaller. */
export interface GroupSettings {
  /**
   * Written to the log since the last checkpoint before the next one begins. A segment of the log
   * has half of it, and is read whole at a start.
   */
  readonly checkpointBytes: number
  readonly checkpointEveryMs: number
  /** Applied and not yet in the database; above it nothing more is applied. */
  readonly unwrittenBytesMax: number
  /** Below it writes are refused, until there is half as much again. */
  readonly diskFreeBytesMin: number
  /** Of snapshots fetched from others, over all groups. */
  readonly snapshotBytesPerSecondMax: number
  /** Partitions that `found` makes a group for: all; fewer make the simulator fast. */
  readonly groups: readonly PartitionId[]
  readonly raft: RaftSettings
}

/** What became of a command; `timeout`: no word of it, it may be carried out still. */
export type SubmitOutcome =
  | { readonly kind: 'applied'; readonly index: number; readonly answer: Uint8Array }
  | {
      readonly kind: 'refused'
      readonly why: Extract<ProposalOutcome, { kind: 'refused' }>['why'] | 'unreachable'
      /** Who may lead instead; of `full`, whose disk it is. */
      readonly hint: MemberId | undefined
    }
  | { readonly kind: 'lost' }
  | { readonly kind: 'timeout' }

/**
 * `ready`: this replica may answer reads that arrived before. `refused`: no leader confirmed.
 * `notHere`: this member holds no replica.
 */
export type ReadOutcome = 'ready' | 'refused' | 'notHere'

/** What a replica holds, as of the last entry applied here. */
export interface Replica {
  readonly appliedIndex: number
  /** Greater after each recovery, which may give indexes again. */
  readonly generation: number
  /** At which entries apply here. */
  readonly featureLevel: number
  /** Partitions for which messages wait here. */
  destinations(): readonly PartitionId[]
  get(key: RecordKey): StoredRecord | undefined
  list(range: RangeOptions): { readonly items: readonly StoredRecord[]; readonly hasMore: boolean }
  /**
   * What of the pk changed after that index, each `sk` once; `undefined` when that is too far back.
   */
  changedSince(
    what: { readonly table: string; readonly pk: string },
    index: number,
  ): readonly string[] | undefined
  /** Runs `tell` after each entry that changes the pk; `undefined` when that is too far back. */
  watch(
    what: { readonly table: string; readonly pk: string; readonly fromIndex: number },
    tell: (event: WatchEvent) => void,
  ): { stop(): void } | undefined
}

export interface WaitOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Counters since the start; all only grow. */
export interface GroupCounters {
  readonly turns: number
  readonly bundlesIn: number
  readonly bundlesOut: number
  /** Calls of the log, and entries in them. */
  readonly appends: number
  readonly entriesAppended: number
  readonly entriesApplied: number
  readonly bytesApplied: number
  readonly proposals: number
  readonly reads: number
  readonly readRounds: number
  readonly checkpoints: number
  readonly snapshotsSent: number
  readonly snapshotsTaken: number
  readonly snapshotBytesIn: number
  readonly snapshotBytesOut: number
  readonly messagesDelivered: number
  readonly leadershipsGiven: number
  /** Elections won here. */
  readonly leadershipsTaken: number
  /** Terms that began in groups held here: each is an election of somebody. */
  readonly terms: number
}

/** A state that is fetched. */
export interface Incoming {
  readonly group: PartitionId
  readonly from: MemberId
  readonly blocks: number
  readonly bytes: number
}

/** Hears of each entry applied here, in order, once its changes can be read. */
export type AppliedListener = (
  group: PartitionId,
  index: number,
  changes: readonly RecordChange[],
) => void

/** What a backup has of groups of this member (cutting.ts). */
export interface BackupCut {
  /** The newest backup number that any of the groups knew before. */
  readonly knownMost: number
  /**
   * All groups have come to the number. Rejects with BACKUP_MISSED where one knew it already, or a
   * later one, or its state was replaced: another number may be tried.
   */
  readonly taken: Promise<void>
  /** Of a group, once all are taken. */
  markOf(group: PartitionId): GroupMark
  /** @throws AnilloError DATA_DAMAGED */
  scan(group: PartitionId, options: ScanOptions): readonly DatabaseEntry[]
  close(): void
}

/** Bytes of one member. */
export interface StoredSizes {
  readonly logBytes: number
  readonly databaseBytes: number
  /** Applied and not in the database yet: in memory. */
  readonly unwrittenBytes: number
}

export interface GroupHost {
  /** Groups with a replica here. */
  held(): readonly PartitionId[]
  status(group: PartitionId): RaftStatus | undefined
  replica(group: PartitionId): Replica | undefined
  /**
   * Has the command taken by `at`, which may be this member, and waits until it is applied there.
   * Settles at once when `at` is lost or leads no more.
   */
  submit(
    group: PartitionId,
    at: MemberId,
    data: Uint8Array,
    options: WaitOptions,
  ): Promise<SubmitOutcome>
  /** Many callers of one turn share one confirmation. */
  confirmRead(group: PartitionId, options: WaitOptions): Promise<ReadOutcome>
  /** Of a group led here. */
  change(group: PartitionId, target: Membership): ChangeOutcome
  transfer(group: PartitionId, to: MemberId): void
  /** Role, leader, term or configuration of a group changed, or a replica came or went. */
  onChanged(changed: (group: PartitionId) => void): () => void
  /** Applied entries, in order, with what they changed: for watches, the roster, chunks. */
  onApplied(applied: AppliedListener): () => void
  /**
   * Makes all 64 groups with this member as the only voter, on the medium when it resolves. Only
   * where there is none yet; a founding that was cut off is made again on an empty directory.
   */
  found(): Promise<void>
  /**
   * Awaits the backup of this number in groups that are held here: what they hold just before is
   * kept aside until it is closed. @throws AnilloError BUSY, NOT_FOUND
   */
  cut(number: number, groups: readonly PartitionId[]): BackupCut
  /** The member's disk is nearly full, as it said itself. */
  isFull(member: MemberId): boolean
  /** That of this member. */
  readonly isDiskFull: boolean
  /** Of this member's disk, as it said last; `undefined` before. */
  readonly freeBytes: number | undefined
  readonly counters: GroupCounters
  /** How long appends of the log took until they were on the medium, seconds. */
  readonly appendTimes: Histogram
  /** What it takes of the disk. */
  sizes(): Promise<StoredSizes>
  incoming(): readonly Incoming[]
  /** Hands leaderships over, then closes log and state in order. */
  close(): Promise<void>
}
