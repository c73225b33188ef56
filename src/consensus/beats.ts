/**
 * The beats of one member, coalesced per pair of members (architecture 5). All that it leads and
 * that another follows is one list, of which only the number goes out while it does not change: a
 * beat costs the same for one group as for 64. `BeatsSent` is the leading side of it, `BeatsHeard`
 * the following one.
 */
import type { MemberId } from '../base/ids.ts'
import type { Chance } from '../base/random.ts'
import type { PartitionId } from '../wire/partition.ts'
import type { Beat, BeatAnswer, LogIndex, Term } from '../wire/raft.ts'
import { BeatsHeard, type HeardBeat } from './beats-heard.ts'
import { BeatsSent, type AddressedBeat } from './beats-sent.ts'
import type { BeatView } from './types.ts'

export class Beats implements BeatView {
  readonly #sent: BeatsSent
  readonly #heard = new BeatsHeard()

  constructor(options: { readonly chance: Chance }) {
    this.#sent = new BeatsSent(options.chance)
  }

  /**
   * This member leads the group, and these follow, without itself; `commit` is known there. To be
   * told again when the configuration changes; the same again changes nothing.
   */
  lead(
    group: PartitionId,
    term: Term,
    known: { readonly followers: readonly MemberId[]; readonly commit: LogIndex },
  ): void {
    this.#sent.lead(group, term, known)
  }

  /** This member leads the group no more. Nothing if it did not. */
  unlead(group: PartitionId): void {
    this.#sent.unlead(group)
  }

  /** The commit index of a group that it leads grew: the next beats tell. */
  committed(group: PartitionId, index: LogIndex): void {
    this.#sent.committed(group, index)
  }

  /**
   * A new round: a beat for each that follows anything. Every `beatMs`, and when a read wants one;
   * `isAwaited`: answers are to come at once.
   */
  next(nowMs: number, isAwaited = true): readonly AddressedBeat[] {
    return this.#sent.next(nowMs, isAwaited)
  }

  /** That member follows something here: a round has a beat for it. */
  isFollowedBy(member: MemberId): boolean {
    return this.#sent.isFollowedBy(member)
  }

  /** @returns whether it confirms a later round: groups that await one are to be told. */
  answered(from: MemberId, answer: BeatAnswer): boolean {
    return this.#sent.answered(from, answer)
  }

  /** This member has a replica of the group, with this term. To be told whenever it changes. */
  holds(group: PartitionId, term: Term): void {
    this.#heard.holds(group, term)
  }

  /** This member has no replica of the group. */
  releases(group: PartitionId): void {
    this.#heard.releases(group)
  }

  /** What to answer, and what to step into its groups. */
  received(from: MemberId, beat: Beat, nowMs: number): HeardBeat {
    return this.#heard.received(from, beat, nowMs)
  }

  /** What was answered to a beat of `from`, as it is to be when it leaves later. */
  renewed(from: MemberId, answer: BeatAnswer): BeatAnswer {
    return this.#heard.renewed(from, answer)
  }

  heardAtMs(leader: MemberId, group: PartitionId, term: Term): number {
    return this.#heard.heardAtMs(leader, group, term)
  }

  confirmedRound(follower: MemberId, group: PartitionId, term: Term): number {
    return this.#sent.confirmed(follower, group, term)?.round ?? 0
  }

  confirmedAtMs(follower: MemberId, group: PartitionId, term: Term): number {
    return this.#sent.confirmed(follower, group, term)?.sentAtMs ?? -Infinity
  }

  get lastRound(): number {
    return this.#sent.lastRound
  }
}
