/** One timer of the clock for all that a host waits for: it only ever moves forward. */
import type { Clock, Timer } from '../../effects/clock.ts'

export class Alarm {
  readonly #clock: Clock
  readonly #ring: (lateMs: number) => void
  #timer: Timer | undefined
  #atMs = Infinity

  /** `ring` hears how late it is, from when it was to ring and could. */
  constructor(clock: Clock, ring: (lateMs: number) => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings at this time or before; who is woken too early arms it again. */
  arm(atMs: number): void {
    if (atMs >= this.#atMs) return
    this.#timer?.cancel()
    this.#atMs = atMs
    // Whole milliseconds, at least one: what is due was done, so a time that is past, or that is
    // missed by a rounding, must not make turn after turn.
    const nowMs = this.#clock.nowMs()
    const delayMs = Math.max(1, Math.ceil(atMs - nowMs))
    const dueMs = Math.max(atMs, nowMs)
    this.#timer = this.#clock.after(delayMs, () => {
      this.#timer = undefined
      this.#atMs = Infinity
      this.#ring(this.#clock.nowMs() - dueMs)
    })
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    this.#atMs = Infinity
  }
}
