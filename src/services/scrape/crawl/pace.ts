/** How often a host is asked: so many at once, and so long from one begin to the next. */
import { CONNECTIONS_DEFAULT, DELAY_DEFAULT_MS, LOOK_EVERY_MS, START_WITHIN_MS } from './limits.ts'

export interface PaceLimits {
  readonly delayMs: number
  readonly connections: number
}

export class Pace {
  #limits: PaceLimits = { delayMs: DELAY_DEFAULT_MS, connections: CONNECTIONS_DEFAULT }
  #open = 0
  #nextMs = -Infinity

  /** The politest of all that crawls of this host ask for. */
  limit(limits: readonly PaceLimits[]): void {
    this.#limits = {
      delayMs: Math.max(...limits.map(({ delayMs }) => delayMs)),
      connections: Math.min(...limits.map(({ connections }) => connections)),
    }
  }

  /** 0: the next may begin. While all connections are in use somebody wakes who frees one. */
  waitMs(nowMs: number): number {
    if (this.#open >= this.#limits.connections) return LOOK_EVERY_MS
    return Math.max(0, this.#nextMs - nowMs)
  }

  begun(nowMs: number): void {
    this.#open++
    this.#nextMs = nowMs + this.#limits.delayMs
  }

  ended(): void {
    this.#open--
  }

  /**
   * From a scheduler that may have asked until a moment ago, or had others ask (`begun`), who take
   * their time for it.
   */
  tookOver(nowMs: number, asked: 'begun' | 'before'): void {
    const startMs = asked === 'begun' ? START_WITHIN_MS : 0
    this.#nextMs = Math.max(this.#nextMs, nowMs + this.#limits.delayMs + startMs)
  }
}
