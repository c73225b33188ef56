/**
 * Requests of a page that is drawn for a crawl: allowed by the robots.txt of their hosts, and one
 * after another with the crawl’s delay in between.
 */
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'
import { allows, robotsOf } from '../crawl/host-robots.ts'
import { hostOf, type Host } from '../crawl/hosts.ts'
import { ageMs } from '../pages/page-record.ts'
import type { Scraper } from '../pages/scraper.ts'
import { canonicalUrl, pageIdOf, type CanonicalUrl } from '../urls/canonical-url.ts'
import { TURN_FRESH_SECONDS } from './limits.ts'
import { Refused } from './refused.ts'

export interface TurnsOptions {
  readonly clock: Clock
  readonly scraper: Scraper
  readonly delayMs: number
}

export class Turns {
  readonly #options: TurnsOptions
  /** When the next request to a host may begin, by this member’s clock. */
  readonly #nextMs = new Map<Host, number>()
  /** Settles with the last request to a host so far. */
  readonly #last = new Map<Host, Promise<void>>()
  /** As hosts themselves ask for. */
  readonly #delaysMs = new Map<Host, number>()
  readonly #robots = new Map<Host, ReturnType<typeof robotsOf>>()

  /** @param page was asked for just now */
  constructor(options: TurnsOptions, page: CanonicalUrl) {
    this.#options = options
    this.#nextMs.set(hostOf(page), options.clock.nowMs() + options.delayMs)
  }

  /**
   * Asks in the turn of its host; what is held and young needs none. @throws Refused by robots.txt
   */
  async take<T>(url: CanonicalUrl, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    const host = hostOf(url)
    const asking = this.#robots.get(host) ?? this.#askRobots(host, signal)
    this.#robots.set(host, asking)
    const { rules } = await asking
    if (rules.kind === 'rules') this.#delaysMs.set(host, rules.rules.delayMs ?? 0)
    if (rules.kind === 'none' || (rules.kind === 'rules' && !allows(rules.rules, url))) {
      throw new Refused('robots')
    }
    if (await this.#isYoung(pageIdOf(url), signal)) return ask()
    return this.#inTurn(host, signal, ask)
  }

  /** Until somebody else may ask that host. */
  async rest(page: CanonicalUrl, signal: AbortSignal): Promise<void> {
    const host = hostOf(page)
    await this.#last.get(host)
    const waitMs = (this.#nextMs.get(host) ?? 0) - this.#options.clock.nowMs()
    if (waitMs > 0) await pause(this.#options.clock, waitMs, signal)
  }

  async #askRobots(host: Host, signal: AbortSignal): ReturnType<typeof robotsOf> {
    const { scraper } = this.#options
    const ask = (): ReturnType<typeof robotsOf> => robotsOf(host, { scraper, signal })
    const id = pageIdOf(canonicalUrl(`${host}/robots.txt`))
    return (await this.#isYoung(id, signal)) ? ask() : this.#inTurn(host, signal, ask)
  }

  async #isYoung(id: string, signal: AbortSignal): Promise<boolean> {
    const { clock, scraper } = this.#options
    const held = (await scraper.content(id, signal))?.page
    if (held === undefined) return false
    return ageMs(held.fetchedAt, clock.wallMs()) < TURN_FRESH_SECONDS * SECOND_MS
  }

  /**
   * One after another, from the end of one to the beginning of the next: how long it takes until a
   * request that was begun is on its way nobody knows.
   */
  async #inTurn<T>(host: Host, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    const { clock } = this.#options
    const before = this.#last.get(host)
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#last.set(host, promise)
    await before
    try {
      const waitMs = (this.#nextMs.get(host) ?? 0) - clock.nowMs()
      if (waitMs > 0) await pause(clock, waitMs, signal)
      signal.throwIfAborted()
      return await ask()
    } finally {
      const delayMs = Math.max(this.#options.delayMs, this.#delaysMs.get(host) ?? 0)
      this.#nextMs.set(host, clock.nowMs() + delayMs)
      resolve()
    }
  }
}
