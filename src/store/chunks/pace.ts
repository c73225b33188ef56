/** Keeps what is fetched within a rate. */
import { MIB, SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'

/** May be fetched before it is waited: timers are coarser than chunks. */
const AHEAD_BYTES = 4 * MIB

export class Pace {
  readonly #clock: Clock
  readonly #bytesPerSecond: () => number
  /** The budget is used up until then. */
  #freeAtMs = 0

  constructor(clock: Clock, bytesPerSecond: () => number) {
    this.#clock = clock
    this.#bytesPerSecond = bytesPerSecond
  }

  /** Before so many bytes are fetched. */
  async wait(bytes: number): Promise<void> {
    const perMs = this.#bytesPerSecond() / SECOND_MS
    const nowMs = this.#clock.nowMs()
    const waitMs = Math.max(this.#freeAtMs, nowMs) - nowMs - AHEAD_BYTES / perMs
    this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + bytes / perMs
    if (waitMs > 0) await new Promise<void>((resolve) => this.#clock.after(waitMs, resolve))
  }
}
