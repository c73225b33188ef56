/**
 * Orders whose taker died. A member that becomes the owner of pages looks for those that were
 * ordered and never brought, and begins with them: an order that was answered with 202 is kept.
 */
import { isAnilloError } from '../../../base/errors.ts'
import { parsePosition } from '../../../base/ids.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { ORDERS_DELAY_MS, ORDERS_EVERY_MS } from '../limits.ts'
import type { PageOwner } from './page-owner.ts'
import { PAGE_HEADS, type PageTable } from './page-table.ts'

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
      for (const head of this.#ownHeads()) await this.#take(head)
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

  /** Heads of ids that this member owns, some of them at least. */
  #ownHeads(): readonly string[] {
    const { overlay } = this.#tools
    if (!overlay.joined) return []
    return PAGE_HEADS.filter((head) => {
      const isBegun = overlay.owns(parsePosition(head.padEnd(POSITION_DIGITS, '0')))
      const isEnded = overlay.owns(parsePosition(head.padEnd(POSITION_DIGITS, 'f')))
      return isBegun || isEnded || overlay.self.position.startsWith(head)
    })
  }
}

const POSITION_DIGITS = 64
