/**
 * The right to download a page: a lock in the store, lengthened for as long as it is held. It only
 * fences: what is kept shows its fence, and the store, which knows, refuses who lost it.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import { LEASE_RENEW_MS } from '../limits.ts'
import type { Lease, PageTable } from './page-table.ts'

export interface LeaseTools {
  readonly clock: Clock
  readonly log: Log
  readonly table: PageTable
}

export class HeldLease {
  readonly lease: Lease
  readonly #tools: LeaseTools
  readonly #lost = new AbortController()
  #timer: Timer | undefined
  #isOver = false

  constructor(lease: Lease, tools: LeaseTools) {
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
    this.#timer = this.#tools.clock.after(LEASE_RENEW_MS, () => void this.#renew())
  }

  async #renew(): Promise<void> {
    const { table, log } = this.#tools
    try {
      if (!(await table.renew(this.lease))) this.#lost.abort()
    } catch (thrown) {
      // The store will be asked again, and says in the end whether it was held all the time.
      if (!isAnilloError(thrown)) throw thrown
      log.debug('a lease was not renewed', { id: this.lease.id, error: thrown })
    }
    if (!this.#lost.signal.aborted) this.#renewLater()
  }
}
