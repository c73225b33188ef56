/** Counts of values by size, over fixed bounds: what a distribution costs little to keep. */
import { assert } from './assert.ts'

export class Histogram {
  /** Upper bounds, each included, rising; beyond the last there is one count more. */
  readonly bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0

  constructor(bounds: readonly number[]) {
    assert(
      bounds.every((bound, at) => at === 0 || bound > (bounds[at - 1] ?? Infinity)),
      'bounds rise',
    )
    this.bounds = bounds
    this.#counts = [...bounds, Infinity].map(() => 0)
  }

  add(value: number): void {
    const at = this.bounds.findIndex((bound) => value <= bound)
    const index = at === -1 ? this.bounds.length : at
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sum += value
  }

  /** One for each bound, then one for what is beyond the last. */
  get counts(): readonly number[] {
    return this.#counts
  }

  get sum(): number {
    return this.#sum
  }
}
