/** Strangers that knock at the member door: each is counted, and told to the log within bounds. */
import { MINUTE_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Log } from '../effects/log.ts'
import type { Endpoint } from '../effects/net.ts'
import type { Counting } from './counters.ts'

/**
 * Anybody on the network can knock thousands of times a second, at 150 bytes a line: so many show
 * who it is, and the disk stays.
 */
export const REFUSALS_TOLD_MAX = 60
export const REFUSALS_WINDOW_MS = MINUTE_MS

export interface RefusalsOptions {
  readonly clock: Clock
  readonly log: Log
  readonly counting: Counting
}

export class Refusals {
  readonly #options: RefusalsOptions
  #windowFromMs: number
  #told = 0
  /** Since the last line; the next one says how many. */
  #untold = 0

  constructor(options: RefusalsOptions) {
    this.#options = options
    this.#windowFromMs = options.clock.nowMs()
  }

  refused(remote: Endpoint, problem: string): void {
    const { clock, counting, log } = this.#options
    counting.connectionsRefused++
    const nowMs = clock.nowMs()
    if (nowMs - this.#windowFromMs >= REFUSALS_WINDOW_MS) {
      this.#windowFromMs = nowMs
      this.#told = 0
    }
    if (this.#told >= REFUSALS_TOLD_MAX) {
      this.#untold++
      return
    }
    this.#told++
    const untold = this.#untold === 0 ? {} : { untoldBefore: this.#untold }
    this.#untold = 0
    log.warn('rpc.stranger.refused', {
      remote: `${remote.host}:${remote.port}`,
      problem,
      ...untold,
    })
  }
}
