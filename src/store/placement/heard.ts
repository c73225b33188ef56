/** Who answers this leader, and since when others do not, on its own clock alone. */
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Progress } from '../../consensus/types.ts'
import type { Clock } from '../../effects/clock.ts'

/** Beats come ten times a second: thirty were missed. */
export const DOWN_AFTER_MS = 3 * SECOND_MS

/** Two looks further apart than this: this member itself stood still, and others look silent. */
const STOOD_STILL_MS = 2 * SECOND_MS

export class Heard {
  /** By member. One that is in no group led here is believed to live until it leaves a question. */
  readonly downSinceMs = new Map<MemberId, number>()
  readonly #clock: Clock
  /** Members of groups led here. */
  #heardAtMs = new Map<MemberId, number>()
  #lookedAtMs: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lookedAtMs = clock.nowMs()
  }

  /** A question that it answered. */
  answered(member: MemberId): void {
    if (!this.#heardAtMs.has(member)) this.downSinceMs.delete(member)
  }

  /** A question that it did not answer, in its time. */
  unanswered(member: MemberId): void {
    if (this.#heardAtMs.has(member) || this.downSinceMs.has(member)) return
    this.downSinceMs.set(member, this.#clock.nowMs())
  }

  /**
   * What leaders here know of all that follow them. `true` when somebody fell silent or came back
   * since the last look.
   */
  look(followers: readonly Progress[]): boolean {
    const nowMs = this.#clock.nowMs()
    const stoodStill = nowMs - this.#lookedAtMs > STOOD_STILL_MS
    this.#lookedAtMs = nowMs
    this.#heardAtMs = new Map()
    for (const { member, lastAnswerAtMs, hasAnswered } of followers) {
      // A new leader gives those time whom it has not heard yet, but who was down stays so.
      const isWord = hasAnswered || !this.downSinceMs.has(member)
      const heardAtMs = this.#heardAtMs.get(member) ?? -Infinity
      this.#heardAtMs.set(member, Math.max(heardAtMs, isWord ? lastAnswerAtMs : -Infinity))
    }
    let isOther = false
    for (const [member, heardAtMs] of this.#heardAtMs) {
      const isDown = this.downSinceMs.has(member)
      const isSilent = nowMs - heardAtMs >= DOWN_AFTER_MS
      if (isDown === isSilent || (isSilent && stoodStill)) continue
      isOther = true
      if (isSilent) this.downSinceMs.set(member, nowMs)
      else this.downSinceMs.delete(member)
    }
    return isOther
  }
}
