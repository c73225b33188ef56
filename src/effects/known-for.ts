/** Answers that hold for a while: asked once by all who want the same, and remembered. */
import type { Clock } from './clock.ts'

export interface KnownBounds {
  readonly forMs: number
  /** Names that are kept; the oldest goes first. */
  readonly most: number
}

interface Known<T> {
  readonly atMs: number
  readonly answer: Promise<T>
}

export class KnownFor<T> {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #bounds: KnownBounds
  /** Oldest first. */
  readonly #known = new Map<string, Known<T>>()

  constructor(clock: Pick<Clock, 'nowMs'>, bounds: KnownBounds) {
    this.#clock = clock
    this.#bounds = bounds
  }

  /**
   * Who asks meanwhile waits for the same answer; what failed is asked again.
   * @param ask called where nothing is known of that name, or not any more; what it throws at once
   * is thrown
   */
  of(name: string, ask: () => Promise<T>): Promise<T> {
    const { forMs, most } = this.#bounds
    const atMs = this.#clock.nowMs()
    const before = this.#known.get(name)
    if (before !== undefined && atMs - before.atMs < forMs) return before.answer
    const asked: Known<T> = { atMs, answer: ask() }
    this.#known.delete(name)
    this.#known.set(name, asked)
    const [oldest] = this.#known.keys()
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest)
    asked.answer.catch(() => {
      if (this.#known.get(name) === asked) this.#known.delete(name)
    })
    return asked.answer
  }
}
