/**
 * Which webhooks this member delivers: those whose place on the ring is its own, and that are open.
 * Two that take themselves for the owner may deliver an event twice, under the same id.
 */
import { isAnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { PAUSE_AFTER_ERROR_MS } from '../crawl/limits.ts'
import { Waker } from '../crawl/waker.ts'
import { LOOK_AROUND_EVERY_MS } from '../lookout/limits.ts'
import { Lookout } from '../lookout/lookout.ts'
import type { Delivery } from './hook-post.ts'
import type { SentInput } from './hook-procedures.ts'
import { isOpen, positionOfHook } from './hook-rows.ts'
import type { HookStore } from './hook-store.ts'
import { LOOK_EVERY_MS, SERVED_AT_ONCE_MAX } from './limits.ts'

export interface CouriersOptions {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly hooks: HookStore
  readonly post: (delivery: Delivery, signal: AbortSignal) => Promise<SentInput>
}

interface Courier {
  readonly waker: Waker
  readonly ended: Promise<void>
}

export class Couriers {
  readonly #options: CouriersOptions
  readonly #serving = new Map<string, Courier>()
  readonly #lookout: Lookout

  constructor(options: CouriersOptions) {
    this.#options = options
    const { clock, log, overlay } = options
    this.#lookout = new Lookout({ clock, log, overlay, what: 'webhooks', look: () => this.#look() })
  }

  /** Something is to be told, or will be in a moment. */
  hear(hook: string): void {
    this.#lookout.expect(hook, { position: positionOfHook(hook), find: () => this.#find(hook) })
  }

  async close(): Promise<void> {
    await this.#lookout.close()
    await Promise.all(Array.from(this.#serving.values(), ({ ended }) => ended))
  }

  /** The word may come before the message that opens it. */
  async #find(hook: string): Promise<boolean> {
    const row = await this.#options.hooks.get(hook)
    if (row === undefined || !isOpen(row)) return false
    this.#serve(hook)
    return true
  }

  async #look(): Promise<number> {
    for (const hook of await this.#options.hooks.open()) {
      if (this.#isMine(hook)) this.#serve(hook)
    }
    return LOOK_AROUND_EVERY_MS
  }

  #serve(hook: string): void {
    if (this.#lookout.closing.aborted) return
    const known = this.#serving.get(hook)
    if (known !== undefined) return known.waker.wake()
    // Others have their turn at a later look.
    if (this.#serving.size >= SERVED_AT_ONCE_MAX) return
    const waker = new Waker(this.#options.clock)
    const ended = this.#run(hook, waker).finally(() => this.#serving.delete(hook))
    this.#serving.set(hook, { waker, ended })
  }

  /** Never rejects. */
  async #run(hook: string, waker: Waker): Promise<void> {
    const { log } = this.#options
    const signal = this.#lookout.closing
    while (!signal.aborted && this.#isMine(hook)) {
      try {
        const waitMs = await this.#step(hook, signal)
        if (waitMs === undefined) return
        if (waitMs > 0) await waker.sleep(Math.min(waitMs, LOOK_AROUND_EVERY_MS), signal)
      } catch (thrown) {
        if (signal.aborted) return
        const level = isAnilloError(thrown) ? 'debug' : 'error'
        log[level]('a webhook is gone on with later', { hook, error: thrown })
        await waker.sleep(PAUSE_AFTER_ERROR_MS, signal)
      }
    }
  }

  /** @returns how long to wait; `undefined`: it is not open any more */
  async #step(hook: string, signal: AbortSignal): Promise<number | undefined> {
    const { hooks, log, post } = this.#options
    const row = await hooks.get(hook)
    if (row === undefined || !isOpen(row)) return undefined
    if (row.waiting === 0) return LOOK_EVERY_MS
    const next = await hooks.next(hook)
    if (next.kind === 'none') return LOOK_EVERY_MS
    if (next.kind === 'wait') return next.waitMs
    const { event, seq } = next
    const sent = await post({ hook, seq, to: row, event }, signal)
    await hooks.sent(sent)
    const { code, outcome, status } = sent
    log.debug('a webhook was called', { hook, seq, type: event.type, outcome, status, code })
    return 0
  }

  #isMine(hook: string): boolean {
    return this.#lookout.owns(positionOfHook(hook))
  }
}
