/**
 * What members of one group say to one another (Ongaro, *Consensus: bridging theory and practice*,
 * 2014), and what their log holds. Many messages of many groups travel to one member in one
 * `Bundle`; beats name a whole pair of members, not a group (architecture 5).
 */
import type { MemberId } from '../base/ids.ts'
import type { PartitionId } from './partition.ts'

/** Counts elections; 0 before the first. */
export type Term = number

/** Counts entries from 1; 0 is before the first. */
export type LogIndex = number

/** Two logs with the same point are the same up to it. */
export interface LogPoint {
  readonly index: LogIndex
  readonly term: Term
}

export const LOG_START: LogPoint = { index: 0, term: 0 }

/**
 * Who votes, and who only follows. In a joint configuration (dissertation 4.3) `outgoing` are the
 * voters of the old one, whose majority counts too.
 */
export interface Configuration {
  /** Sorted, no duplicates. */
  readonly voters: readonly MemberId[]
  readonly learners: readonly MemberId[]
  readonly outgoing?: readonly MemberId[]
}

export type EntryKind = 'empty' | 'command' | 'configuration'

export interface LogEntry {
  readonly index: LogIndex
  readonly term: Term
  /**
   * Logged time, ms since 1970: median of the voters' clocks as the leader knew them, never less
   * than the entry before.
   */
  readonly timeMs: number
  readonly kind: EntryKind
  /** `command`: opaque to consensus. `configuration`: `encodeConfiguration`. `empty`: no bytes. */
  readonly data: Uint8Array
}

/** What must survive a restart besides the log (Raft paper, figure 2). */
export interface HardState {
  readonly term: Term
  readonly vote: MemberId | undefined
}

/** A state as of `point`, which a lagging member fetches in blocks (`store.snapshotBlock`). */
export interface SnapshotOffer {
  readonly point: LogPoint
  readonly configuration: Configuration
}

export type RaftMessage =
  | {
      readonly kind: 'append'
      readonly term: Term
      readonly previous: LogPoint
      readonly entries: readonly LogEntry[]
      readonly commit: LogIndex
    }
  | {
      readonly kind: 'appended'
      readonly term: Term
      /** Its log is the leader's up to here, on disk. */
      readonly match: LogIndex
      /** The follower's wall clock, for logged time. */
      readonly wallMs: number
    }
  /** As an `append` without entries, but nobody answers it. */
  | { readonly kind: 'committed'; readonly term: Term; readonly index: LogIndex }
  | {
      readonly kind: 'appendRefused'
      readonly term: Term
      /** `previous.index` of what is refused. */
      readonly rejected: LogIndex
      /** The leader may go on after a point not beyond this one. */
      readonly hint: LogPoint
    }
  /**
   * From a follower that was told of a commit beyond what it has compared with the leader's log:
   * send an append, be it an empty one.
   */
  | { readonly kind: 'compare'; readonly term: Term }
  | {
      readonly kind: 'ask'
      /** `preVote`: would you vote? Changes nothing. `vote`: vote. */
      readonly ballot: 'preVote' | 'vote'
      /** The term that the candidate has, or would have. */
      readonly term: Term
      readonly last: LogPoint
      /** The leader itself handed over: a live leader is no reason to refuse. */
      readonly isTransfer: boolean
    }
  | {
      readonly kind: 'voted'
      readonly ballot: 'preVote' | 'vote'
      readonly term: Term
      readonly isGranted: boolean
    }
  | { readonly kind: 'offer'; readonly term: Term; readonly snapshot: SnapshotOffer }
  /** The offered snapshot could not be had; `appended` says that it was installed. */
  | { readonly kind: 'offerFailed'; readonly term: Term; readonly point: LogPoint }
  | { readonly kind: 'campaignNow'; readonly term: Term }
  /** From a follower: up to which index must I have applied to serve these reads? */
  | { readonly kind: 'readAsk'; readonly term: Term; readonly token: number }
  | {
      readonly kind: 'readAnswer'
      readonly term: Term
      readonly token: number
      /** `undefined`: not confirmed, ask the leader that there is then. */
      readonly index: LogIndex | undefined
    }

/** A leader of some groups tells a member of them that it is there. Rounds only grow. */
export interface Beat {
  readonly round: number
  /** Number of the list that this beat stands for; grows with each change of the list. */
  readonly list: number
  /** The list itself, as long as the receiver has not answered for `list`. */
  readonly groups?: readonly BeatGroup[]
  /** Commit indexes that grew since the beat before. */
  readonly commits: readonly (readonly [PartitionId, LogIndex])[]
  /** Nobody waits for the answer: it may leave with the receiver's own next beat. */
  readonly canWait?: true
}

export interface BeatGroup {
  readonly group: PartitionId
  readonly term: Term
}

export interface BeatAnswer {
  readonly round: number
  readonly list: number
  /** `list` is not known here: send it. Nothing is confirmed. */
  readonly isUnknown: boolean
  /** Groups of the list that do not hold here: another term, or no such group. */
  readonly except: readonly PartitionId[]
}

/** A message of one group. */
export interface GroupMessage {
  readonly group: PartitionId
  readonly message: RaftMessage
}

/** All that one member says to another in one turn. */
export interface Bundle {
  /** Raised by `recover`; a bundle of another generation is dropped (architecture 2.4). */
  readonly generation: number
  readonly messages: readonly GroupMessage[]
  readonly beat?: Beat
  readonly beatAnswer?: BeatAnswer
  /** Commands that the sender asks the leader to take, and answers to such. */
  readonly proposals?: readonly Proposal[]
  readonly outcomes?: readonly ProposalOutcome[]
  /** The sender's disk is nearly full: its groups take no more writes that need room. */
  readonly isFull?: true
}

/**
 * A command on its way from the member that was asked to the leader. It may arrive twice or never:
 * the session inside the command keeps it from being applied twice.
 */
export interface Proposal {
  readonly group: PartitionId
  /** Of the sender's counting, in the answer again. */
  readonly token: number
  readonly data: Uint8Array
}

export type ProposalOutcome = { readonly group: PartitionId; readonly token: number } & (
  | {
      readonly kind: 'applied'
      readonly index: LogIndex
      /** Packed answer of the procedure. */
      readonly answer: Uint8Array
    }
  /** Surely not carried out by this sending. */
  | {
      readonly kind: 'refused'
      readonly why: 'notLeader' | 'notMember' | 'busy' | 'full' | 'malformed'
      /** Who may be the leader; of `full`, whose disk it is. */
      readonly hint?: MemberId
    }
  /** Taken into the log, then leadership was lost: it may or may not be carried out. */
  | { readonly kind: 'lost' }
)
