/** So many in so long, and no more: counts in windows that do not overlap. */
import type { Clock } from '../../effects/clock.ts'

export class RateLimit {
  readonly #clock: Clock
  readonly #countMax: number
  readonly #windowMs: number
  #windowStartMs: number
  #count = 0

  constructor(clock: Clock, limit: { readonly countMax: number; readonly windowMs: number }) {
    this.#clock = clock
    this.#countMax = limit.countMax
    this.#windowMs = limit.windowMs
    this.#windowStartMs = clock.nowMs()
  }

  /** `false` when the window is full; that one is not counted. */
  tryTake(): boolean {
    const nowMs = this.#clock.nowMs()
    if (nowMs - this.#windowStartMs >= this.#windowMs) {
      this.#windowStartMs = nowMs
      this.#count = 0
    }
    if (this.#count >= this.#countMax) return false
    this.#count++
    return true
  }
}
