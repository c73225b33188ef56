/**
 * What leaders show of the log of one group, and how far they say that it is committed: each rule
 * of Raft that the log has is checked on the message that would break it.
 */
import { assert } from '../../src/base/assert.ts'
import type { MemberId } from '../../src/base/ids.ts'
import { decodeConfiguration } from '../../src/wire/configuration.ts'
import type {
  Configuration,
  LogEntry,
  LogIndex,
  LogPoint,
  RaftMessage,
  SnapshotOffer,
  Term,
} from '../../src/wire/raft.ts'
import type { Tally } from '../world/tally.ts'

export const LOG_CHECKS = [
  'check: logs match',
  'check: logged time never goes back',
  'check: what is committed stays',
  'check: a term commits by its own entry',
  'check: a majority holds what is committed',
  'check: one change at a time',
] as const

type Append = Extract<RaftMessage, { kind: 'append' }>

/** An entry as it was first seen: all that bear its index and term must be the same. */
interface SeenEntry {
  /** Term of the entry before it. */
  readonly before: Term
  readonly hash: number
  readonly timeMs: number
  readonly configuration: Configuration | undefined
}

interface SeenConfiguration {
  readonly index: LogIndex
  readonly term: Term
  readonly configuration: Configuration
}

interface Committed {
  readonly term: Term
  /** Of the leader that said so first. */
  readonly byTerm: Term
}

interface Acknowledged {
  readonly term: Term
  readonly match: LogIndex
}

export class LogWitness {
  /** By index, then by term. */
  readonly #entries = new Map<LogIndex, Map<Term, SeenEntry>>()
  readonly #configurations: SeenConfiguration[] = []
  /** By term, the farthest point of the log that its leader showed, and its first entry. */
  readonly #tops = new Map<Term, LogPoint>()
  readonly #starts = new Map<Term, LogIndex>()
  readonly #leaders = new Map<Term, MemberId>()
  readonly #committed = new Map<LogIndex, Committed>()
  /** By term: what of the leader's log each says to have on its disk. */
  readonly #matches = new Map<Term, Map<MemberId, LogIndex>>()
  readonly #acknowledged = new Map<MemberId, Acknowledged>()
  /** Of those that lead: the last configuration in their logs. */
  readonly #own = new Map<MemberId, Configuration>()
  readonly #tally: Tally
  #commit: LogIndex = 0

  constructor(tally: Tally) {
    this.#tally = tally
  }

  /** The greatest commit index that any leader told. */
  get commit(): LogIndex {
    return this.#commit
  }

  /** Where the leader of the term began, where that was seen. */
  startOf(term: Term): LogIndex | undefined {
    return this.#starts.get(term)
  }

  /** The last that it acknowledged. */
  acknowledged(member: MemberId): Acknowledged | undefined {
    return this.#acknowledged.get(member)
  }

  appended(from: MemberId, { term, match }: Acknowledged): void {
    const matches = this.#matches.get(term) ?? new Map<MemberId, LogIndex>()
    this.#matches.set(term, matches)
    const most = Math.max(match, matches.get(from) ?? 0)
    matches.set(from, most)
    const last = this.#acknowledged.get(from)
    if (last === undefined || last.term <= term) {
      this.#acknowledged.set(from, { term, match: most })
    }
  }

  /** It left the group, and what it had is gone. */
  left(member: MemberId): void {
    this.#acknowledged.delete(member)
    this.#own.delete(member)
  }

  /** The configuration that it goes by as a leader, sent or not; `undefined`: it does not lead. */
  goesBy(member: MemberId, configuration: Configuration | undefined): void {
    if (configuration === undefined) this.#own.delete(member)
    else this.#own.set(member, configuration)
  }

  offered({ point, configuration }: SnapshotOffer): void {
    this.#knows({ ...point, configuration })
  }

  appends(leader: MemberId, append: Append): void {
    const { previous, entries, term, commit } = append
    this.#shows(term, previous)
    let before = previous.term
    for (const entry of entries) {
      this.#entry(entry, before)
      this.#shows(term, entry)
      if (entry.kind === 'configuration' && entry.term === term) this.#changes(append, entry)
      before = entry.term
    }
    this.commits(leader, term, commit)
  }

  /**
   * Said by the leader of the term. What it counted while it led an earlier one it may tell in this
   * one first (store, seed 241).
   */
  commits(leader: MemberId, term: Term, commit: LogIndex): void {
    this.#leaders.set(term, leader)
    if (commit <= this.#commit) return
    const points = [...this.#chainFrom(this.#tops.get(term), this.#commit)]
    const counted = points.find(({ index }) => index === commit)?.term ?? term
    this.#tally.add('check: a term commits by its own entry')
    const isOwn = counted === term || this.#leaders.get(counted) === leader
    assert(isOwn, `term ${term} counts copies of entry ${commit} of term ${counted}`)
    this.#checkMajority(leader, counted, commit)
    this.#commit = commit
    for (const { index, term: of } of points) {
      if (index <= commit) this.#committed.set(index, { term: of, byTerm: counted })
    }
  }

  /** Told without a word of the log, by a beat. */
  commitsUnseen(commit: LogIndex): void {
    this.#commit = Math.max(this.#commit, commit)
  }

  /**
   * Some configuration that may count since the commit index says yes in each of its halves: any
   * between that index and the end of what leaders showed of their logs.
   */
  isMajority(has: (voter: MemberId) => boolean, since: LogIndex = this.#commit): boolean {
    const known = this.#configurations
    let from = -1
    for (const seen of known) {
      const isLater = seen.index > from && seen.index <= since
      if (isLater && !this.#isOverwritten(seen)) from = seen.index
    }
    return (
      from === -1 ||
      known.some(({ index, configuration }) => index >= from && saysYes(configuration, has))
    )
  }

  /**
   * The same, or the last configuration in the leader's own log says yes: it may wait for room on
   * the way to every follower (store, seeds 5010 and 8912).
   */
  isMajorityOf(leader: MemberId, has: (voter: MemberId) => boolean, since: LogIndex): boolean {
    const own = this.#own.get(leader)
    return this.isMajority(has, since) || (own !== undefined && saysYes(own, has))
  }

  #checkMajority(leader: MemberId, term: Term, commit: LogIndex): void {
    this.#tally.add('check: a majority holds what is committed')
    const matches = this.#matches.get(term)
    const holds = (voter: MemberId): boolean =>
      voter === leader || (matches?.get(voter) ?? 0) >= commit
    const isHeld = this.isMajorityOf(leader, holds, commit)
    assert(isHeld, `${leader} commits ${commit} in term ${term} without a majority that holds it`)
  }

  /** A leader has everything that was committed before its term. */
  #shows(term: Term, { index, term: of }: LogPoint): void {
    const top = this.#tops.get(term)
    if (top === undefined || top.index < index) this.#tops.set(term, { index, term: of })
    if (of === term && index < (this.#starts.get(term) ?? Infinity)) this.#starts.set(term, index)
    const committed = this.#committed.get(index)
    if (committed === undefined || committed.byTerm > term) return
    this.#tally.add('check: what is committed stays')
    const isKept = committed.term === of
    assert(
      isKept,
      `the leader of term ${term} has entry ${index} of term ${of}, not ${committed.term}`,
    )
  }

  /** The points of a log from one down to behind another, as far as its entries were seen. */
  *#chainFrom(top: LogPoint | undefined, downTo: LogIndex): Generator<LogPoint> {
    for (let point = top; point !== undefined && point.index > downTo;) {
      yield point
      const entry = this.#entries.get(point.index)?.get(point.term)
      point = entry === undefined ? undefined : { index: point.index - 1, term: entry.before }
    }
  }

  /** A new configuration by its leader: the one before it is committed, and follows the rules. */
  #changes({ commit, term }: Append, { index }: LogEntry): void {
    const added = this.#entries.get(index)?.get(term)?.configuration
    for (const point of this.#chainFrom({ index, term }, 0)) {
      const before = this.#entries.get(point.index)?.get(point.term)?.configuration
      if (point.index === index || before === undefined) continue
      this.#tally.add('check: one change at a time')
      const isSettled = point.index <= Math.max(commit, this.#commit)
      assert(isSettled, `configuration ${index} follows ${point.index}, which is not committed`)
      if (added !== undefined) checkStep(before, added)
      return
    }
  }

  #entry(entry: LogEntry, before: Term): void {
    const { index, term, timeMs } = entry
    const terms = this.#entries.get(index) ?? new Map<Term, SeenEntry>()
    this.#entries.set(index, terms)
    const known = terms.get(term)
    this.#tally.add('check: logs match')
    const hash = hashOf(entry)
    if (known === undefined) {
      const configuration =
        entry.kind === 'configuration' ? decodeConfiguration(entry.data) : undefined
      terms.set(term, { before, hash, timeMs, configuration })
      if (configuration !== undefined) this.#knows({ index, term, configuration })
      const previous = this.#entries.get(index - 1)?.get(before)
      this.#tally.add('check: logged time never goes back')
      const isLater = previous === undefined || previous.timeMs <= timeMs
      assert(isLater, `entry ${index} of term ${term} is older than the one before`)
      return
    }
    const isSame = known.before === before && known.hash === hash && known.timeMs === timeMs
    assert(isSame, `there are two entries ${index} of term ${term}`)
  }

  /** A later term has another entry there (store, seed 169). */
  #isOverwritten({ index, term }: LogPoint): boolean {
    const terms = this.#entries.get(index)
    if (terms === undefined) return false
    for (const other of terms.keys()) if (other > term) return true
    return false
  }

  #knows(seen: SeenConfiguration): void {
    const text = textOf(seen.configuration)
    const isKnown = this.#configurations.some(
      ({ index, term, configuration }) =>
        index === seen.index && term === seen.term && textOf(configuration) === text,
    )
    if (!isKnown) this.#configurations.push(seen)
  }
}

/** A majority of the voters, and in a joint configuration of the outgoing ones, too. */
function saysYes(
  { voters, outgoing = voters }: Configuration,
  has: (voter: MemberId) => boolean,
): boolean {
  return [voters, outgoing].every((half) => 2 * half.filter(has).length > half.length)
}

/** Voters change through a joint configuration, and out of it only into the one it leads to. */
function checkStep(before: Configuration, after: Configuration): void {
  const same = (a: readonly MemberId[], b: readonly MemberId[]): boolean =>
    String(a.toSorted()) === String(b.toSorted())
  const isRight =
    after.outgoing === undefined
      ? same(before.voters, after.voters)
      : before.outgoing === undefined && same(before.voters, after.outgoing)
  assert(isRight, `configuration ${textOf(after)} follows ${textOf(before)}`)
}

const textOf = ({ voters, learners, outgoing = [] }: Configuration): string =>
  [voters, learners, outgoing].map(String).join(' ')

const HASH_START = 0x811c9dc5
const PRIME = 0x01000193
/**
 * Longer data are hashed in steps: each byte costs, and a wrong entry differs nearly everywhere.
 */
const HASHED_BYTES = 64

function hashOf({ kind, data }: LogEntry): number {
  let hash = HASH_START ^ kind.length ^ data.length
  const step = Math.max(1, Math.floor(data.length / HASHED_BYTES))
  for (let at = 0; at < data.length; at += step) hash = Math.imul(hash ^ (data[at] ?? 0), PRIME)
  return hash
}
