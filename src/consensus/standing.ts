/** What a member knows and awaits in each of its roles, and forgets when it leaves the role. */
import type { MemberId } from '../base/ids.ts'
import type { LogIndex, LogPoint } from '../wire/raft.ts'
import type { Progress } from './progress.ts'

export interface Follower {
  readonly kind: 'follower'
  /** When it looks whether it has heard of its leader. */
  deadlineMs: number
  /** Its log is known to be the leader's up to here. */
  verified: LogIndex
  /** The greatest commit index that the leader told; counts up to `verified` only. */
  told: LogIndex
  /** An append was taken in: answered once, at the end of the turn. */
  owesAnswer: boolean
  /** When it last asked the leader to compare logs. */
  comparedAtMs: number
  readonly reads: FollowerReads
}

export interface FollowerReads {
  /** Came in this turn. */
  gathered: number[]
  /** Under way to the leader, oldest first, by the token of the question. */
  readonly asked: Map<number, { readonly tokens: readonly number[]; readonly askedAtMs: number }>
}

export interface PreCandidate {
  readonly kind: 'preCandidate'
  /** When it gives up, and looks again. */
  deadlineMs: number
  readonly granted: Set<MemberId>
}

export interface Candidate {
  readonly kind: 'candidate'
  deadlineMs: number
  /** Its own vote is among them once it is on disk. */
  readonly granted: Set<MemberId>
}

export interface Leader {
  readonly kind: 'leader'
  /** Everybody in the configuration but itself, and some that are leaving. */
  readonly progress: Map<MemberId, Progress>
  /** Its first entry, empty: once that is committed, it is ready. */
  readonly termStart: LogIndex
  /** Its own log is on disk up to here. */
  saved: LogIndex
  uncommittedBytes: number
  /** When it looks whether a majority still confirms it. */
  quorumDueAtMs: number
  transfer: Transfer | undefined
  /** Oldest first, by rising round. */
  reads: ReadBatch[]
  /** The clock for entries of one moment. */
  clock: { readonly nowMs: number; readonly timeMs: number }
}

export interface Transfer {
  readonly to: MemberId
  readonly endsAtMs: number
  isSent: boolean
}

/** Reads that the same confirmation serves. */
export interface ReadBatch {
  /** It, or a later one, must be confirmed: it had not been sent when the reads arrived. */
  readonly round: number
  /** What the state must hold; at least the leader's first entry. */
  index: LogIndex
  readonly tokens: number[]
  readonly remote: { readonly follower: MemberId; readonly token: number }[]
}

export type Standing = Follower | PreCandidate | Candidate | Leader

/** A snapshot that is being fetched. */
export interface Installing {
  readonly from: MemberId
  readonly point: LogPoint
}
