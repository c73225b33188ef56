/**
 * Work that is large: a few at once, some more wait for their turn, the rest is refused. Answers of
 * a MiB that are all made in one turn of the event loop would hold everything else up.
 */
import { BoundedQueue } from '../../base/bounded-queue.ts'
import { AnilloError } from '../../base/errors.ts'

export interface TurnsOptions {
  readonly atOnce: number
  readonly waitingMax: number
  /** For the refusal: what there is too much of. */
  readonly what: string
}

export class Turns {
  readonly #what: string
  readonly #waiting: BoundedQueue<() => void>
  #free: number

  constructor({ atOnce, waitingMax, what }: TurnsOptions) {
    this.#what = what
    this.#free = atOnce
    this.#waiting = new BoundedQueue(waitingMax)
  }

  /** @throws AnilloError BUSY, and what `work` throws */
  async take<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      return await work()
    } finally {
      this.#leave()
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--
      return
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    if (!this.#waiting.tryPush(resolve)) throw new AnilloError('BUSY', { what: this.#what })
    await promise
  }

  /** The place goes to the next, or is free. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
