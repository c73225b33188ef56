/**
 * Beats as a follower hears them. Of each leader it keeps the last list, and which groups of it do
 * not hold here; both change only when a list or a term does, so a beat of a known list costs
 * nothing for its groups.
 */
import { assert } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { PartitionId } from '../wire/partition.ts'
import type { Beat, BeatAnswer, BeatGroup, LogIndex, Term } from '../wire/raft.ts'

/** What a beat tells a group; to be stepped into it as `committed`. */
export interface BeatCommit {
  readonly group: PartitionId
  readonly term: Term
  /** 0 where it only tells that it leads. */
  readonly index: LogIndex
}

export interface HeardBeat {
  readonly answer: BeatAnswer
  readonly commits: readonly BeatCommit[]
}

/** What one leader says that it leads. */
interface List {
  readonly number: number
  readonly terms: ReadonlyMap<PartitionId, Term>
  /** Groups of it that have another term here, or no replica. */
  readonly except: Set<PartitionId>
  heardAtMs: number
}

const NOTHING: readonly never[] = []

export class BeatsHeard {
  readonly #lists = new Map<MemberId, List>()
  /** Of the groups with a replica here. */
  readonly #terms = new Map<PartitionId, Term>()

  holds(group: PartitionId, term: Term): void {
    if (this.#terms.get(group) === term) return
    this.#terms.set(group, term)
    this.#compare(group)
  }

  releases(group: PartitionId): void {
    if (this.#terms.delete(group)) this.#compare(group)
  }

  #compare(group: PartitionId): void {
    for (const { terms, except } of this.#lists.values()) {
      const listed = terms.get(group)
      if (listed === undefined) continue
      if (listed === this.#terms.get(group)) except.delete(group)
      else except.add(group)
    }
  }

  /**
   * A beat that comes late may bring back an older list. What is answered is true all the same, and
   * the next beat finds its own list unknown.
   */
  received(from: MemberId, beat: Beat, nowMs: number): HeardBeat {
    const list = beat.groups === undefined ? this.#lists.get(from) : this.#take(from, beat)
    const { round } = beat
    if (list === undefined || list.number !== beat.list) {
      const answer = { round, list: beat.list, isUnknown: true, except: NOTHING }
      return { answer, commits: NOTHING }
    }
    list.heardAtMs = Math.max(list.heardAtMs, nowMs)
    const except = list.except.size === 0 ? NOTHING : [...list.except]
    const answer = { round, list: list.number, isUnknown: false, except }
    return { answer, commits: this.#commitsOf(list, beat) }
  }

  /** The answer as it is to be when it leaves: a term may have changed since the beat came. */
  renewed(from: MemberId, answer: BeatAnswer): BeatAnswer {
    if (answer.isUnknown) return answer
    const list = this.#lists.get(from)
    assert(list?.number === answer.list, 'the last beat is answered')
    const { except } = list
    const isSame = except.size === 0 && answer.except.length === 0
    return isSame ? answer : { ...answer, except: [...except] }
  }

  #take(from: MemberId, { list: number, groups = NOTHING }: Beat): List {
    const known = this.#lists.get(from)
    if (known?.number === number) return known
    const terms = new Map(groups.map(({ group, term }: BeatGroup) => [group, term]))
    const except = new Set<PartitionId>()
    for (const [group, term] of terms) {
      if (this.#terms.get(group) !== term) except.add(group)
    }
    const list = { number, terms, except, heardAtMs: -Infinity }
    this.#lists.set(from, list)
    return list
  }

  /**
   * Groups of a list that is told learn of their leader; such as do not hold are told at each beat,
   * until either side has taken the other's term.
   */
  #commitsOf(list: List, { commits, groups }: Beat): readonly BeatCommit[] {
    if (commits.length === 0 && groups === undefined && list.except.size === 0) return NOTHING
    const told = new Map<PartitionId, LogIndex>(commits)
    for (const { group } of groups ?? NOTHING) if (!told.has(group)) told.set(group, 0)
    for (const group of list.except) if (!told.has(group)) told.set(group, 0)
    const found: BeatCommit[] = []
    for (const [group, index] of told) {
      const term = list.terms.get(group)
      if (term !== undefined && this.#terms.has(group)) found.push({ group, term, index })
    }
    return found
  }

  heardAtMs(leader: MemberId, group: PartitionId, term: Term): number {
    const list = this.#lists.get(leader)
    return list?.terms.get(group) === term ? list.heardAtMs : -Infinity
  }
}
