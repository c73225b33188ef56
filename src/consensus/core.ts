/**
 * What a member knows of one group. The files beside it are what it does with that, each with one
 * matter; they change it only through what stands here and in roles.ts.
 */
import { assert } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { Chance } from '../base/random.ts'
import type { PartitionId } from '../wire/partition.ts'
import type { LogEntry, LogIndex, RaftMessage, Term } from '../wire/raft.ts'
import { Configurations } from './configurations.ts'
import { LogView } from './log-view.ts'
import { Output } from './output.ts'
import type { Installing, Standing } from './standing.ts'
import type { BeatView, Moment, Persist, RaftOptions, RaftSettings } from './types.ts'

/** Together with 32 bits of chance it stays a safe integer. */
const QUESTIONS_A_RUN = 2 ** 20

export class Core {
  readonly group: PartitionId
  readonly self: MemberId
  readonly settings: RaftSettings
  readonly chance: Chance
  readonly beats: BeatView
  readonly log: LogView
  readonly configurations: Configurations
  readonly output = new Output()
  /** Of the step under way. */
  moment: Moment
  standing: Standing
  /** Of this term; known also while this member wonders whether it lives. */
  leader: MemberId | undefined
  /** When a message of the leader came; beats apart. */
  heardAtMs = -Infinity
  /** Beats until then do not count: the connections to the leader broke. */
  lostAtMs = -Infinity
  installing: Installing | undefined
  #term: Term
  #vote: MemberId | undefined
  #isHardStateUnsaved: boolean
  #isLeaderSilent = false
  #lastQuestion: number
  /** base <= applied <= given <= commit <= last. */
  #commit: LogIndex
  #given: LogIndex
  #applied: LogIndex

  constructor({ group, self, settings, chance, beats, restored, nowMs }: RaftOptions) {
    const { base, applied, timeMs, entries, hardState } = restored
    assert(settings.beatMs < settings.electionMinMs, 'a leader beats before it is doubted')
    assert(settings.electionMinMs < settings.electionMaxMs, 'election time-outs differ')
    this.group = group
    this.self = self
    this.settings = settings
    this.chance = chance
    this.beats = beats
    this.log = new LogView({ point: base, timeMs }, entries)
    this.configurations = new Configurations(
      { at: applied, known: restored.configuration },
      entries,
    )
    assert(applied >= base.index && applied <= this.log.lastIndex, 'what is applied is in the log')
    this.moment = { nowMs, wallMs: 0 }
    // Entries may have been applied before the term that came with them was on disk. Nothing was
    // promised in that term then: promises leave when it is.
    const isBehind = this.log.lastTerm > hardState.term
    this.#term = isBehind ? this.log.lastTerm : hardState.term
    this.#vote = isBehind ? undefined : hardState.vote
    this.#isHardStateUnsaved = isBehind
    // Not from 1: an answer that was meant for this member before a restart is nobody's.
    this.#lastQuestion = chance.u32() * QUESTIONS_A_RUN
    this.#commit = this.#given = this.#applied = applied
    this.standing = this.newFollower(this.drawElectionMs())
  }

  get term(): Term {
    return this.#term
  }

  get vote(): MemberId | undefined {
    return this.#vote
  }

  get commit(): LogIndex {
    return this.#commit
  }

  get applied(): LogIndex {
    return this.#applied
  }

  /**
   * It may campaign. Also one that the last configuration leaves out, until that is committed: it
   * may be the only one whose log is long enough (dissertation 4.2.2).
   */
  get isElectable(): boolean {
    return this.installing === undefined && this.configurations.mayVote(this.self, this.#commit)
  }

  /** Whom to turn to: not one that is given up for lost. */
  get knownLeader(): MemberId | undefined {
    const isDoubted = this.standing.kind === 'preCandidate' || this.#isLeaderSilent
    return isDoubted ? undefined : this.leader
  }

  get isLeaderSilent(): boolean {
    return this.#isLeaderSilent
  }

  setLeaderSilent(isSilent: boolean): void {
    if (isSilent === this.#isLeaderSilent) return
    this.#isLeaderSilent = isSilent
    this.output.changed()
  }

  newFollower(patienceMs: number): Standing {
    return {
      kind: 'follower',
      deadlineMs: this.moment.nowMs + patienceMs,
      verified: this.#commit,
      told: this.#commit,
      owesAnswer: false,
      comparedAtMs: -Infinity,
      reads: { gathered: [], asked: new Map() },
    }
  }

  drawElectionMs(): number {
    const { electionMinMs, electionMaxMs } = this.settings
    return electionMinMs + this.chance.below(electionMaxMs - electionMinMs + 1)
  }

  setTerm(term: Term, vote: MemberId | undefined): void {
    assert(term >= this.#term, 'a term never falls')
    assert(term > this.#term || this.#vote === undefined || this.#vote === vote, 'one vote a term')
    this.#term = term
    this.#vote = vote
    this.#isHardStateUnsaved = true
    this.output.changed()
  }

  append(entries: readonly LogEntry[]): void {
    const before = this.configurations.currentIndex
    this.log.append(entries)
    this.configurations.append(entries)
    if (this.configurations.currentIndex !== before) this.output.changed()
  }

  truncateFrom(index: LogIndex): void {
    assert(index > this.#commit, 'what is committed is never dropped')
    assert(this.standing.kind !== 'leader', 'a leader only appends to its log')
    const before = this.configurations.currentIndex
    this.log.truncateFrom(index)
    this.configurations.truncateFrom(index)
    if (this.configurations.currentIndex !== before) this.output.changed()
  }

  commitTo(index: LogIndex): void {
    assert(index <= this.log.lastIndex, 'what is committed is in the log')
    if (index <= this.#commit) return
    const change = this.configurations.currentIndex
    if (change > this.#commit && change <= index) this.output.changed()
    this.#commit = index
  }

  /** Committed entries that were not given before. */
  give(bytesMax: number): readonly LogEntry[] {
    if (this.installing !== undefined || this.#given >= this.#commit) return []
    const range = { from: this.#given + 1, through: this.#commit, bytesMax }
    const { entries } = this.log.slice(range)
    this.#given += entries.length
    return entries
  }

  appliedTo(index: LogIndex): void {
    assert(index <= this.#given, 'only what was given can be applied')
    this.#applied = Math.max(this.#applied, index)
  }

  /** The state was replaced as a whole, and holds everything up to the base of the log. */
  restart(): void {
    this.#commit = this.#given = this.#applied = this.log.base.index
  }

  send(to: MemberId, message: RaftMessage, canWait = false): void {
    this.output.send(to, message, canWait)
  }

  /** A number for a question to the leader, never given before. */
  nextQuestion(): number {
    this.#lastQuestion++
    return this.#lastQuestion
  }

  takePersist(): Persist | undefined {
    const entries = this.log.takeUnsaved()
    if (entries.length === 0 && !this.#isHardStateUnsaved) return undefined
    const hardState = { term: this.#term, vote: this.#vote }
    const isChanged = this.#isHardStateUnsaved
    this.#isHardStateUnsaved = false
    return {
      hardState: isChanged ? hardState : undefined,
      entries,
      persisted: { kind: 'persisted', through: this.log.last, hardState },
    }
  }
}
