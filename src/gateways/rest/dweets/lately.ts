/** What happened a short while ago, so that the same again is passed over. */
import type { Clock } from '../../../effects/clock.ts'

export interface LatelyBounds {
  readonly forMs: number
  /** Names that are kept; the oldest goes first. */
  readonly most: number
}

export class Lately {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #bounds: LatelyBounds
  /** Oldest first. */
  readonly #atMs = new Map<string, number>()

  constructor(clock: Pick<Clock, 'nowMs'>, bounds: LatelyBounds) {
    this.#clock = clock
    this.#bounds = bounds
  }

  /** @returns `false`: it was asked a short while ago */
  isNew(name: string): boolean {
    const { forMs, most } = this.#bounds
    const nowMs = this.#clock.nowMs()
    const atMs = this.#atMs.get(name)
    if (atMs !== undefined && nowMs - atMs < forMs) return false
    this.#atMs.delete(name)
    this.#atMs.set(name, nowMs)
    for (const oldest of this.#atMs.keys()) {
      if (this.#atMs.size <= most) break
      this.#atMs.delete(oldest)
    }
    return true
  }
}
