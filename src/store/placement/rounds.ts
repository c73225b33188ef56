/** Work that is done again and again, one round at a time. */
import type { Clock, Timer } from '../../effects/clock.ts'

export interface RoundsOptions {
  readonly clock: Clock
  /** From the end of a round to the next. */
  readonly everyMs: number
  /** Never rejects: what fails is tried again in the next round. */
  readonly round: () => Promise<void>
}

export class Rounds {
  readonly #options: RoundsOptions
  #timer: Timer | undefined
  #isStopped = false

  constructor(options: RoundsOptions) {
    this.#options = options
  }

  /** The first round is due after a pause, too. */
  start(): void {
    const { clock, everyMs, round } = this.#options
    this.#timer = clock.after(everyMs, () => {
      void round().finally(() => {
        if (!this.#isStopped) this.start()
      })
    })
  }

  /** A round that is under way ends by itself. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }
}
