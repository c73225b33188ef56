/** How often a host is asked: the politest of what its crawls ask for, and what it bears. */
import type { Clock } from '../../../effects/clock.ts'
import { mayBegin, newPace, stepPace, type Pace, type PaceEvent } from '../politeness/pace.ts'
import { CONNECTIONS_DEFAULT, DELAY_DEFAULT_MS, LOOK_EVERY_MS, START_WITHIN_MS } from './limits.ts'
import type { RequestMade } from './request-made.ts'

export interface PaceLimits {
  readonly delayMs: number
  readonly connections: number
}

/** Whoever scheduled the crawl before. */
export interface Predecessor {
  /** Of it are URLs whose end is not told. */
  readonly hadBegun: boolean
  /** It was this member, and ended before its process started. */
  readonly isEarlierSelf: boolean
}

const DEFAULTS: PaceLimits = { delayMs: DELAY_DEFAULT_MS, connections: CONNECTIONS_DEFAULT }

export class HostPace {
  readonly #clock: Clock
  readonly #startedMs: number
  #pace: Pace
  #limits: readonly PaceLimits[] = []
  #crawlDelayMs: number | undefined

  /** @param startedMs when this member did, by its clock (`nowMs`) */
  constructor(clock: Clock, startedMs: number) {
    this.#clock = clock
    this.#startedMs = startedMs
    this.#pace = newPace(clock.wallMs())
  }

  /** What crawls of the host ask for. */
  limit(limits: readonly PaceLimits[]): void {
    this.#limits = limits
    this.#configure()
  }

  /** What the host asks for; `undefined`: nothing. */
  hostAsks(crawlDelayMs: number | undefined): void {
    this.#crawlDelayMs = crawlDelayMs
    this.#configure()
  }

  /** At once, as its crawls ask for. */
  get connections(): number {
    return this.#pace.connectionsMax
  }

  /** It asks to be asked so seldom that no crawl would end. */
  get isClosed(): boolean {
    return this.#pace.isClosed
  }

  /** 0: the next may begin. While that depends on another event, somebody wakes who sees it. */
  waitMs(): number {
    const nowMs = this.#clock.wallMs()
    const atMs = mayBegin(this.#pace, nowMs)
    return atMs === undefined ? LOOK_EVERY_MS : atMs - nowMs
  }

  /** Where `waitMs` is 0. @returns when, for `ended` */
  begun(): number {
    this.#step({ kind: 'wanted' })
    return this.#pace.atMs
  }

  ended(made: RequestMade, beganMs: number): void {
    this.#step(made.kind === 'unmade' ? { ...made, beganMs } : made)
  }

  /**
   * From a scheduler that may have asked until a moment ago, or had others ask, who take their time
   * for it.
   */
  tookOver({ hadBegun, isEarlierSelf }: Predecessor): void {
    const agoMs = isEarlierSelf ? this.#clock.nowMs() - this.#startedMs : 0
    const endedMs = this.#clock.wallMs() - agoMs
    this.#step({ kind: 'takenOver', endedMs, startWithinMs: hadBegun ? START_WITHIN_MS : 0 })
  }

  #configure(): void {
    const limits = this.#limits.length === 0 ? [DEFAULTS] : this.#limits
    this.#step({
      kind: 'configured',
      delayMs: Math.max(...limits.map(({ delayMs }) => delayMs)),
      connectionsMax: Math.min(...limits.map(({ connections }) => connections)),
      crawlDelayMs: this.#crawlDelayMs,
    })
  }

  #step(event: PaceEvent): void {
    const [pace] = stepPace(this.#pace, event, this.#clock.wallMs())
    this.#pace = pace
  }
}
