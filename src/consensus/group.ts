/**
 * One group of one member: the door to Raft. Events and proposals go in; `take`, once at the end of
 * a turn, gives everything that they brought about (docs/spec/raft.md).
 */
import { assert, unreachable } from '../base/assert.ts'
import type { MemberId } from '../base/ids.ts'
import type { HardState, LogEntry } from '../wire/raft.ts'
import { Core } from './core.ts'
import {
  campaignFirst,
  electionDeadlineMs,
  onElectionTimer,
  onLeaderLost,
  onVoteSaved,
} from './election.ts'
import { answerLeader } from './following.ts'
import { compact, onInstalled, onInstallFailed } from './installing.ts'
import { advanceCommit } from './leader-log.ts'
import { leaderDeadlineMs, onFollowerLost, onLeaderTimer, propose, transfer } from './leading.ts'
import { changeMembership, goOnWithChange } from './membership.ts'
import { onMessage } from './messages.ts'
import { askLeader, onRead, onReadsTimer, passReads, readsDeadlineMs, wantsRound } from './reads.ts'
import { replicate } from './replication.ts'
import type { Leader } from './standing.ts'
import { statusOf } from './status.ts'
import type {
  ChangeOutcome,
  Membership,
  Moment,
  PersistedEvent,
  ProposeOutcome,
  RaftEvent,
  RaftOptions,
  RaftOutput,
  RaftStatus,
} from './types.ts'

export class RaftGroup {
  readonly #core: Core
  /** The last commit index that `take` told. */
  #commitTold: number

  constructor(options: RaftOptions) {
    this.#core = new Core(options)
    this.#commitTold = this.#core.commit
    if (options.restored.wasLeader) campaignFirst(this.#core)
  }

  step(event: RaftEvent, moment: Moment): void {
    this.#enter(moment)
    const core = this.#core
    switch (event.kind) {
      case 'message':
        return onMessage(core, event.from, event.message)
      case 'timer':
        return this.#onTimer()
      case 'persisted':
        return this.#onPersisted(event)
      case 'confirmed':
        return
      case 'committed':
        return this.#onBeatCommit(event)
      case 'lost':
        return this.#onLost(event.member)
      case 'applied':
        return core.appliedTo(event.index)
      case 'compact':
        return compact(core, event.through.index)
      case 'installed':
        return onInstalled(core, event.snapshot, event.timeMs)
      case 'installFailed':
        return onInstallFailed(core, event.point)
      case 'read':
        return onRead(core, event.token)
      case 'transfer':
        if (core.standing.kind === 'leader') transfer(core, core.standing, event.to)
        return
      default:
        return unreachable(event)
    }
  }

  /** Of a leader: appends a command, which leaves with the next `take`. */
  propose(data: Uint8Array, moment: Moment): ProposeOutcome {
    this.#enter(moment)
    const { standing, knownLeader } = this.#core
    if (standing.kind !== 'leader') return { kind: 'notLeader', hint: knownLeader }
    return propose(this.#core, standing, data)
  }

  /** Of a leader: begins a change of configuration, which then runs to its end by itself. */
  change(target: Membership, moment: Moment): ChangeOutcome {
    this.#enter(moment)
    const { standing, knownLeader } = this.#core
    if (standing.kind !== 'leader') return { kind: 'notLeader', hint: knownLeader }
    return changeMembership(this.#core, standing, target)
  }

  /** What is to be done since the last call. Once a turn, after all that the turn brought. */
  take(): RaftOutput {
    const core = this.#core
    if (core.standing.kind === 'leader') this.#lead(core.standing)
    if (core.standing.kind === 'follower') {
      answerLeader(core, core.standing)
      askLeader(core, core.standing)
    }
    const commit = core.commit > this.#commitTold ? core.commit : undefined
    this.#commitTold = core.commit
    const { standing } = core
    return core.output.take({
      persist: core.takePersist(),
      commit,
      wantsRound: standing.kind === 'leader' && wantsRound(core, standing),
    })
  }

  #lead(leader: Leader): void {
    advanceCommit(this.#core, leader)
    goOnWithChange(this.#core, leader)
    if (this.#core.standing !== leader) return
    passReads(this.#core, leader)
    replicate(this.#core, leader)
  }

  /** Committed entries not given before, in order: one at least, then up to so many bytes. */
  entriesToApply(bytesMax: number): readonly LogEntry[] {
    return this.#core.give(bytesMax)
  }

  /**
   * When `timer` is to be stepped; Infinity: never. May change with each step; beats that are heard
   * only put it off.
   */
  get deadlineMs(): number {
    const core = this.#core
    const { standing } = core
    if (standing.kind === 'leader') return leaderDeadlineMs(core, standing)
    const electionMs = electionDeadlineMs(core, standing)
    return standing.kind === 'follower'
      ? Math.min(electionMs, readsDeadlineMs(core, standing))
      : electionMs
  }

  /** A read waits for followers' confirmations: step `confirmed` when `Beats.answered` is true. */
  get awaitsRound(): boolean {
    const { standing } = this.#core
    return standing.kind === 'leader' && standing.reads.length > 0
  }

  status(): RaftStatus {
    return statusOf(this.#core)
  }

  /** As it stands now, whether it is on disk or not. */
  get hardState(): HardState {
    return { term: this.#core.term, vote: this.#core.vote }
  }

  #enter(moment: Moment): void {
    assert(moment.nowMs >= this.#core.moment.nowMs, 'the clock went back')
    this.#core.moment = moment
  }

  #onTimer(): void {
    const { standing } = this.#core
    if (standing.kind === 'leader') return onLeaderTimer(this.#core, standing)
    if (standing.kind === 'follower') onReadsTimer(this.#core, standing)
    onElectionTimer(this.#core, standing)
  }

  #onPersisted({ through, hardState }: PersistedEvent): void {
    const { standing, term, log } = this.#core
    if (standing.kind === 'candidate') return onVoteSaved(this.#core, standing, hardState)
    // Persisted in an earlier term, it may have been replaced since, and be replaced on disk yet.
    if (standing.kind !== 'leader' || hardState.term !== term) return
    const isKnown = through.index < log.base.index || log.has(through)
    assert(isKnown, 'a leader only appends to its log')
    standing.saved = Math.max(standing.saved, through.index)
  }

  #onBeatCommit({ from, term, index }: Extract<RaftEvent, { kind: 'committed' }>): void {
    onMessage(this.#core, from, { kind: 'committed', term, index })
  }

  #onLost(member: MemberId): void {
    const { standing, leader } = this.#core
    if (standing.kind === 'leader') onFollowerLost(standing, member)
    else if (member === leader) onLeaderLost(this.#core)
  }
}
