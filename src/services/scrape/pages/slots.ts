/** How many downloads run at once, and how many wait. */
import { BoundedQueue } from '../../../base/bounded-queue.ts'
import { AnilloError } from '../../../base/errors.ts'

export interface SlotLimits {
  readonly slotsMax: number
  readonly waitingMax: number
  /** Of which there are too many, for whoever is refused; absent: downloads. */
  readonly what?: string
}

/** So many at once, so many more in line, and BUSY beyond. */
export class Slots {
  readonly #slotsMax: number
  readonly #what: string
  readonly #waiting: BoundedQueue<() => void>
  #taken = 0

  constructor(limits: SlotLimits) {
    this.#slotsMax = limits.slotsMax
    this.#what = limits.what ?? 'downloads'
    this.#waiting = new BoundedQueue(limits.waitingMax)
  }

  get taken(): number {
    return this.#taken
  }

  get isFull(): boolean {
    return this.#taken >= this.#slotsMax
  }

  /**
   * Settles when a slot is given; the caller gives it back with `release`. @throws AnilloError
   * BUSY, at once
   */
  take(): Promise<void> {
    if (!this.isFull) {
      this.#taken++
      return Promise.resolve()
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    if (!this.#waiting.tryPush(resolve)) throw new AnilloError('BUSY', { what: this.#what })
    return promise
  }

  /** The slot goes to the one who has waited longest. */
  release(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken--
    else next()
  }
}
