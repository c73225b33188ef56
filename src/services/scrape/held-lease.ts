/**
 * A lease that is lengthened for as long as it is held. It only fences: what is kept shows its
 * fence, and the store, which knows, refuses who lost it.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { Clock, Timer } from '../../effects/clock.ts'
import type { Log } from '../../effects/log.ts'

export interface LeaseTools {
  readonly clock: Clock
  readonly log: Log
  readonly everyMs: number
  /** @returns whether it is held still. */
  readonly renew: () => Promise<boolean>
}

export class HeldLease<L extends { readonly fence: number }> {
  readonly lease: L
  readonly #tools: LeaseTools
  readonly #lost = new AbortController()
  #timer: Timer | undefined
  #isOver = false

  constructor(lease: L, tools: LeaseTools) {
    this.lease = lease
    this.#tools = tools
    this.#renewLater()
  }

  /** Aborted as soon as it is known that the lease ran out. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** It is lengthened no more. */
  stop(): void {
    this.#isOver = true
    this.#timer?.cancel()
  }

  #renewLater(): void {
    if (this.#isOver) return
    const { clock, everyMs } = this.#tools
    this.#timer = clock.after(everyMs, () => void this.#renew())
  }

  async #renew(): Promise<void> {
    const { log, renew } = this.#tools
    try {
      if (!(await renew())) this.#lost.abort()
    } catch (thrown) {
      // The store will be asked again, and says in the end whether it was held all the time.
      if (!isAnilloError(thrown)) throw thrown
      log.debug('a lease was not renewed', { fence: this.lease.fence, error: thrown })
    }
    if (!this.#lost.signal.aborted) this.#renewLater()
  }
}
