import type { Clock, Timer } from './clock.ts'

/** Time that passes when the test says so; what falls due runs in order, within `advance`. */
export class ManualClock implements Clock {
  #nowMs: number
  readonly #timers = new Set<{ readonly dueMs: number; readonly run: () => void }>()

  constructor(nowMs = 0) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return WALL_START_MS + this.#nowMs
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { dueMs: this.#nowMs + delayMs, run }
    this.#timers.add(timer)
    return { cancel: () => void this.#timers.delete(timer) }
  }

  soon(run: () => void): void {
    this.after(0, run)
  }

  /** Timers that are still to run. */
  get waiting(): number {
    return this.#timers.size
  }

  /** The process stands still for so long: what fell due runs at the end, late. */
  stall(byMs: number): void {
    this.#nowMs += byMs
    this.advance(0)
  }

  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      const due = [...this.#timers]
        .filter((timer) => timer.dueMs <= untilMs)
        .sort((a, b) => a.dueMs - b.dueMs)[0]
      if (due === undefined) break
      this.#timers.delete(due)
      this.#nowMs = Math.max(this.#nowMs, due.dueMs)
      due.run()
    }
    this.#nowMs = untilMs
  }
}

export const WALL_START_MS = Date.UTC(2026, 10, 21)
