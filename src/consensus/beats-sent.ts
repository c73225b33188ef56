/**
 * Beats as a leader sends them. A round goes to all followers at once. An answer confirms a round
 * for all groups of the list at once, those excepted that it names; what was confirmed for these
 * before is kept beside. A group counts only from the list on in which it stands with its term.
 */
import { assert } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { Chance } from '../base/random.ts'
import type { PartitionId } from '../wire/partition.ts'
import type { Beat, BeatAnswer, LogIndex, Term } from '../wire/raft.ts'

export interface AddressedBeat {
  readonly to: MemberId
  readonly beat: Beat
}

/** A round that a follower answered. */
export interface Confirmed {
  readonly round: number
  readonly sentAtMs: number
}

/** Rounds whose time of sending is known: an answer to an earlier one confirms nothing. */
const ROUNDS_KNOWN = 1_024

/** Together with 32 bits of chance it stays a safe integer. */
const NUMBERS_A_RUN = 2 ** 20

interface Led {
  readonly term: Term
  commit: LogIndex
  followers: ReadonlySet<MemberId>
}

interface Listed {
  readonly term: Term
  /** The first list that names it with this term. */
  readonly fromList: number
  /** While it is excepted: what was confirmed before; `undefined` else. */
  before: Confirmed | undefined
}

interface Pair {
  /** Number of the list as it is; the next beat stands for it. */
  list: number
  /** The list with this number may have left. */
  isListSent: boolean
  /** The follower answered for `list`. */
  isListKnown: boolean
  readonly groups: Map<PartitionId, Listed>
  readonly excepted: Set<PartitionId>
  confirmed: (Confirmed & { readonly list: number }) | undefined
  /** Commit indexes to tell, until a beat that tells them is answered. */
  readonly commits: Map<PartitionId, { readonly index: LogIndex; readonly round: number }>
}

export class BeatsSent {
  readonly #led = new Map<PartitionId, Led>()
  readonly #pairs = new Map<MemberId, Pair>()
  readonly #sentAtMs = new Float64Array(ROUNDS_KNOWN)
  readonly #firstRound: number
  #round: number
  #list: number

  /** Numbers begin at random: an answer meant for this member before a restart fits none. */
  constructor(chance: Chance) {
    this.#round = this.#firstRound = chance.u32() * NUMBERS_A_RUN
    this.#list = chance.u32() * NUMBERS_A_RUN
  }

  get lastRound(): number {
    return this.#round
  }

  lead(
    group: PartitionId,
    term: Term,
    { followers, commit }: { readonly followers: readonly MemberId[]; readonly commit: LogIndex },
  ): void {
    const known = this.#led.get(group)
    assert(known === undefined || known.term <= term, 'leadership of a term that is over')
    const isOn = known?.term === term
    const led = { term, commit: isOn ? known.commit : commit, followers: new Set(followers) }
    this.#led.set(group, led)
    for (const follower of known?.followers ?? []) {
      if (!led.followers.has(follower)) this.#unlist(follower, group)
    }
    for (const follower of led.followers) {
      const pair = this.#pairs.get(follower) ?? this.#newPair(follower)
      if (pair.groups.get(group)?.term === term) continue
      const fromList = this.#changeList(pair)
      pair.groups.set(group, { term, fromList, before: undefined })
      pair.excepted.delete(group)
      pair.commits.set(group, { index: commit, round: this.#round + 1 })
    }
    // Those that were followers before hear of it, too.
    this.committed(group, commit)
  }

  unlead(group: PartitionId): void {
    const led = this.#led.get(group)
    if (led === undefined) return
    this.#led.delete(group)
    for (const follower of led.followers) this.#unlist(follower, group)
  }

  #newPair(follower: MemberId): Pair {
    const pair: Pair = {
      list: this.#nextList(),
      isListSent: false,
      isListKnown: false,
      groups: new Map(),
      excepted: new Set(),
      confirmed: undefined,
      commits: new Map(),
    }
    this.#pairs.set(follower, pair)
    return pair
  }

  #nextList(): number {
    this.#list++
    return this.#list
  }

  #unlist(follower: MemberId, group: PartitionId): void {
    const pair = this.#pairs.get(follower)
    if (pair?.groups.delete(group) !== true) return
    pair.excepted.delete(group)
    pair.commits.delete(group)
    if (pair.groups.size === 0) this.#pairs.delete(follower)
    else this.#changeList(pair)
  }

  /** @returns its number from here on */
  #changeList(pair: Pair): number {
    if (pair.isListSent) {
      pair.list = this.#nextList()
      pair.isListSent = pair.isListKnown = false
    }
    return pair.list
  }

  committed(group: PartitionId, index: LogIndex): void {
    const led = this.#led.get(group)
    if (led === undefined || index <= led.commit) return
    led.commit = index
    const told = { index, round: this.#round + 1 }
    for (const follower of led.followers) this.#pairs.get(follower)?.commits.set(group, told)
  }

  /** That member follows something here: beats go to it. */
  isFollowedBy(member: MemberId): boolean {
    return this.#pairs.has(member)
  }

  next(nowMs: number, isAwaited: boolean): readonly AddressedBeat[] {
    this.#round++
    this.#sentAtMs[this.#round % ROUNDS_KNOWN] = nowMs
    const beats: AddressedBeat[] = []
    for (const [to, pair] of this.#pairs) beats.push({ to, beat: this.#beatFor(pair, isAwaited) })
    return beats
  }

  #beatFor(pair: Pair, isAwaited: boolean): Beat {
    const { list, groups, commits } = pair
    pair.isListSent = true
    const round = this.#round
    if (pair.isListKnown && commits.size === 0 && !isAwaited) {
      return { round, list, commits: NO_COMMITS, canWait: true }
    }
    const told = commits.size === 0 ? NO_COMMITS : Array.from(commits, indexOf)
    if (pair.isListKnown) return { round, list, commits: told }
    const named = Array.from(groups, ([group, { term }]) => ({ group, term }))
    return { round, list, commits: told, groups: named }
  }

  answered(from: MemberId, answer: BeatAnswer): boolean {
    const pair = this.#pairs.get(from)
    const { round, list } = answer
    const isOurs = round > Math.max(this.#firstRound, this.#round - ROUNDS_KNOWN)
    if (pair === undefined || !isOurs || round > this.#round || list > pair.list) return false
    if (answer.isUnknown) {
      if (list === pair.list) this.#tellAll(pair)
      return false
    }
    if (list === pair.list) pair.isListKnown = true
    if (pair.confirmed !== undefined && round <= pair.confirmed.round) return false
    this.#confirm(pair, answer)
    return true
  }

  /** The follower was restarted, or missed the list. */
  #tellAll(pair: Pair): void {
    pair.isListKnown = false
    for (const group of pair.groups.keys()) {
      const index = this.#led.get(group)?.commit ?? 0
      pair.commits.set(group, { index, round: this.#round + 1 })
    }
  }

  #confirm(pair: Pair, answer: BeatAnswer): void {
    const { round, list, except } = answer
    if (except.length > 0 || pair.excepted.size > 0) this.#except(pair, answer)
    for (const [group, told] of pair.commits) {
      if (told.round <= round && !except.includes(group)) pair.commits.delete(group)
    }
    const sentAtMs = this.#sentAtMs[round % ROUNDS_KNOWN] ?? -Infinity
    pair.confirmed = { round, list, sentAtMs }
  }

  /** What was confirmed for the groups that the answer excepts stays as it was. */
  #except(pair: Pair, { list, except }: BeatAnswer): void {
    const excepted = new Set(except)
    for (const group of excepted) {
      const listed = pair.groups.get(group)
      if (listed === undefined || listed.fromList > list || listed.before !== undefined) continue
      listed.before = confirmedOf(pair, listed) ?? NEVER
      pair.excepted.add(group)
    }
    for (const group of pair.excepted) {
      const listed = pair.groups.get(group)
      if (listed === undefined || excepted.has(group)) continue
      listed.before = undefined
      pair.excepted.delete(group)
    }
  }

  /** The last round that the follower confirmed for the group with this term. */
  confirmed(follower: MemberId, group: PartitionId, term: Term): Confirmed | undefined {
    const pair = this.#pairs.get(follower)
    const listed = pair?.groups.get(group)
    if (pair === undefined || listed === undefined || listed.term !== term) return undefined
    return confirmedOf(pair, listed)
  }
}

const NO_COMMITS: Beat['commits'] = []

function indexOf([group, { index }]: readonly [
  PartitionId,
  { readonly index: LogIndex },
]): readonly [PartitionId, LogIndex] {
  return [group, index]
}

const NEVER: Confirmed = { round: 0, sentAtMs: -Infinity }

function confirmedOf(pair: Pair, listed: Listed): Confirmed | undefined {
  if (listed.before !== undefined) return listed.before
  const { confirmed } = pair
  return confirmed !== undefined && confirmed.list >= listed.fromList ? confirmed : undefined
}
