/**
 * Which hosts this member schedules: those whose place on the ring is its own, and that have URLs
 * left.
 */
import type { Clock } from '../../../effects/clock.ts'
import type { Log } from '../../../effects/log.ts'
import type { Overlay } from '../../../overlay/types.ts'
import { ownHeads } from '../heads.ts'
import { LOOK_AROUND_EVERY_MS, LOOK_SOON_MS } from '../lookout/limits.ts'
import { Lookout } from '../lookout/lookout.ts'
import type { Frontier } from './frontier.ts'
import type { HostScheduler } from './host-scheduler.ts'
import { hostPosition, type Host } from './hosts.ts'
import { headOfHost, hostId, type CrawlOnHost } from './places.ts'

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

/** Read together: after a start each of them may wait for a leader. */
const HEADS_AT_ONCE = 16

export class Schedulers {
  readonly #options: SchedulersOptions
  readonly #running = new Map<Host, Running>()
  readonly #lookout: Lookout

  constructor(options: SchedulersOptions) {
    this.#options = options
    const { clock, log, overlay } = options
    const look = (isFirst: boolean): Promise<number> => this.#look(isFirst)
    this.#lookout = new Lookout({ clock, log, overlay, what: 'crawl', look })
  }

  /** Somebody added URLs of the host, which will be here soon. */
  hear(host: Host): void {
    this.#lookout.expect(host, { position: hostPosition(host), find: () => this.#find(host) })
  }

  has(host: Host): boolean {
    return this.#running.has(host)
  }

  async close(): Promise<void> {
    await this.#lookout.close()
    await Promise.all(Array.from(this.#running.values(), ({ scheduler }) => scheduler.close()))
  }

  /** The word may come before the URLs: until they are there, only what was known is found. */
  async #find(host: Host): Promise<boolean> {
    const found = await this.#options.frontier.active(headOfHost(host), `${hostId(host)}/`)
    const areNew = found.map(({ crawl }) => this.#take(host, crawl))
    return areNew.includes(true)
  }

  async #look(isFirst: boolean): Promise<number> {
    for (const [host, { scheduler }] of this.#running) {
      if (!this.#isMine(host)) void scheduler.close()
    }
    const open = await this.#options.frontier.open()
    await this.#lookInHeads(open, isFirst)
    return isFirst && open.size > 0 ? LOOK_SOON_MS : LOOK_AROUND_EVERY_MS
  }

  /** Nothing to be done is the common case, and costs nothing more. */
  async #lookInHeads(open: ReadonlySet<string>, isFirst: boolean): Promise<void> {
    if (open.size === 0) return
    const { frontier, overlay } = this.#options
    const heads = ownHeads(overlay)
    const paused = new Set<string>()
    const running = new Set(open)
    let failure: PromiseRejectedResult | undefined
    for (let at = 0; at < heads.length && !this.#lookout.closing.aborted; at += HEADS_AT_ONCE) {
      const some = heads.slice(at, at + HEADS_AT_ONCE).map((head) => frontier.active(head))
      for (const looked of await Promise.allSettled(some)) {
        if (looked.status === 'rejected') failure ??= looked
        else {
          for (const on of looked.value) {
            if (isFirst && !(await this.#wasOwn(on))) continue
            await this.#takeUnlessPaused(on, { paused, running })
          }
        }
      }
    }
    // What was found elsewhere does not wait for it.
    if (failure !== undefined) throw failure.reason
  }

  /**
   * A ring that was killed starts member by member, and a host that is taken by whoever is there
   * first comes to its owner only when that one gives it up.
   */
  async #wasOwn(on: CrawlOnHost): Promise<boolean> {
    const { frontier } = this.#options
    const { by } = await frontier.sum(on)
    return by !== undefined && frontier.wasEarlier(by)
  }

  /** One that is over is taken, too: its scheduler has the host forget it. */
  async #takeUnlessPaused(
    { crawl, host }: CrawlOnHost,
    { paused, running }: { readonly paused: Set<string>; readonly running: Set<string> },
  ): Promise<void> {
    if (!this.#isMine(host)) return
    if (!running.has(crawl) && !paused.has(crawl)) {
      const state = (await this.#options.frontier.job(crawl))?.state
      if (state === 'paused') paused.add(crawl)
      else running.add(crawl)
    }
    if (!paused.has(crawl)) this.#take(host, crawl)
  }

  /** @returns whether its scheduler had not been told of the crawl. */
  #take(host: Host, crawl: string): boolean {
    if (this.#lookout.closing.aborted) return false
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
    return this.#lookout.owns(hostPosition(host))
  }
}
