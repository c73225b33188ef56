/**
 * Which hosts this member schedules: those whose place on the ring is its own, and that have URLs
 * left. It looks when its neighbours change, now and then, and when it is told of a host.
 */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Clock, Timer } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { pause } from '../fetch/timing.ts'
import { ownHeads } from '../heads.ts'
import type { Frontier } from './frontier.ts'
import type { HostScheduler } from './host-scheduler.ts'
import { hostPosition, type Host } from './hosts.ts'
import { HOSTS_LOOK_EVERY_MS, LOOKS_AFTER_WORD_MS, PAUSE_AFTER_ERROR_MS } from './limits.ts'
import { headOfHost, hostId } from './places.ts'

export interface SchedulersOptions {
  readonly clock: Clock
  readonly log: Log
  readonly overlay: Overlay
  readonly frontier: Frontier
  readonly schedule: (host: Host) => Scheduler
}

type Scheduler = Pick<HostScheduler, 'hear' | 'close' | 'ended'>

/** A host in hand, and the crawls of it that were ever told to its scheduler. */
interface Running {
  readonly scheduler: Scheduler
  readonly crawls: Set<string>
}

export class Schedulers {
  readonly #options: SchedulersOptions
  readonly #running = new Map<Host, Running>()
  /** Hosts that are looked for, and whether a word came since the first look. */
  readonly #sought = new Map<Host, { isHeardAgain: boolean }>()
  readonly #closing = new AbortController()
  readonly #stopWatching: () => void
  #timer: Timer | undefined
  #looking: Promise<void> = Promise.resolve()

  constructor(options: SchedulersOptions) {
    this.#options = options
    this.#stopWatching = options.overlay.onNeighbours(() => this.#lookIn(PAUSE_AFTER_ERROR_MS))
    this.#lookIn(PAUSE_AFTER_ERROR_MS)
  }

  /** Somebody added URLs of the host, which will be here soon. */
  hear(host: Host): void {
    const sought = this.#sought.get(host)
    if (sought === undefined) void this.#lookFor(host)
    else sought.isHeardAgain = true
  }

  has(host: Host): boolean {
    return this.#running.has(host)
  }

  async close(): Promise<void> {
    this.#closing.abort(new AnilloError('RPC_CANCELLED', { method: 'crawl' }))
    this.#stopWatching()
    this.#timer?.cancel()
    await this.#looking
    await Promise.all(Array.from(this.#running.values(), ({ scheduler }) => scheduler.close()))
  }

  async #lookFor(host: Host): Promise<void> {
    const sought = { isHeardAgain: true }
    this.#sought.set(host, sought)
    while (sought.isHeardAgain) {
      sought.isHeardAgain = false
      await this.#lookForOnce(host)
    }
    this.#sought.delete(host)
  }

  /** The word may come before the URLs: until they are there, only what was known is found. */
  async #lookForOnce(host: Host): Promise<void> {
    const { clock, frontier, log } = this.#options
    const { signal } = this.#closing
    for (const delayMs of LOOKS_AFTER_WORD_MS) {
      await pause(clock, delayMs, signal)
      if (signal.aborted || !this.#isMine(host)) return
      try {
        const found = await frontier.active(headOfHost(host), `${hostId(host)}/`)
        const areNew = found.map(({ crawl }) => this.#take(host, crawl))
        if (areNew.includes(true)) return
      } catch (thrown) {
        if (!isAnilloError(thrown)) throw thrown
        log.debug('a host is looked for later', { host, error: thrown })
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
    const { frontier, log } = this.#options
    try {
      for (const [host, { scheduler }] of this.#running) {
        if (!this.#isMine(host)) void scheduler.close()
      }
      await this.#lookInHeads(await frontier.open())
      this.#lookIn(HOSTS_LOOK_EVERY_MS)
    } catch (thrown) {
      if (!isAnilloError(thrown)) throw thrown
      log.debug('hosts are looked for later', { error: thrown })
      this.#lookIn(PAUSE_AFTER_ERROR_MS)
    }
  }

  /** Nothing to be done is the common case, and costs nothing more. */
  async #lookInHeads(open: ReadonlySet<string>): Promise<void> {
    if (open.size === 0) return
    const { frontier, overlay } = this.#options
    const paused = new Map<string, boolean>()
    for (const head of ownHeads(overlay)) {
      if (this.#closing.signal.aborted) return
      for (const { crawl, host } of await frontier.active(head)) {
        if (!this.#isMine(host)) continue
        if (!open.has(crawl) && !paused.has(crawl)) {
          paused.set(crawl, (await frontier.job(crawl))?.state === 'paused')
        }
        if (paused.get(crawl) !== true) this.#take(host, crawl)
      }
    }
  }

  /** @returns whether its scheduler had not been told of the crawl. */
  #take(host: Host, crawl: string): boolean {
    if (this.#closing.signal.aborted) return false
    const known = this.#running.get(host)
    if (known?.scheduler.hear(crawl) === true) {
      const isNew = !known.crawls.has(crawl)
      known.crawls.add(crawl)
      return isNew
    }
    const scheduler = this.#options.schedule(host)
    const begun: Running = { scheduler, crawls: new Set([crawl]) }
    this.#running.set(host, begun)
    scheduler.hear(crawl)
    void scheduler.ended.then(() => {
      if (this.#running.get(host) === begun) this.#running.delete(host)
    })
    return true
  }

  #isMine(host: Host): boolean {
    const { overlay } = this.#options
    return overlay.joined && overlay.owns(hostPosition(host))
  }
}
