/**
 * A turn: once after all that has arrived was stepped into the machines. It takes what they want
 * done and does it in the order that `RaftOutput` asks for (docs/spec/group.md).
 */
import type { RaftOutput } from '../../consensus/types.ts'
import { Alarm } from './alarm.ts'
import type { Applying } from './applying.ts'
import type { Beating } from './beating.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { PASSES_MAX } from './limits.ts'
import type { Outgoing } from './outgoing.ts'
import type { Persisting } from './persisting.ts'
import type { Reads } from './reads.ts'

export interface TurnParts {
  readonly core: Core
  readonly outgoing: Outgoing
  readonly persisting: Persisting
  readonly applying: Applying
  readonly beating: Beating
  readonly reads: Reads
  /** Role, term, leader or configuration changed. */
  readonly changed: (held: HeldGroup) => void
  readonly install: (held: HeldGroup, install: NonNullable<RaftOutput['install']>) => void
  /** What is looked at now and then; answers when it is due again. */
  readonly upkeep: (nowMs: number) => number
  /** The loop was late by so much. */
  readonly lagged: (lateMs: number) => void
}

export class Turns {
  readonly #parts: TurnParts
  readonly #core: Core
  readonly #alarm: Alarm
  #isScheduled = false
  /** The earliest deadline of a group; asked anew when a machine was stepped. */
  #groupsDueAtMs = -Infinity
  /** Whose deadlines were looked at. */
  #held: readonly HeldGroup[] = []

  constructor(parts: TurnParts) {
    this.#parts = parts
    this.#core = parts.core
    this.#alarm = new Alarm(parts.core.effects.clock, (lateMs) => {
      parts.lagged(lateMs)
      this.wake()
    })
    parts.core.wake = () => this.wake()
  }

  /** A turn comes after what is being taken in. */
  wake(): void {
    if (this.#isScheduled || this.#core.isStopped) return
    this.#isScheduled = true
    this.#core.effects.clock.soon(this.#run)
  }

  stop(): void {
    this.#alarm.stop()
  }

  readonly #run = (): void => {
    if (this.#core.isStopped) return
    try {
      this.#turn()
    } catch (error) {
      this.#core.fail(error)
    }
    // Whoever woke during the turn has been served by it, but for what it leaves.
    this.#isScheduled = false
    if (this.#core.hasDirty || this.#parts.applying.hasMore) this.wake()
  }

  #turn(): void {
    const { applying, beating, outgoing, persisting } = this.#parts
    const core = this.#core
    core.counting.turns++
    const startMs = core.effects.clock.nowMs()
    const upkeepAtMs = this.#parts.upkeep(startMs)
    if (this.#groupsDueAtMs <= startMs) this.#stepTimers(startMs)
    let isStepped = core.hasDirty
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      for (const held of core.takeDirty()) if (held.isOpen) this.#take(held)
      applying.run(startMs)
      if (!core.hasDirty) break
      isStepped = true
    }
    if (isStepped || core.held !== this.#held) this.#lookAtDeadlines()
    beating.run()
    persisting.flush()
    outgoing.flush()
    if (core.isStopped) return
    this.#alarm.arm(this.#deadlineMs(upkeepAtMs))
  }

  #stepTimers(nowMs: number): void {
    this.#groupsDueAtMs = Infinity
    for (const held of this.#core.held) {
      // Beats that were heard put it off: asked of all at once, that wakes seldom.
      held.deadlineMs = held.raft.deadlineMs
      if (held.deadlineMs <= nowMs) this.#core.step(held, { kind: 'timer' })
      this.#groupsDueAtMs = Math.min(this.#groupsDueAtMs, held.deadlineMs)
    }
  }

  #lookAtDeadlines(): void {
    this.#held = this.#core.held
    let dueAtMs = Infinity
    for (const { deadlineMs } of this.#held) dueAtMs = Math.min(dueAtMs, deadlineMs)
    this.#groupsDueAtMs = dueAtMs
  }

  #take(held: HeldGroup): void {
    const { applying, beating, outgoing, persisting, reads } = this.#parts
    held.readJoining = undefined
    const output = held.raft.take()
    // First: beats of this turn are of the term that its messages are of.
    if (output.isChanged) this.#parts.changed(held)
    for (const message of output.messages) outgoing.message(held.id, message)
    persisting.take(held, output)
    if (output.commit !== undefined) {
      applying.committed(held)
      if (held.isLeader) this.#core.beats.committed(held.id, output.commit)
    }
    for (const outcome of output.reads) reads.outcome(held, outcome)
    if (output.install !== undefined) this.#parts.install(held, output.install)
    if (output.wantsRound) beating.wantRound()
    held.deadlineMs = held.raft.deadlineMs
  }

  #deadlineMs(upkeepAtMs: number): number {
    const { applying, beating, outgoing } = this.#parts
    return Math.min(
      this.#groupsDueAtMs,
      upkeepAtMs,
      beating.dueAtMs,
      applying.retryAtMs,
      outgoing.dueAtMs,
    )
  }
}
