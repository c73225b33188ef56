/** So much at once; who comes then waits in line. */
import { BoundedQueue } from '../../base/bounded-queue.ts'
import { AnilloError } from '../../base/errors.ts'

export interface GateLimits {
  readonly atOnceMax: number
  /** Beyond it: BUSY. */
  readonly waitingMax: number
  /** For the error. */
  readonly what: string
}

export class Gate {
  readonly #limits: GateLimits
  readonly #waiting: BoundedQueue<() => void>
  #running = 0

  constructor(limits: GateLimits) {
    this.#limits = limits
    this.#waiting = new BoundedQueue(limits.waitingMax)
  }

  /** @throws AnilloError BUSY: the work was not begun; and what it throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  #enter(): Promise<void> {
    if (this.#running < this.#limits.atOnceMax) {
      this.#running++
      return Promise.resolve()
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    if (!this.#waiting.tryPush(resolve)) throw new AnilloError('BUSY', { what: this.#limits.what })
    return promise
  }
}
