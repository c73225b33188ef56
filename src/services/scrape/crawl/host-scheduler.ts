/**
 * Decides when which URL of one host is fetched, for all crawls: never more often and never more at
 * once than the host is asked to bear, in turns between crawls. The fetching itself is done by
 * whoever owns the page. Being the one that schedules is a habit; the lease alone gives the right.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { pause } from '../../../effects/pause.ts'
import { HeldLease } from '../held-lease.ts'
import type { HostLease } from './frontier.ts'
import { HostPace } from './host-pace.ts'
import { HostTurn } from './host-turn.ts'
import type { Host } from './hosts.ts'
import { HOST_RENEW_MS, PAUSE_AFTER_ERROR_MS } from './limits.ts'
import type { HostSchedulerTools } from './scheduler-tools.ts'
import { Waker } from './waker.ts'

export class HostScheduler {
  readonly host: Host
  /** Settles once it does nothing any more: it was closed, or nothing was left. */
  readonly ended: Promise<void>
  readonly #tools: HostSchedulerTools
  readonly #waker: Waker
  readonly #closing = new AbortController()
  /** Crawls that have something to do here, by id. */
  readonly #wanted = new Set<string>()
  readonly #pace: HostPace
  #isOver = false

  constructor(host: Host, tools: HostSchedulerTools) {
    this.host = host
    this.#tools = tools
    this.#waker = new Waker(tools.clock)
    this.#pace = new HostPace(tools.clock, tools.startedMs)
    this.ended = this.#run().finally(() => {
      this.#isOver = true
    })
  }

  /** That crawl has URLs of the host. @returns `false` where it does nothing any more. */
  hear(crawl: string): boolean {
    if (this.#isOver) return false
    this.#wanted.add(crawl)
    this.#waker.wake()
    return true
  }

  /** Begins nothing more; results so far are acknowledged, and the lease is given back. */
  async close(): Promise<void> {
    this.#closing.abort(new AnilloError('RPC_CANCELLED', { method: 'crawl' }))
    await this.ended
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#tools
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        const lease = await this.#lease()
        if (lease === undefined) return
        const isDone = await this.#hold(lease)
        this.#isOver = isDone && this.#wanted.size === 0
        if (this.#isOver) return
      } catch (thrown) {
        if (!isAnilloError(thrown)) log.error('a host is not scheduled', { error: thrown })
        else log.debug('a host is scheduled later', { host: this.host, error: thrown })
        await pause(clock, PAUSE_AFTER_ERROR_MS, signal)
      }
    }
  }

  /** `undefined`: it was closed meanwhile. */
  async #lease(): Promise<HeldLease<HostLease> | undefined> {
    const { clock, frontier, log } = this.#tools
    const { signal } = this.#closing
    while (!signal.aborted) {
      const lease = await frontier.acquire(this.host)
      if (lease !== undefined) {
        const renew = (): Promise<boolean> => frontier.renew(this.host)
        return new HeldLease(lease, { clock, log, everyMs: HOST_RENEW_MS, renew })
      }
      await pause(clock, PAUSE_AFTER_ERROR_MS, signal)
    }
    return undefined
  }

  /** @returns whether nothing was left to do. */
  async #hold(lease: HeldLease<HostLease>): Promise<boolean> {
    const { frontier } = this.#tools
    try {
      return await new HostTurn({
        tools: this.#tools,
        pace: this.#pace,
        waker: this.#waker,
        wanted: this.#wanted,
        lease: lease.lease,
        lost: lease.lost,
        closing: this.#closing.signal,
      }).run()
    } finally {
      lease.stop()
      if (!lease.lost.aborted) await frontier.release(this.host).catch(() => undefined)
    }
  }
}
