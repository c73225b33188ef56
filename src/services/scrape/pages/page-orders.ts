/**
 * Orders whose taker died. A member that becomes the owner of pages looks for those that were
 * ordered and never brought, and begins with them: an order that was answered with 202 is kept.
 */
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { ownHeads } from '../heads.ts'
import { ORDERS_EVERY_MS } from '../limits.ts'
import { Lookout } from '../lookout/lookout.ts'
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
  readonly #lookout: Lookout

  constructor(tools: OrdersTools) {
    this.#tools = tools
    const { clock, log, overlay } = tools
    this.#lookout = new Lookout({ clock, log, overlay, what: 'orders', look: () => this.#look() })
  }

  close(): Promise<void> {
    return this.#lookout.close()
  }

  async #look(): Promise<number> {
    const { overlay, owner, table } = this.#tools
    for (const head of ownHeads(overlay)) {
      if (this.#lookout.closing.aborted) break
      for (const order of await table.orders(head)) {
        if (!this.#lookout.closing.aborted) await owner.resume(order)
      }
    }
    return ORDERS_EVERY_MS
  }
}
