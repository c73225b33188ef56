/**
 * What Raft promises of every run (Ongaro and Ousterhout, 2014, figure 3), checked on all that
 * members say to one another: what they keep for themselves misleads nobody.
 */
import { assert } from '../../src/base/assert.ts'
import type { MemberId } from '../../src/base/ids.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import type { LogEntry, RaftMessage, Term } from '../../src/wire/raft.ts'
import type { Tally } from '../world/tally.ts'
import type { SentBundle } from './virtual-peers.ts'

export const RAFT_CHECKS = [
  'check: one leader a term',
  'check: one vote a term',
  'check: terms never go back',
  'check: logs match',
  'check: logged time never goes back',
  'check: commits never go back',
] as const

type Append = Extract<RaftMessage, { kind: 'append' }>

/** An entry as it was first seen: all that bear its index and term must be the same. */
interface SeenEntry {
  readonly before: Term
  readonly hash: number
  readonly timeMs: number
}

class GroupWitness {
  readonly #leaders = new Map<Term, MemberId>()
  /** By voter and term. */
  readonly #votes = new Map<string, MemberId>()
  readonly #terms = new Map<MemberId, Term>()
  readonly #commits = new Map<MemberId, number>()
  /** By index, then by term. */
  readonly #entries = new Map<number, Map<Term, SeenEntry>>()
  readonly #tally: Tally

  constructor(tally: Tally) {
    this.#tally = tally
  }

  said(from: MemberId, to: MemberId, message: RaftMessage): void {
    const { kind, term } = message
    if (kind === 'append') {
      this.leads(from, term)
      this.#promises(from, term)
      this.#appends(from, message)
    } else if (kind === 'appended') {
      this.#promises(from, term)
    } else if ((kind === 'ask' || kind === 'voted') && message.ballot === 'vote') {
      this.#promises(from, term)
      if (kind === 'voted' && message.isGranted) this.#grants(from, to, term)
    }
  }

  leads(leader: MemberId, term: Term): void {
    this.#tally.add('check: one leader a term')
    const known = this.#leaders.get(term) ?? leader
    assert(known === leader, `both ${known} and ${leader} lead in term ${term}`)
    this.#leaders.set(term, leader)
  }

  #grants(voter: MemberId, candidate: MemberId, term: Term): void {
    this.#tally.add('check: one vote a term')
    const place = `${voter} ${term}`
    const known = this.#votes.get(place) ?? candidate
    assert(known === candidate, `${voter} voted for ${known} and ${candidate} in term ${term}`)
    this.#votes.set(place, candidate)
  }

  /** What binds a member must be remembered by it. */
  #promises(member: MemberId, term: Term): void {
    this.#tally.add('check: terms never go back')
    const known = this.#terms.get(member) ?? 0
    assert(term >= known, `${member} went back from term ${known} to ${term}`)
    this.#terms.set(member, term)
  }

  #appends(leader: MemberId, { previous, entries, commit, term }: Append): void {
    const known = this.#commits.get(leader) ?? 0
    // A leader that was wiped or restarted learns its commit anew: within its term it only grows.
    this.#tally.add('check: commits never go back')
    const place = commit + term * TERM_WEIGHT
    assert(place >= known, `${leader} went back to commit ${commit} in term ${term}`)
    this.#commits.set(leader, place)
    let before = previous.term
    for (const entry of entries) {
      this.#entry(entry, before)
      before = entry.term
    }
  }

  #entry(entry: LogEntry, before: Term): void {
    const { index, term, timeMs } = entry
    const terms = this.#entries.get(index) ?? new Map<Term, SeenEntry>()
    this.#entries.set(index, terms)
    const known = terms.get(term)
    this.#tally.add('check: logs match')
    const seen = { before, hash: hashOf(entry), timeMs }
    if (known === undefined) {
      terms.set(term, seen)
      const previous = this.#entries.get(index - 1)?.get(before)
      this.#tally.add('check: logged time never goes back')
      const isLater = previous === undefined || previous.timeMs <= timeMs
      assert(isLater, `entry ${index} of term ${term} is older than the one before`)
      return
    }
    const isSame = known.before === before && known.hash === seen.hash && known.timeMs === timeMs
    assert(isSame, `there are two entries ${index} of term ${term}`)
  }
}

/** More entries than any run has. */
const TERM_WEIGHT = 2 ** 32
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

export class RaftWitness {
  readonly #groups = new Map<PartitionId, GroupWitness>()
  readonly #tally: Tally

  constructor(tally: Tally) {
    this.#tally = tally
  }

  saw({ from, to, bundle }: SentBundle): void {
    for (const { group, message } of bundle.messages) this.#group(group).said(from, to, message)
    for (const { group, term } of bundle.beat?.groups ?? []) this.#group(group).leads(from, term)
  }

  #group(group: PartitionId): GroupWitness {
    const known = this.#groups.get(group) ?? new GroupWitness(this.#tally)
    this.#groups.set(group, known)
    return known
  }
}
