/**
 * Requests of a page that is drawn for a crawl: allowed by the robots.txt of their hosts, and one
 * after another with the crawl’s delay in between.
 */
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import { allows, robotsOf } from '../crawl/host-robots.ts'
import { hostOf, type Host } from '../crawl/hosts.ts'
import { pause } from '../fetch/timing.ts'
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
  /** As hosts themselves ask for. */
  readonly #delaysMs = new Map<Host, number>()
  readonly #robots = new Map<Host, ReturnType<typeof robotsOf>>()

  /** @param page was asked for just now */
  constructor(options: TurnsOptions, page: CanonicalUrl) {
    this.#options = options
    this.#nextMs.set(hostOf(page), options.clock.nowMs() + options.delayMs)
  }

  /** What is held and young needs none. @throws Refused by robots.txt */
  async take(url: CanonicalUrl, signal: AbortSignal): Promise<void> {
    const { scraper } = this.#options
    const host = hostOf(url)
    const asking = this.#robots.get(host) ?? this.#askRobots(host, signal)
    this.#robots.set(host, asking)
    const { rules } = await asking
    if (rules.kind === 'rules') this.#delaysMs.set(host, rules.rules.delayMs ?? 0)
    if (rules.kind === 'none' || (rules.kind === 'rules' && !allows(rules.rules, url))) {
      throw new Refused('robots')
    }
    if (await this.#isYoung(pageIdOf(url), scraper, signal)) return
    await this.#turn(host, signal)
  }

  /** Until somebody else may ask that host. */
  async rest(page: CanonicalUrl, signal: AbortSignal): Promise<void> {
    const waitMs = (this.#nextMs.get(hostOf(page)) ?? 0) - this.#options.clock.nowMs()
    if (waitMs > 0) await pause(this.#options.clock, waitMs, signal)
  }

  async #askRobots(host: Host, signal: AbortSignal): ReturnType<typeof robotsOf> {
    const { scraper } = this.#options
    const id = pageIdOf(canonicalUrl(`${host}/robots.txt`))
    if (!(await this.#isYoung(id, scraper, signal))) await this.#turn(host, signal)
    return robotsOf(host, { scraper, signal })
  }

  async #isYoung(id: string, scraper: Scraper, signal: AbortSignal): Promise<boolean> {
    const held = (await scraper.content(id, signal))?.page
    if (held === undefined) return false
    return ageMs(held.fetchedAt, this.#options.clock.wallMs()) < TURN_FRESH_SECONDS * SECOND_MS
  }

  async #turn(host: Host, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    const delayMs = Math.max(this.#options.delayMs, this.#delaysMs.get(host) ?? 0)
    const nowMs = clock.nowMs()
    const atMs = Math.max(nowMs, this.#nextMs.get(host) ?? 0)
    this.#nextMs.set(host, atMs + delayMs)
    if (atMs > nowMs) await pause(clock, atMs - nowMs, signal)
    signal.throwIfAborted()
  }
}
