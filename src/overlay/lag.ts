/** Notices when this member's own event loop runs late: then silence says nothing about others. */
import type { Clock } from '../effects/clock.ts'

/** How often the loop is looked at; a lag shorter than this may pass unseen, and does no harm. */
const LOOK_EVERY_MS = 500

export class LagWatch {
  readonly #clock: Clock
  readonly #lagged: (lagMs: number) => void
  readonly #lagMsMin: number
  #dueAtMs = 0
  #lastLagAtMs = Number.NEGATIVE_INFINITY
  #isStopped = false

  /** Calls `lagged` for each lag of `lagMsMin` or more. */
  constructor(clock: Clock, lagMsMin: number, lagged: (lagMs: number) => void) {
    this.#clock = clock
    this.#lagMsMin = lagMsMin
    this.#lagged = lagged
  }

  start(): void {
    this.#dueAtMs = this.#clock.nowMs() + LOOK_EVERY_MS
    this.#clock.after(LOOK_EVERY_MS, () => this.#look())
  }

  stop(): void {
    this.#isStopped = true
  }

  /** Whether the loop was late within the last `withinMs`. */
  laggedWithin(withinMs: number): boolean {
    const nowMs = this.#clock.nowMs()
    // A timer that is overdue is a lag that has not been told yet.
    const isOverdue = this.#dueAtMs > 0 && nowMs - this.#dueAtMs >= this.#lagMsMin
    return isOverdue || nowMs - this.#lastLagAtMs < withinMs
  }

  #look(): void {
    if (this.#isStopped) return
    const nowMs = this.#clock.nowMs()
    const lagMs = nowMs - this.#dueAtMs
    if (lagMs >= this.#lagMsMin) {
      this.#lastLagAtMs = nowMs
      this.#lagged(lagMs)
    }
    this.start()
  }
}
