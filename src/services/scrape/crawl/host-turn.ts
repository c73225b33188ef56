/** What the scheduler of a host does under one lease. */
import { AnilloError, asAnilloError } from '../../../base/errors.ts'
import { pause } from '../../../effects/pause.ts'
import { AddressShare } from './address-share.ts'
import { CrawlHere } from './crawl-here.ts'
import { isOver } from './crawl-told.ts'
import type { Ended } from './frontier-procedures.ts'
import type { HostLease } from './frontier.ts'
import type { HostPace } from './host-pace.ts'
import {
  allows,
  ROBOTS_AGAIN_MS,
  ROBOTS_KEPT_MS,
  ROBOTS_UNREACHABLE,
  type HostRules,
} from './host-robots.ts'
import { ACKNOWLEDGE_MS, LOOK_EVERY_MS, PAUSE_AFTER_ERROR_MS } from './limits.ts'
import type { CrawlOnHost } from './places.ts'
import { NO_REQUEST, type RequestMade } from './request-made.ts'
import type { CrawlState, UrlRow } from './rows.ts'
import type { HostSchedulerTools } from './scheduler-tools.ts'
import { failed, isOfTheRing } from './visit.ts'
import type { Waker } from './waker.ts'

export interface HostTurnOptions {
  readonly tools: HostSchedulerTools
  readonly pace: HostPace
  readonly waker: Waker
  /** Crawls that were heard of, and are taken up. */
  readonly wanted: Set<string>
  readonly lease: HostLease
  readonly lost: AbortSignal
  readonly closing: AbortSignal
}

interface Begun {
  readonly row: UrlRow
  /** @see HostPace.begun */
  readonly beganMs: number
}

export class HostTurn {
  readonly #options: HostTurnOptions
  readonly #end = new AbortController()
  readonly #signal: AbortSignal
  /** In the order of their turns: whose URL was begun last is the last. */
  #crawls: CrawlHere[] = []
  readonly #share: AddressShare
  readonly #visits = new Set<Promise<void>>()
  #rules: HostRules = { kind: 'none', code: ROBOTS_UNREACHABLE }
  #rulesUntilMs = -Infinity
  #sitemaps: readonly string[] = []
  #failure: Error | undefined

  constructor(options: HostTurnOptions) {
    this.#options = options
    const { clock, dns, frontier } = options.tools
    this.#share = new AddressShare({ clock, dns, frontier, lease: options.lease })
    this.#signal = AbortSignal.any([options.closing, options.lost, this.#end.signal])
  }

  /** @returns whether nothing was left. @throws AnilloError LOCK_LOST, STORE_UNAVAILABLE */
  async run(): Promise<boolean> {
    const { lost, tools, waker } = this.#options
    const signal = this.#signal
    const flushing = this.#keepFlushing()
    let isDone = false
    try {
      while (!signal.aborted) {
        await this.#takeUp()
        await this.#dropEnded()
        const isAsking = this.#isAsking
        await this.#renewShare()
        if (isAsking && this.#mayOpen) await this.#readRobots()
        if (!this.#areRulesDue)
          for (const here of this.#crawls) await here.takeLists(this.#sitemaps)
        const waitMs = this.#step()
        isDone = waitMs === undefined
        if (waitMs === undefined) break
        await waker.sleep(isAsking ? Math.min(waitMs, this.#share.dueInMs) : waitMs, signal)
      }
    } catch (thrown) {
      this.#fail(thrown)
    }
    this.#end.abort(new AnilloError('RPC_CANCELLED', { method: 'crawl' }))
    await Promise.all([flushing, ...this.#visits])
    // It runs out by itself.
    if (!lost.aborted) await this.#share.giveBack().catch(() => undefined)
    for (const { on } of this.#crawls) {
      tools.jobs.release(on.crawl)
      // Whatever ended this turn, the next one has the same to do.
      if (!isDone) this.#options.wanted.add(on.crawl)
    }
    if (this.#failure !== undefined) throw this.#failure
    // What is known is told, whoever goes on.
    if (!lost.aborted) await this.#flushAll()
    return isDone
  }

  /** Crawls that were heard of since. */
  async #takeUp(): Promise<void> {
    const { wanted } = this.#options
    for (const crawl of wanted) {
      wanted.delete(crawl)
      try {
        await this.#takeUpOne(crawl)
      } catch (thrown) {
        wanted.add(crawl)
        throw thrown
      }
    }
  }

  async #takeUpOne(crawl: string): Promise<void> {
    const { lease, pace, tools } = this.#options
    const { frontier, jobs } = tools
    const known = this.#crawls.find((here) => here.on.crawl === crawl)
    if (known !== undefined) {
      known.hear()
      // It may go on after a pause.
      if (jobs.stateOf(crawl) !== 'running') await jobs.renew(crawl)
      return
    }
    const on = { crawl, host: lease.host }
    const job = await jobs.use(crawl)
    if (job?.state !== 'running') {
      jobs.release(crawl)
      await this.#leave(on, job?.state)
      return
    }
    const here = new CrawlHere({ frontier, on, fence: lease.fence, errand: tools.errandOf(job) })
    const predecessor = await here.takeOver()
    this.#crawls.push(here)
    pace.limit(this.#crawls.map(({ errand }) => errand.pace))
    if (predecessor !== undefined) pace.tookOver(predecessor)
  }

  /** Crawls that do not go on and have nothing under way here. */
  async #dropEnded(): Promise<void> {
    const { pace, tools } = this.#options
    for (const here of this.#crawls) {
      const state = tools.jobs.stateOf(here.on.crawl)
      if (here.isBusy || state === 'running') continue
      this.#crawls = this.#crawls.filter((each) => each !== here)
      pace.limit(this.#crawls.map(({ errand }) => errand.pace))
      tools.jobs.release(here.on.crawl)
      await this.#leave(here.on, state)
    }
  }

  /**
   * One that is paused keeps its place: whoever lets it go on tells its hosts.
   * @param state `undefined`: it was deleted
   */
  async #leave(on: CrawlOnHost, state: CrawlState | undefined): Promise<void> {
    const { lease, tools } = this.#options
    if (state === undefined) await tools.frontier.forget(on)
    else if (isOver({ state })) await tools.frontier.leave(on, lease.fence)
  }

  /** There is something to ask the host for, or may be in a moment. */
  get #isAsking(): boolean {
    if (this.#crawls.length === 0) return false
    const nowMs = this.#options.tools.clock.nowMs()
    const hasWork = (each: CrawlHere) => each.hasReady || each.isBusy || each.needsMore(nowMs)
    return this.#areRulesDue || this.#visits.size > 0 || this.#crawls.some(hasWork)
  }

  get #areRulesDue(): boolean {
    return this.#options.tools.clock.nowMs() >= this.#rulesUntilMs
  }

  /** One more connection to the address of the host. */
  get #mayOpen(): boolean {
    return this.#visits.size < this.#share.connections
  }

  async #renewShare(): Promise<void> {
    const { connections } = this.#options.pace
    const open = this.#visits.size
    await this.#share.renew({ connections, isNeeded: this.#isAsking, open })
  }

  /** The host’s own word, once a day; sooner where it could not be had. */
  async #readRobots(): Promise<void> {
    const { lease, pace, tools, waker } = this.#options
    const signal = this.#signal
    if (!this.#areRulesDue) return
    for (let waitMs = pace.waitMs(); waitMs > 0; waitMs = pace.waitMs()) {
      if (signal.aborted) return
      await waker.sleep(waitMs, signal)
    }
    const beganMs = pace.begun()
    let made: RequestMade = NO_REQUEST
    try {
      const robots = await tools.robotsOf(lease.host, signal)
      made = robots.made
      this.#rules = robots.rules
      this.#sitemaps = robots.sitemaps
      const keptMs = robots.rules.kind === 'none' ? ROBOTS_AGAIN_MS : ROBOTS_KEPT_MS
      this.#rulesUntilMs = tools.clock.nowMs() + keptMs
      pace.hostAsks(robots.rules.kind === 'rules' ? robots.rules.rules.delayMs : undefined)
    } finally {
      pace.ended(made, beganMs)
    }
  }

  /** Why a URL is not asked for; `undefined`: it is. */
  #refusalOf(row: UrlRow): Ended | undefined {
    const { url } = row
    const rules = this.#rules
    if (rules.kind === 'none') return failed(row, { code: rules.code })
    const isForbidden = rules.kind === 'rules' && !allows(rules.rules, url)
    if (isForbidden) return { url, as: 'skipped', end: { code: 'ROBOTS' } }
    if (this.#options.pace.isClosed) return { url, as: 'skipped', end: { code: 'CRAWL_DELAY' } }
    return undefined
  }

  /** Begins what may begin now. @returns how long to sleep; `undefined`: nothing is left. */
  #step(): number | undefined {
    const { pace, tools } = this.#options
    const nowMs = tools.clock.nowMs()
    const stateOf = (here: CrawlHere) => tools.jobs.stateOf(here.on.crawl)
    const running = this.#crawls.filter((here) => stateOf(here) === 'running')
    for (const here of running) if (here.needsMore(nowMs)) this.#refill(here)
    for (;;) {
      const here = running.find((each) => each.hasReady)
      if (here === undefined) break
      // What wakes it then, or ends the wait, is the share of the address.
      if (this.#areRulesDue || !this.#mayOpen) return LOOK_EVERY_MS
      const waitMs = pace.isClosed ? 0 : pace.waitMs()
      if (waitMs > 0) return Math.min(waitMs, LOOK_EVERY_MS)
      this.#begin(here)
      running.push(...running.splice(running.indexOf(here), 1))
      this.#crawls = [...this.#crawls.filter((each) => each !== here), here]
    }
    if (this.#visits.size > 0 || this.#crawls.some((here) => here.isBusy)) return LOOK_EVERY_MS
    // Dropped at the next look.
    if (this.#crawls.length > running.length) return 1
    const dueAtMs = Math.min(...running.map((here) => here.dueAtMs ?? Infinity))
    if (dueAtMs < Infinity) return Math.max(1, dueAtMs - nowMs)
    return running.every((here) => here.isIdle(nowMs)) ? undefined : LOOK_EVERY_MS
  }

  #refill(here: CrawlHere): void {
    const { tools, waker } = this.#options
    here
      .refill(() => tools.clock.nowMs(), LOOK_EVERY_MS)
      .catch((thrown: unknown) => this.#fail(thrown))
      .finally(() => waker.wake())
  }

  #begin(here: CrawlHere): void {
    const row = here.next()
    if (row === undefined) return
    const refusal = this.#refusalOf(row)
    if (refusal !== undefined) {
      here.take({ ended: refusal, made: NO_REQUEST, found: [] })
      return
    }
    const beganMs = this.#options.pace.begun()
    const visit = this.#visit(here, { row, beganMs }).finally(() => {
      this.#visits.delete(visit)
    })
    this.#visits.add(visit)
  }

  async #visit(here: CrawlHere, { beganMs, row }: Begun): Promise<void> {
    const { lease, pace, tools, waker } = this.#options
    const signal = this.#signal
    let made: RequestMade = NO_REQUEST
    try {
      const visited = await tools.visit(row, here.errand, signal)
      made = visited.made
      const isFull = here.take(visited)
      waker.wake()
      if (isFull) await here.flush()
      const hosts = visited.found.map(({ host }) => host).filter((host) => host !== lease.host)
      if (hosts.length > 0) tools.tell(hosts)
    } catch (thrown) {
      here.putBack(row)
      if (signal.aborted) return
      if (isOfTheRing(thrown) === undefined) this.#fail(thrown)
      else await pause(tools.clock, PAUSE_AFTER_ERROR_MS, signal)
    } finally {
      pace.ended(made, beganMs)
      waker.wake()
    }
  }

  async #keepFlushing(): Promise<void> {
    const { tools, waker } = this.#options
    while (!this.#signal.aborted) {
      await pause(tools.clock, ACKNOWLEDGE_MS, this.#signal)
      await this.#flushAll().catch((thrown: unknown) => this.#fail(thrown))
      waker.wake()
    }
  }

  async #flushAll(): Promise<void> {
    await Promise.all(this.#crawls.map((here) => here.flush()))
  }

  #fail(thrown: unknown): void {
    this.#failure ??= thrown instanceof Error ? thrown : asAnilloError(thrown)
    this.#end.abort(new AnilloError('RPC_CANCELLED', { method: 'crawl' }))
  }
}
