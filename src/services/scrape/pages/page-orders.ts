/**
 * Orders whose taker died. A member that becomes the owner of pages looks for those that were
 * ordered and never brought, and begins with them: an order that was answered with 202 is kept.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { ownHeads } from '../heads.ts'
import { ORDERS_DELAY_MS, ORDERS_EVERY_MS } from '../limits.ts'
import type { PageOwner } from './page-owner.ts'
import type { PageTable } from './page-table.ts'

export interface OrdersTools {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly table: PageTable
  readonly owner: Pick<PageOwner, 'resume'>
}

export class PageOrders {
  readonly #tools: OrdersTools
  readonly #stopWatching: () => void
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(tools: OrdersTools) {
    this.#tools = tools
    this.#stopWatching = tools.overlay.onNeighbours(() => this.#lookIn(ORDERS_DELAY_MS))
    this.#lookIn(ORDERS_DELAY_MS)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopWatching()
    this.#timer?.cancel()
    await this.#looking
  }

  #lookIn(delayMs: number): void {
    if (this.#isClosed) return
    this.#timer?.cancel()
    this.#timer = this.#tools.clock.after(delayMs, () => {
      // One at a time: a change in between starts the next look.
      this.#looking = this.#looking.then(() => this.#look())
    })
  }

  async #look(): Promise<void> {
    const { log } = this.#tools
    try {
      for (const head of ownHeads(this.#tools.overlay)) await this.#take(head)
      this.#lookIn(ORDERS_EVERY_MS)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      log.debug('orders are looked for later', { error: thrown })
      this.#lookIn(ORDERS_DELAY_MS)
    }
  }

  async #take(head: string): Promise<void> {
    if (this.#isClosed) return
    for (const order of await this.#tools.table.orders(head)) {
      if (!this.#isClosed) await this.#tools.owner.resume(order)
    }
  }
}
