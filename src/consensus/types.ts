/**
 * Raft as a machine: one `RaftGroup` a partition, one `Beats` a member (docs/spec/raft.md). Time
 * enters with each event; what is to be done comes out as data. The order that keeps it right
 * stands at `RaftOutput`.
 */
import type { MemberId } from '../base/ids.ts'
import type { Chance } from '../base/random.ts'
import type { PartitionId } from '../wire/partition.ts'
import {
  LOG_START,
  type Configuration,
  type HardState,
  type LogEntry,
  type LogIndex,
  type LogPoint,
  type RaftMessage,
  type SnapshotOffer,
  type Term,
} from '../wire/raft.ts'

/** When something is stepped. */
export interface Moment {
  /** Of this member's monotonic clock; never less than at the step before. */
  readonly nowMs: number
  /** Of this member's wall clock, ms since 1970: for logged time alone. */
  readonly wallMs: number
}

export interface RaftSettings {
  /** Between two beats of a leader. */
  readonly beatMs: number
  /** A follower campaigns after a time drawn between these without a word of its leader. */
  readonly electionMinMs: number
  readonly electionMaxMs: number
  /** Bytes of entries under way to one follower; more wait for its answer. */
  readonly inFlightBytesMax: number
  readonly appendBytesMax: number
  /** Entries proposed and not committed; beyond it proposals are refused as `busy`. */
  readonly uncommittedBytesMax: number
  /** Of the end of the log, kept past `compact` for followers that lag or fetch a snapshot. */
  readonly keptBytesMax: number
}

/** What a member had on its disk; a member new to the group has `EMPTY_RESTORED`. */
export interface Restored {
  readonly hardState: HardState
  /** The log begins behind: what of it is applied is kept for followers that lag. */
  readonly base: LogPoint
  /** The state holds everything up to here; not before `base`, not beyond the last entry. */
  readonly applied: LogIndex
  /** Logged time as of `applied`, which no later entry goes behind. */
  readonly timeMs: number
  /** As of `applied`; `undefined` before the first entry is known. */
  readonly configuration: Configuration | undefined
  /** From `base.index + 1` on, without gaps. */
  readonly entries: readonly LogEntry[]
  /** Led this group when it stopped: it campaigns first. */
  readonly wasLeader: boolean
}

export const EMPTY_RESTORED: Restored = {
  hardState: { term: 0, vote: undefined },
  base: LOG_START,
  applied: 0,
  timeMs: 0,
  configuration: undefined,
  entries: [],
  wasLeader: false,
}

export interface RaftOptions {
  readonly group: PartitionId
  readonly self: MemberId
  readonly settings: RaftSettings
  readonly chance: Chance
  readonly restored: Restored
  /** What beats say about other members; asked while stepping, changes nothing. */
  readonly beats: BeatView
  readonly nowMs: number
}

/** What the coalesced beats of this member know (beats.ts). */
export interface BeatView {
  /** When this leader's beat last named the group at this term; -Infinity if never. */
  heardAtMs(leader: MemberId, group: PartitionId, term: Term): number
  /** The last round for which the follower said that the group holds at this term; 0 if none. */
  confirmedRound(follower: MemberId, group: PartitionId, term: Term): number
  /** When that round was sent, on this member's clock; -Infinity if none. */
  confirmedAtMs(follower: MemberId, group: PartitionId, term: Term): number
  /** The round that was sent last: only a later one can confirm a read that arrives now. */
  readonly lastRound: number
}

export type RaftEvent =
  | { readonly kind: 'message'; readonly from: MemberId; readonly message: RaftMessage }
  /** `deadlineMs` has come. */
  | { readonly kind: 'timer' }
  | PersistedEvent
  /** Followers confirmed a round: reads may be ready. */
  | { readonly kind: 'confirmed' }
  /** The leader's beat says how far the log is committed. */
  | {
      readonly kind: 'committed'
      readonly from: MemberId
      readonly term: Term
      readonly index: LogIndex
    }
  /** The member's connections broke and it cannot be reached: no need to wait for the time-out. */
  | { readonly kind: 'lost'; readonly member: MemberId }
  /** The state holds everything up to this index. */
  | { readonly kind: 'applied'; readonly index: LogIndex }
  /** The state is durable up to here without the log: entries up to it may be forgotten. */
  | { readonly kind: 'compact'; readonly through: LogPoint }
  /**
   * The state, and nothing else, is what the snapshot held, durably, and the log on disk is empty
   * with this base. It may be a later one than was offered. `timeMs`: its logged time.
   */
  | { readonly kind: 'installed'; readonly snapshot: SnapshotOffer; readonly timeMs: number }
  | { readonly kind: 'installFailed'; readonly point: LogPoint }
  /** One read, or many that arrived in one turn; `take` tells what became of it, once. */
  | { readonly kind: 'read'; readonly token: number }
  | { readonly kind: 'transfer'; readonly to: MemberId }

/** What a `Persist` asked for is on disk, up to the entry `through` and with this term and vote. */
export interface PersistedEvent {
  readonly kind: 'persisted'
  readonly through: LogPoint
  readonly hardState: HardState
}

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader'

export interface AddressedMessage {
  readonly to: MemberId
  readonly message: RaftMessage
  /** Nothing waits for it: it may leave a little later, with others to the same member. */
  readonly canWait: boolean
}

/**
 * What a step asks for. Order: `messages` may leave at once; `persist` goes to disk;
 * `messagesAfterPersist` leave only when this `persist`, and all before it, is synced (votes and
 * acknowledgements are promises); then `persisted` is stepped. The leader's own acknowledgement is
 * that event too.
 */
export interface RaftOutput {
  readonly messages: readonly AddressedMessage[]
  readonly persist: Persist | undefined
  readonly messagesAfterPersist: readonly AddressedMessage[]
  /** Grew: entries up to here are to be applied, `entriesToApply()` gives them. */
  readonly commit: LogIndex | undefined
  readonly reads: readonly ReadOutcome[]
  /**
   * This member is to fetch the snapshot from there, then step `installed` or `installFailed`. It
   * replaces an earlier one that is still under way. Until then nothing is to be applied.
   */
  readonly install: { readonly from: MemberId; readonly snapshot: SnapshotOffer } | undefined
  /** A read waits for a round later than the last: beat with the end of this turn. */
  readonly wantsRound: boolean
  /** Role, term, leader or configuration changed. */
  readonly isChanged: boolean
}

export interface Persist {
  /** When changed. */
  readonly hardState: HardState | undefined
  /** Replace what the log had from the first one's index on. */
  readonly entries: readonly LogEntry[]
  /** To be stepped when it is synced. */
  readonly persisted: PersistedEvent
}

export type ReadOutcome =
  /** It may be served as soon as the state holds everything up to `index`. */
  | { readonly kind: 'ready'; readonly token: number; readonly index: LogIndex }
  /** Nothing was confirmed: ask again, there may be another leader. */
  | { readonly kind: 'refused'; readonly token: number }

export type ProposeOutcome =
  | { readonly kind: 'taken'; readonly at: LogPoint }
  | { readonly kind: 'notLeader'; readonly hint: MemberId | undefined }
  /** `uncommittedBytesMax`, or leadership is being handed over. */
  | { readonly kind: 'busy' }

export type ChangeOutcome =
  | ProposeOutcome
  /** One change at a time (dissertation 4.3), and none before the first entry of the term. */
  | { readonly kind: 'underWay' }

/** Who is to vote, and who only to follow, after a change. */
export interface Membership {
  readonly voters: readonly MemberId[]
  readonly learners: readonly MemberId[]
}

/** How far a member of the group is, as its leader knows. */
export interface Progress {
  readonly member: MemberId
  readonly match: LogIndex
  /** It must be given a snapshot, or is being given one. */
  readonly needsSnapshot: boolean
  /** When this member began to lead, while it has not answered since. */
  readonly lastAnswerAtMs: number
  readonly hasAnswered: boolean
}

export interface RaftStatus {
  readonly role: Role
  readonly term: Term
  /** Whom it voted for in this term. */
  readonly vote: MemberId | undefined
  readonly leader: MemberId | undefined
  readonly configuration: Configuration | undefined
  /** A configuration entry is not committed, or the group is in a joint configuration. */
  readonly isChanging: boolean
  readonly commit: LogIndex
  readonly applied: LogIndex
  readonly last: LogPoint
  readonly base: LogPoint
  /** Of the leader alone: an entry of its own term is committed. */
  readonly isReady: boolean
  /** Of the leader alone, every member but itself. */
  readonly progress: readonly Progress[]
}
