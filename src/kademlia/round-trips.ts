/** How long answers take, smoothed as TCP does (RFC 6298), and how long they are waited for. */
import { ROUND_TRIP_MAX_MS, ROUND_TRIP_MIN_MS } from './settings.ts'

/** Weights of the newest sample: of the mean, of the deviation. */
const MEAN_WEIGHT = 1 / 8
const DEVIATION_WEIGHT = 1 / 4
const DEVIATIONS = 4

export class RoundTrips {
  #meanMs: number | undefined
  #deviationMs = 0

  get meanMs(): number | undefined {
    return this.#meanMs
  }

  took(ms: number): void {
    if (this.#meanMs === undefined) {
      this.#meanMs = ms
      this.#deviationMs = ms / 2
      return
    }
    const off = Math.abs(this.#meanMs - ms)
    this.#deviationMs += DEVIATION_WEIGHT * (off - this.#deviationMs)
    this.#meanMs += MEAN_WEIGHT * (ms - this.#meanMs)
  }

  /** How long the next answer is waited for, before another is asked beside it. */
  get patienceMs(): number {
    return this.#meanMs === undefined
      ? ROUND_TRIP_MAX_MS
      : patience(this.#meanMs, DEVIATIONS * this.#deviationMs)
  }

  /** Of one whose answers took `meanMs` so far; deviations are alike for all. */
  patienceWithMs(meanMs: number): number {
    return patience(meanMs, Math.max(meanMs, DEVIATIONS * this.#deviationMs))
  }
}

function patience(meanMs: number, moreMs: number): number {
  return Math.min(Math.max(meanMs + moreMs, ROUND_TRIP_MIN_MS), ROUND_TRIP_MAX_MS)
}
