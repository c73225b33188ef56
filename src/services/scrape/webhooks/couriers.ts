/**
 * Which webhooks this member delivers: those whose place on the ring is its own, and that are open.
 * It looks when its neighbours change, now and then, and when it is told of one. Two that take
 * themselves for the owner may deliver an event twice, under the same id.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { HOSTS_LOOK_EVERY_MS, LOOKS_AFTER_WORD_MS, PAUSE_AFTER_ERROR_MS } from '../crawl/limits.ts'
import { Waker } from '../crawl/waker.ts'
import { pause } from '../fetch/timing.ts'
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
  readonly #closing = new AbortController()
  readonly #stopWatching: () => void
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: CouriersOptions) {
    this.#options = options
    this.#stopWatching = options.overlay.onNeighbours(() => this.#lookIn(PAUSE_AFTER_ERROR_MS))
    this.#lookIn(PAUSE_AFTER_ERROR_MS)
  }

  /** Something is to be told, or will be in a moment. */
  hear(hook: string): void {
    void this.#lookFor(hook)
  }

  async close(): Promise<void> {
    this.#closing.abort(new AnilloError('RPC_CANCELLED', { method: 'webhooks' }))
    this.#stopWatching()
    this.#timer?.cancel()
    await this.#looking
    await Promise.all(Array.from(this.#serving.values(), ({ ended }) => ended))
  }

  /** The word may come before the message that opens it. */
  async #lookFor(hook: string): Promise<void> {
    const { clock, hooks, log } = this.#options
    const { signal } = this.#closing
    for (const delayMs of LOOKS_AFTER_WORD_MS) {
      await pause(clock, delayMs, signal)
      if (signal.aborted || !this.#isMine(hook)) return
      try {
        const row = await hooks.get(hook)
        if (row !== undefined && isOpen(row)) return this.#serve(hook)
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        log.debug('a webhook is looked for later', { hook, error: thrown })
      }
    }
  }

  #lookIn(delayMs: number): void {
    if (this.#closing.signal.aborted) return
    this.#timer?.cancel()
    this.#timer = this.#options.clock.after(delayMs, () => {
      // One at a time: a change in between starts the next look.
      this.#looking = this.#looking.then(() => this.#look())
    })
  }

  async #look(): Promise<void> {
    const { hooks, log } = this.#options
    try {
      for (const hook of await hooks.open()) if (this.#isMine(hook)) this.#serve(hook)
      this.#lookIn(HOSTS_LOOK_EVERY_MS)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      log.debug('webhooks are looked for later', { error: thrown })
      this.#lookIn(PAUSE_AFTER_ERROR_MS)
    }
  }

  #serve(hook: string): void {
    if (this.#closing.signal.aborted) return
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
    const { signal } = this.#closing
    while (!signal.aborted && this.#isMine(hook)) {
      try {
        const waitMs = await this.#step(hook, signal)
        if (waitMs === undefined) return
        if (waitMs > 0) await waker.sleep(Math.min(waitMs, HOSTS_LOOK_EVERY_MS), signal)
      } catch (thrown) {
        if (signal.aborted) return
        log.debug('a webhook is gone on with later', { hook, error: thrown })
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
    const { overlay } = this.#options
    return overlay.joined && overlay.owns(positionOfHook(hook))
  }
}
