/**
 * How long answers take, and how long they are waited for: a little longer than 95 of 100 of the
 * last ones took. Many nodes at all distances answer, so that mean and deviation, by which TCP
 * waits for one (RFC 6298), come to several times that after a few of the far ones; they serve
 * until enough is known.
 */
import { ROUND_TRIP_MAX_MS, ROUND_TRIP_MIN_MS } from './settings.ts'

/** Weights of the newest sample: of the mean, of the deviation. */
const MEAN_WEIGHT = 1 / 8
const DEVIATION_WEIGHT = 1 / 4
const DEVIATIONS = 4

/** The last so many are looked at, once there are enough. */
const LAST_MAX = 64
const LAST_MIN = 16
const QUANTILE = 0.95
const LONGER = 1.25

export class RoundTrips {
  #meanMs: number | undefined
  #deviationMs = 0
  readonly #lastMs: number[] = []
  #count = 0
  /** `undefined`: to be reckoned. */
  #usualMs: number | undefined

  get meanMs(): number | undefined {
    return this.#meanMs
  }

  took(ms: number): void {
    this.#lastMs[this.#count++ % LAST_MAX] = ms
    this.#usualMs = undefined
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
    if (this.#meanMs === undefined) return ROUND_TRIP_MAX_MS
    if (this.#count < LAST_MIN) return patience(this.#meanMs, DEVIATIONS * this.#deviationMs)
    this.#usualMs ??= quantileOf(this.#lastMs)
    return patience(LONGER * this.#usualMs, 0)
  }

  /** Of one whose answers took `meanMs` so far: they vary less than those of all. */
  patienceWithMs(meanMs: number): number {
    return patience(meanMs, Math.max(meanMs, this.patienceMs / 2))
  }
}

function quantileOf(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.floor(QUANTILE * sorted.length)] ?? 0
}

function patience(meanMs: number, moreMs: number): number {
  return Math.min(Math.max(meanMs + moreMs, ROUND_TRIP_MIN_MS), ROUND_TRIP_MAX_MS)
}
