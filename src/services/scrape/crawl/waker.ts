/** Sleeping until something happens. */
import type { Clock } from '../../../effects/clock.ts'

export class Waker {
  readonly #clock: Clock
  #isAwake = false
  #sleeper: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Ends the sleep, or the next one before it begins. */
  wake(): void {
    this.#isAwake = true
    this.#sleeper?.()
  }

  async sleep(forMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isAwake && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      const wake = (): void => resolve()
      const timer = this.#clock.after(forMs, wake)
      this.#sleeper = wake
      signal.addEventListener('abort', wake, { once: true })
      await promise
      timer.cancel()
      signal.removeEventListener('abort', wake)
      this.#sleeper = undefined
    }
    this.#isAwake = false
  }
}
