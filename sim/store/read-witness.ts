/**
 * Reads that a follower asks its leader about (ReadIndex, dissertation 6.4): the answer is not from
 * before the question, comes of a leader that knows what its predecessors committed, and of one
 * that a majority confirmed since.
 */
import { assert } from '../../src/base/assert.ts'
import type { MemberId } from '../../src/base/ids.ts'
import type { LogIndex, RaftMessage } from '../../src/wire/raft.ts'
import type { Tally } from '../world/tally.ts'
import type { LogWitness } from './log-witness.ts'

export const READ_CHECKS = [
  'check: a read is not behind what was committed',
  'check: a read waits for the first entry of the term',
  'check: a read is confirmed after it came',
] as const

type ReadAnswer = Extract<RaftMessage, { kind: 'readAnswer' }>

interface Rounds {
  last: number
  readonly confirmed: Map<MemberId, number>
}

/** Rounds of beats, over all groups. */
export class RoundWitness {
  readonly #byLeader = new Map<MemberId, Rounds>()

  /** It counts anew. */
  restarted(leader: MemberId): void {
    this.#byLeader.delete(leader)
  }

  lastOf(leader: MemberId): number {
    return this.#byLeader.get(leader)?.last ?? 0
  }

  beats(leader: MemberId, round: number): void {
    this.#of(leader).last = round
  }

  confirms(follower: MemberId, leader: MemberId, round: number): void {
    const { confirmed } = this.#of(leader)
    confirmed.set(follower, Math.max(round, confirmed.get(follower) ?? 0))
  }

  confirmedBy(follower: MemberId, leader: MemberId): number {
    return this.#byLeader.get(leader)?.confirmed.get(follower) ?? 0
  }

  #of(leader: MemberId): Rounds {
    const known = this.#byLeader.get(leader) ?? { last: 0, confirmed: new Map() }
    this.#byLeader.set(leader, known)
    return known
  }
}

interface Asked {
  readonly leader: MemberId
  readonly commit: LogIndex
  readonly round: number
}

export class ReadWitness {
  readonly #log: LogWitness
  readonly #rounds: RoundWitness
  readonly #tally: Tally
  /** By follower and token. */
  readonly #asked = new Map<string, Asked>()

  constructor(log: LogWitness, rounds: RoundWitness, tally: Tally) {
    this.#log = log
    this.#rounds = rounds
    this.#tally = tally
  }

  asks(follower: MemberId, leader: MemberId, token: number): void {
    const round = this.#rounds.lastOf(leader)
    this.#asked.set(`${follower} ${token}`, { leader, commit: this.#log.commit, round })
  }

  answers(leader: MemberId, follower: MemberId, answer: ReadAnswer): void {
    const { term, token, index } = answer
    const place = `${follower} ${token}`
    const asked = this.#asked.get(place)
    this.#asked.delete(place)
    if (asked?.leader !== leader || index === undefined) return
    this.#tally.add('check: a read is not behind what was committed')
    const isFresh = index >= asked.commit
    assert(isFresh, `${leader} lets a read pass at ${index}, after ${asked.commit} was committed`)
    this.#tally.add('check: a read waits for the first entry of the term')
    const isReady = index >= (this.#log.startOf(term) ?? 0)
    assert(isReady, `${leader} lets a read pass before it committed anything in term ${term}`)
    this.#tally.add('check: a read is confirmed after it came')
    const confirms = (voter: MemberId): boolean =>
      voter === leader || this.#rounds.confirmedBy(voter, leader) > asked.round
    const isConfirmed = this.#log.isMajorityOf(leader, confirms, asked.commit)
    assert(isConfirmed, `${leader} lets a read pass that nobody confirmed since it came`)
  }
}
