/**
 * Leaderships go to others before a planned stop, and when this member's loop or disk is late: a
 * slow leader slows everybody.
 */
import type { MemberId } from '../../base/ids.ts'
import type { Beating } from './beating.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { HAND_OVER_AGAIN_MS_MAX, HAND_OVER_MS_MAX, LAG_MS_MAX } from './limits.ts'

export class HandingOver {
  readonly #core: Core
  readonly #beating: Beating
  #lastAtMs = Number.NEGATIVE_INFINITY
  /** Before the next time; longer each time, since the others may be as slow. */
  #pauseMs = HAND_OVER_MS_MAX

  constructor(core: Core, beating: Beating) {
    this.#core = core
    this.#beating = beating
  }

  /** The loop, or an append, was late by so much. */
  late(lateMs: number, what: 'loop' | 'disk'): void {
    if (lateMs < LAG_MS_MAX || this.#beating.led.size === 0) return
    const nowMs = this.#core.effects.clock.nowMs()
    // What queued up behind one stall is told once for each append of it.
    if (nowMs - this.#lastAtMs < this.#pauseMs) return
    const isAgain = nowMs - this.#lastAtMs < 2 * HAND_OVER_AGAIN_MS_MAX
    this.#pauseMs = isAgain ? Math.min(2 * this.#pauseMs, HAND_OVER_AGAIN_MS_MAX) : HAND_OVER_MS_MAX
    this.#lastAtMs = nowMs
    const groups = this.all()
    if (groups === 0) return
    this.#core.effects.log.warn('groups.handedOver', { what, lateMs: Math.round(lateMs), groups })
  }

  /**
   * To heirs that this holds of.
   * @returns how many groups are on their way to another leader
   */
  all(isFit: (heir: MemberId) => boolean = () => true): number {
    let given = 0
    for (const held of this.#beating.led) if (this.#give(held, isFit)) given++
    return given
  }

  /** Waits until others lead, for a while. */
  async done(): Promise<void> {
    if (this.all() === 0) return
    const { clock } = this.#core.effects
    await new Promise<void>((resolve) => {
      const timer = clock.after(HAND_OVER_MS_MAX, () => finish())
      const forget = this.#core.onChanged(() => {
        if (![...this.#beating.led].some((held) => this.#heirs(held).length > 0)) finish()
      })
      const finish = (): void => {
        timer.cancel()
        forget()
        resolve()
      }
    })
  }

  #give(held: HeldGroup, isFit: (heir: MemberId) => boolean): boolean {
    const to = this.#heirs(held).find(isFit)
    if (to === undefined) return false
    this.#core.counting.leadershipsGiven++
    this.#core.step(held, { kind: 'transfer', to })
    return true
  }

  /** Voters that answered of late; who has most of the log first. */
  #heirs(held: HeldGroup): readonly MemberId[] {
    const { progress, configuration } = held.raft.status()
    const heardSinceMs = this.#core.effects.clock.nowMs() - this.#core.settings.raft.electionMinMs
    const candidates = progress.filter(
      ({ member, lastAnswerAtMs, needsSnapshot }) =>
        !needsSnapshot &&
        lastAnswerAtMs >= heardSinceMs &&
        configuration?.voters.includes(member) === true,
    )
    return candidates.toSorted((a, b) => b.match - a.match).map(({ member }) => member)
  }
}
