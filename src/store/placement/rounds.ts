/** Work that is done again and again, one round at a time. */
import { isAnilloError } from '../../base/errors.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'

export interface RoundsOptions {
  readonly effects: Pick<Effects, 'clock' | 'log'>
  /** For the log. */
  readonly name: string
  /** From the end of a round to the next. */
  readonly everyMs: number
  /** What fails with an AnilloError is tried again in the next round; else it is a bug. */
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
    const { effects, everyMs } = this.#options
    this.#timer = effects.clock.after(everyMs, () => {
      void this.#run().finally(() => {
        if (!this.#isStopped) this.start()
      })
    })
  }

  /** A round that is under way ends by itself. */
  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  async #run(): Promise<void> {
    const { effects, name, round } = this.#options
    try {
      await round()
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      effects.log.debug(`${name}.failed`, { code: thrown.code })
    }
  }
}
