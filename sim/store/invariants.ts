/**
 * What Raft promises of every run (Ongaro and Ousterhout, 2014, figure 3), checked on all that
 * members say to one another, and on what they remember after a restart of what they said.
 */
import { assert, AssertionError } from '../../src/base/assert.ts'
import type { MemberId } from '../../src/base/ids.ts'
import type { RaftStatus } from '../../src/consensus/types.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import type { LogIndex, RaftMessage, Term } from '../../src/wire/raft.ts'
import type { Tally } from '../world/tally.ts'
import { LOG_CHECKS, LogWitness } from './log-witness.ts'
import { READ_CHECKS, ReadWitness, RoundWitness } from './read-witness.ts'
import type { SentBundle } from './virtual-peers.ts'

export const RAFT_CHECKS = [
  'check: one leader a term',
  'check: a leader has the votes of a majority',
  'check: a group is founded once',
  'check: one vote a term',
  'check: terms never go back',
  'check: commits never go back',
  'check: a restart forgets no promise',
  'check: a replica serves what was committed',
  ...LOG_CHECKS,
  ...READ_CHECKS,
] as const

interface Pair {
  readonly from: MemberId
  readonly to: MemberId
}

/** A number for each; 0 at first. */
class Pairs {
  readonly #numbers = new Map<MemberId, Map<MemberId, number>>()

  get({ from, to }: Pair): number {
    return this.#numbers.get(from)?.get(to) ?? 0
  }

  set({ from, to }: Pair, number: number): void {
    const numbers = this.#numbers.get(from) ?? new Map<MemberId, number>()
    this.#numbers.set(from, numbers)
    numbers.set(to, number)
  }
}

class GroupWitness {
  readonly log: LogWitness
  readonly #reads: ReadWitness
  readonly #leaders = new Map<Term, MemberId>()
  #lastTerm: Term = 0
  /** By voter and term. */
  readonly #votes = new Map<string, MemberId>()
  /** The last term in which the voter gave its vote. */
  readonly #lastVotes = new Map<MemberId, Term>()
  /** By sender and receiver: what leaves together may be of several terms. */
  readonly #terms = new Pairs()
  readonly #promised = new Map<MemberId, Term>()
  /** By sender and receiver: what can wait leaves behind what hurries to others. */
  readonly #commits = new Pairs()
  readonly #tally: Tally

  constructor(tally: Tally, rounds: RoundWitness) {
    this.#tally = tally
    this.log = new LogWitness(tally)
    this.#reads = new ReadWitness(this.log, rounds, tally)
  }

  said(from: MemberId, to: MemberId, message: RaftMessage): void {
    const { kind, term } = message
    if (kind === 'append') {
      this.leads(from, term)
      this.#promises({ from, to }, term)
      this.#checkCommit({ from, to }, term, message.commit)
      this.log.appends(from, message)
    } else if (kind === 'committed') {
      this.log.commits(from, term, message.index)
    } else if (kind === 'offer') {
      this.log.offered(message.snapshot)
    } else if (kind === 'appended') {
      this.#promises({ from, to }, term)
      this.log.appended(from, message)
    } else if ((kind === 'ask' || kind === 'voted') && message.ballot === 'vote') {
      this.#promises({ from, to }, term)
      // Who asks has voted for itself.
      if (kind === 'ask') this.#grants(from, from, term)
      else if (message.isGranted) this.#grants(from, to, term)
    } else if (kind === 'readAsk') {
      this.#reads.asks(from, to, message.token)
    } else if (kind === 'readAnswer') {
      this.#reads.answers(from, to, message)
    }
  }

  leads(leader: MemberId, term: Term): void {
    this.#tally.add('check: one leader a term')
    const known = this.#leaders.get(term)
    if (known === leader) return
    assert(known === undefined, `both ${known} and ${leader} lead in term ${term}`)
    this.#leaders.set(term, leader)
    // Of one that speaks only when others lead already, nobody knows who voted then.
    if (term < this.#lastTerm) return
    this.#lastTerm = term
    this.#tally.add('check: a leader has the votes of a majority')
    const votes = (voter: MemberId): boolean =>
      voter === leader || this.#votes.get(`${voter} ${term}`) === leader
    const isElected = this.log.isMajority(votes)
    assert(isElected, `${leader} leads in term ${term} without the votes of a majority`)
  }

  /** The founder's first entry is on its disk before it leads; nobody else begins at nothing. */
  stands(member: MemberId, { configuration, last, role }: RaftStatus): void {
    this.log.goesBy(member, role === 'leader' ? configuration : undefined)
    if (role !== 'leader') return
    this.#tally.add('check: a group is founded once')
    assert(last.index > 1, 'a member leads a group of which it knew nothing')
  }

  #grants(voter: MemberId, candidate: MemberId, term: Term): void {
    this.#tally.add('check: one vote a term')
    const place = `${voter} ${term}`
    const known = this.#votes.get(place) ?? candidate
    assert(known === candidate, `${voter} voted for ${known} and ${candidate} in term ${term}`)
    this.#votes.set(place, candidate)
    this.#lastVotes.set(voter, Math.max(term, this.#lastVotes.get(voter) ?? 0))
  }

  /** What binds a member must be remembered by it. */
  #promises(pair: Pair, term: Term): void {
    this.#tally.add('check: terms never go back')
    const { from } = pair
    const known = this.#terms.get(pair)
    assert(term >= known, `${from} went back from term ${known} to ${term}`)
    if (term > known) this.#terms.set(pair, term)
    this.#promised.set(from, Math.max(term, this.#promised.get(from) ?? 0))
  }

  /** `status` of a member that was just started; none where it holds nothing of the group. */
  recovered(member: MemberId, status: RaftStatus | undefined): void {
    const promised = this.#promised.get(member)
    if (promised === undefined) return
    this.#tally.add('check: a restart forgets no promise')
    assert(status !== undefined, `${member} forgot a group over a restart`)
    const { term, vote, last } = status
    assert(term >= promised, `${member} forgot term ${promised} over a restart`)
    const candidate = this.#votes.get(`${member} ${term}`)
    const isVoteKept = candidate === undefined || vote === candidate
    assert(isVoteKept, `${member} forgot over a restart that it voted in term ${term}`)
    const known = this.log.acknowledged(member)
    // In a later term a leader may have replaced what it had.
    const isLogKept = known?.term !== term || last.index >= known.match
    assert(isLogKept, `${member} lost over a restart what it acknowledged in term ${term}`)
  }

  /** The member left the group: it remembers its vote, and nothing else. */
  left(member: MemberId): void {
    this.#promised.delete(member)
    this.log.left(member)
  }

  #checkCommit(pair: Pair, term: Term, commit: LogIndex): void {
    const known = this.#commits.get(pair)
    // A leader that was wiped or restarted learns its commit anew: within its term it only grows.
    this.#tally.add('check: commits never go back')
    const place = commit + term * TERM_WEIGHT
    assert(place >= known, `${pair.from} went back to commit ${commit} in term ${term}`)
    this.#commits.set(pair, place)
  }
}

/** More entries than any run has. */
const TERM_WEIGHT = 2 ** 32

export class RaftWitness {
  readonly #groups = new Map<PartitionId, GroupWitness>()
  readonly #rounds = new RoundWitness()
  readonly #tally: Tally
  readonly #onWrong: (error: unknown) => void

  /** `onWrong` hears of what is found within the code that is checked, where a throw is lost. */
  constructor(tally: Tally, onWrong: (error: unknown) => void) {
    this.#tally = tally
    this.#onWrong = onWrong
  }

  /** The greatest commit index that was told of the group. */
  commitOf(group: PartitionId): LogIndex {
    return this.#group(group).log.commit
  }

  saw({ from, to, bundle }: SentBundle): void {
    const { messages, beat, beatAnswer } = bundle
    for (const { group, message } of messages) this.#group(group).said(from, to, message)
    if (beat !== undefined) {
      this.#rounds.beats(from, beat.round)
      for (const { group, term } of beat.groups ?? []) this.#group(group).leads(from, term)
      for (const [group, index] of beat.commits) this.#group(group).log.commitsUnseen(index)
    }
    if (beatAnswer?.isUnknown === false) this.#rounds.confirms(from, to, beatAnswer.round)
  }

  /** A member may serve what was asked when so much was committed. */
  served(group: PartitionId, asked: LogIndex, applied: LogIndex): void {
    this.#tally.add('check: a replica serves what was committed')
    if (applied >= asked) return
    this.#onWrong(
      new AssertionError(`a read of group ${group} at ${applied}, after ${asked} was committed`),
    )
  }

  /** Role, term, leader or configuration of a group changed at a member, or its replica went. */
  changed(member: MemberId, group: PartitionId, status: RaftStatus | undefined): void {
    if (status === undefined) this.#group(group).left(member)
    else this.#group(group).stands(member, status)
  }

  /** The member was started again, and has said nothing yet. */
  recovered(member: MemberId, statusOf: (group: PartitionId) => RaftStatus | undefined): void {
    this.#rounds.restarted(member)
    for (const [id, group] of this.#groups) group.recovered(member, statusOf(id))
  }

  #group(group: PartitionId): GroupWitness {
    const known = this.#groups.get(group) ?? new GroupWitness(this.#tally, this.#rounds)
    this.#groups.set(group, known)
    return known
  }
}
