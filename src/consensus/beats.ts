/**
 * The beats of one member, coalesced per pair of members (architecture 5). What it leads goes out
 * in one list a follower, of which only the number goes out while it does not change.
 */
import type { MemberId } from '../base/ids.ts'
import type { Chance } from '../base/random.ts'
import type { PartitionId } from '../wire/partition.ts'
import type { Beat, BeatAnswer, LogIndex, Term } from '../wire/raft.ts'
import type { BeatView } from './types.ts'

/** A commit index that a leader's beat told; step it into its group as `committed`. */
export interface BeatCommit {
  readonly group: PartitionId
  readonly term: Term
  readonly index: LogIndex
}

export class Beats implements BeatView {
  readonly chance: Chance

  constructor(options: { readonly chance: Chance }) {
    this.chance = options.chance
  }

  /** This member leads the group; again when its configuration changes. Without itself. */
  lead(group: PartitionId, term: Term, followers: readonly MemberId[]): void {
    throw new Error(`${group} ${term} ${followers.length}`)
  }

  /** This member leads the group no more. Nothing if it did not. */
  unlead(group: PartitionId): void {
    throw new Error(`${group}`)
  }

  /** The commit index of a group that it leads grew: the next beats tell. */
  committed(group: PartitionId, index: LogIndex): void {
    throw new Error(`${group} ${index}`)
  }

  /** A new round: a beat for each follower of anything. */
  next(nowMs: number): readonly { readonly to: MemberId; readonly beat: Beat }[] {
    throw new Error(`${nowMs}`)
  }

  /** @returns whether it confirms a later round: groups that await one are to be told. */
  answered(from: MemberId, answer: BeatAnswer): boolean {
    throw new Error(`${from} ${answer.round}`)
  }

  /** The group's term at this member; to be told before any beat is received with it. */
  holds(group: PartitionId, term: Term): void {
    throw new Error(`${group} ${term}`)
  }

  /** This member holds no replica of the group. */
  releases(group: PartitionId): void {
    throw new Error(`${group}`)
  }

  /** What to answer, and what to step into groups that are here. */
  received(
    from: MemberId,
    beat: Beat,
    nowMs: number,
  ): { readonly answer: BeatAnswer; readonly commits: readonly BeatCommit[] } {
    throw new Error(`${from} ${beat.round} ${nowMs}`)
  }

  heardAtMs(leader: MemberId, group: PartitionId, term: Term): number {
    throw new Error(`${leader} ${group} ${term}`)
  }

  confirmedRound(follower: MemberId, group: PartitionId, term: Term): number {
    throw new Error(`${follower} ${group} ${term}`)
  }

  confirmedAtMs(follower: MemberId, group: PartitionId, term: Term): number {
    throw new Error(`${follower} ${group} ${term}`)
  }

  get lastRound(): number {
    return 0
  }
}
