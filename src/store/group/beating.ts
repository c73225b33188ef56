/**
 * When beats leave: each `beatMs`, and at once where reads wait for a confirmation. While such a
 * round is on its way further reads wait for the next one, so that all of them share it.
 */
import type { MemberId } from '../../base/ids.ts'
import { membersOf } from '../../consensus/configurations.ts'
import type { RaftStatus } from '../../consensus/types.ts'
import type { Beat, BeatAnswer } from '../../wire/raft.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { ROUND_PATIENCE_MS } from './limits.ts'
import type { Outgoing } from './outgoing.ts'

export class Beating {
  readonly #core: Core
  readonly #outgoing: Outgoing
  readonly #led = new Set<HeldGroup>()
  #lastAtMs = Number.NEGATIVE_INFINITY
  #isWanted = false
  /** The round for reads that is on its way; 0: none. */
  #round = 0
  #followers = 0
  readonly #confirmedBy = new Set<MemberId>()

  constructor(core: Core, outgoing: Outgoing) {
    this.#core = core
    this.#outgoing = outgoing
  }

  get led(): ReadonlySet<HeldGroup> {
    return this.#led
  }

  /** When a round is due. */
  get dueAtMs(): number {
    if (this.#led.size === 0) return Infinity
    const beatAtMs = this.#lastAtMs + this.#core.settings.raft.beatMs
    return this.#isWanted ? Math.min(beatAtMs, this.#lastAtMs + ROUND_PATIENCE_MS) : beatAtMs
  }

  /** Role, term or configuration of the group changed. */
  changed(held: HeldGroup, status: RaftStatus): void {
    const { beats, self } = this.#core
    beats.holds(held.id, status.term)
    if (status.role === 'leader' && status.configuration !== undefined) {
      const followers = membersOf(status.configuration).filter((member) => member !== self)
      beats.lead(held.id, status.term, { followers, commit: status.commit })
      this.#led.add(held)
    } else if (this.#led.delete(held)) {
      beats.unlead(held.id)
    }
  }

  /** The replica is gone. */
  released(held: HeldGroup): void {
    if (this.#led.delete(held)) this.#core.beats.unlead(held.id)
    this.#core.beats.releases(held.id)
  }

  wantRound(): void {
    this.#isWanted = true
  }

  received(from: MemberId, beat: Beat): void {
    const nowMs = this.#core.effects.clock.nowMs()
    const { answer, commits } = this.#core.beats.received(from, beat, nowMs)
    const waitsMs = this.#mayWait(from, beat, answer) ? Math.max(0, this.dueAtMs - nowMs) : 0
    this.#outgoing.beatAnswer(from, answer, waitsMs)
    for (const { group, term, index } of commits) {
      const held = this.#core.find(group)
      if (held === undefined) continue
      this.#core.step(held, { kind: 'committed', from, term, index })
    }
    // What waits leaves with a beat for which a turn comes anyway.
    if (waitsMs === 0) this.#core.wake()
  }

  /** The answer tells nothing new, and a beat will go there. */
  #mayWait(from: MemberId, beat: Beat, { isUnknown, except }: BeatAnswer): boolean {
    if (beat.canWait !== true || isUnknown || except.length > 0) return false
    return this.#core.beats.isFollowedBy(from)
  }

  answered(from: MemberId, answer: BeatAnswer): void {
    if (!this.#core.beats.answered(from, answer)) return
    for (const held of this.#led) {
      if (held.raft.awaitsRound) this.#core.step(held, { kind: 'confirmed' })
    }
    if (this.#round === 0 || answer.round < this.#round) return
    this.#confirmedBy.add(from)
    // A majority with this member itself: what waited for the round has mostly been served.
    if (2 * this.#confirmedBy.size >= this.#followers) this.#round = 0
    if (this.#isWanted) this.#core.wake()
  }

  /** At the end of a turn. */
  run(): void {
    if (this.#led.size === 0) {
      this.#isWanted = false
      return
    }
    const nowMs = this.#core.effects.clock.nowMs()
    // Compared as `dueAtMs` is: a difference may be rounded to less than it was waited for.
    if (this.#round !== 0 && nowMs >= this.#lastAtMs + ROUND_PATIENCE_MS) this.#round = 0
    const isForReads = this.#isWanted && this.#round === 0
    if (!isForReads && nowMs < this.#lastAtMs + this.#core.settings.raft.beatMs) return
    const beats = this.#core.beats.next(nowMs, this.#isWanted)
    this.#lastAtMs = nowMs
    for (const { to, beat } of beats) this.#outgoing.beat(to, beat)
    if (!this.#isWanted) return
    this.#isWanted = false
    this.#core.counting.readRounds++
    this.#round = this.#core.beats.lastRound
    this.#followers = beats.length
    this.#confirmedBy.clear()
  }
}
