/**
 * What must hold over all members of a group, whatever happens (Raft paper, figure 3; dissertation
 * 6.4), looked at from outside: by what members write, send and apply.
 */
import assert from 'node:assert/strict'

import type { MemberId } from '../base/ids.ts'
import { decodeConfiguration } from '../wire/configuration.ts'
import type { Configuration, LogEntry, LogIndex, Term } from '../wire/raft.ts'
import { logOf, memberName, type Packet, type TestMember } from './member.test-helper.ts'
import { isMajority } from './quorum.ts'
import type { RaftOutput, ReadOutcome } from './types.ts'

interface Seen {
  readonly entry: LogEntry
  /** Term of the entry before, where it was seen. */
  previousTerm: Term | undefined
}

export class Checks {
  readonly #members: ReadonlyMap<MemberId, TestMember>
  readonly #leaders = new Map<Term, MemberId>()
  readonly #votes = new Map<string, MemberId>()
  readonly #seen = new Map<string, Seen>()
  /** By index; the first member to apply an entry sets what all others must apply there. */
  readonly committed = new Map<LogIndex, LogEntry>()
  #commit: LogIndex = 0
  #configuration: { readonly index: LogIndex; readonly configuration: Configuration } | undefined
  readonly #floors = new Map<number, LogIndex>()
  /** How often each was looked at: a check that never runs proves nothing. */
  readonly counts = { leaders: 0, entries: 0, applied: 0, commits: 0, reads: 0, votes: 0 }

  constructor(members: ReadonlyMap<MemberId, TestMember>) {
    this.#members = members
  }

  get commit(): LogIndex {
    return this.#commit
  }

  taken(member: TestMember, output: RaftOutput): void {
    this.#logMatching(output.persist?.entries ?? [], member)
    const { role, term, commit, configuration } = member.group.status()
    if (role !== 'leader') return
    if (this.#leaders.get(term) !== member.id) this.#elected(member, term)
    if (output.commit === undefined) return
    this.counts.commits++
    this.#commit = Math.max(this.#commit, commit)
    assert.ok(configuration !== undefined)
    const entry = logOf(member).find(({ index }) => index === commit)
    assert.ok(entry === undefined || entry.term === term, 'a leader counts entries of its own term')
    const isDurable = isMajority(configuration, (voter) => this.#hasOnDisk(voter, commit, term))
    assert.ok(isDurable, `${commit} is committed, and not on disk at a majority`)
  }

  #elected(member: TestMember, term: Term): void {
    this.counts.leaders++
    const other = this.#leaders.get(term)
    assert.equal(other, undefined, `two leaders in term ${term}`)
    this.#leaders.set(term, member.id)
    assert.deepEqual(member.disk.hardState, { term, vote: member.id }, 'its own vote is on disk')
    const terms = new Map(logOf(member).map((entry) => [entry.index, entry.term]))
    const last = member.group.status().last.index
    for (const [index, entry] of this.committed) {
      if (index <= member.disk.state.point.index) continue
      assert.ok(index <= last, `the leader of term ${term} lacks committed entry ${index}`)
      const own = terms.get(index)
      if (own === undefined) continue
      assert.equal(own, entry.term, `the leader of term ${term} has another entry ${index}`)
    }
  }

  #hasOnDisk(voter: MemberId, index: LogIndex, term: Term): boolean {
    const disk = this.#members.get(voter)?.disk
    if (disk === undefined) return false
    if (disk.state.point.index >= index) return true
    return disk.entries.some((entry) => entry.index === index && entry.term <= term)
  }

  /** Two logs with an entry of one index and term are the same up to there. */
  #logMatching(entries: readonly LogEntry[], member: TestMember): void {
    if (entries.length === 0) return
    const log = logOf(member)
    for (const entry of entries) {
      this.counts.entries++
      const key = `${entry.index}/${entry.term}`
      const previousTerm =
        entries.find(({ index }) => index === entry.index - 1)?.term ??
        log.find(({ index }) => index === entry.index - 1)?.term
      const seen = this.#seen.get(key)
      if (seen === undefined) {
        this.#seen.set(key, { entry, previousTerm })
        continue
      }
      assert.deepEqual(entry, seen.entry, `entry ${key} differs between members`)
      if (seen.previousTerm === undefined) seen.previousTerm = previousTerm
      assert.ok(
        previousTerm === undefined || previousTerm === seen.previousTerm,
        `what is before entry ${key} differs between members`,
      )
    }
  }

  applied(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.counts.applied++
      const known = this.committed.get(entry.index)
      if (known === undefined) this.#committed(entry)
      else assert.deepEqual(entry, known, `${entry.index} is applied in two ways`)
    }
  }

  #committed(entry: LogEntry): void {
    this.committed.set(entry.index, entry)
    if (entry.kind !== 'configuration') return
    const next = decodeConfiguration(entry.data)
    assert.ok(next !== undefined)
    const last = this.#configuration
    if (last !== undefined && last.index < entry.index) checkChange(last.configuration, next)
    this.#configuration = { index: entry.index, configuration: next }
  }

  sent(from: TestMember, to: MemberId, packet: Packet): void {
    if (packet.kind !== 'message') return
    const { message } = packet
    if (message.kind === 'ask' && message.ballot === 'vote') {
      const { term, vote } = from.disk.hardState
      assert.ok(
        term > message.term || vote === from.id,
        'a candidate asks when its vote is on disk',
      )
    }
    if (message.kind !== 'voted' || message.ballot !== 'vote' || !message.isGranted) return
    this.counts.votes++
    const key = `${from.name} in term ${message.term}`
    const other = this.#votes.get(key)
    assert.ok(other === undefined || other === to, `${key} voted twice, for ${memberName(to)}`)
    this.#votes.set(key, to)
    const { term, vote } = from.disk.hardState
    assert.ok(term > message.term || vote === to, `${key} told a vote that is not on its disk`)
  }

  /** A read begins: it must see everything that any leader may have acknowledged. */
  readBegins(token: number): void {
    this.#floors.set(token, this.#commit)
  }

  readEnds(outcome: ReadOutcome): void {
    const floor = this.#floors.get(outcome.token)
    assert.ok(floor !== undefined, `read ${outcome.token} ends twice, or never began`)
    this.#floors.delete(outcome.token)
    if (outcome.kind === 'refused') return
    this.counts.reads++
    assert.ok(outcome.index >= floor, `a read at ${outcome.index} misses ${floor}`)
  }
}

/** Voters change through a joint configuration, and that becomes the one that it leads to. */
function checkChange(last: Configuration, next: Configuration): void {
  if (last.outgoing !== undefined) {
    assert.equal(next.outgoing, undefined, 'two changes at once')
    assert.deepEqual(next.voters, last.voters, 'another change than was begun')
  } else if (next.outgoing !== undefined) {
    assert.deepEqual(next.outgoing, last.voters, 'a change of other voters than there are')
  } else {
    assert.deepEqual(next.voters.toSorted(), last.voters.toSorted(), 'voters changed in one step')
  }
}
