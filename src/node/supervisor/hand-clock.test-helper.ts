/** A clock for tests of the supervisor. */
import type { Clock } from '../../effects/clock.ts'

/** Time that passes when it is told to. */
export class HandClock implements Clock {
  #nowMs = 0
  #timers: { readonly dueMs: number; readonly run: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  wallMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void) {
    const timer = { dueMs: this.#nowMs + delayMs, run }
    this.#timers.push(timer)
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) }
  }

  pass(durationMs: number): void {
    this.#nowMs += durationMs
    const due = this.#timers.filter(({ dueMs }) => dueMs <= this.#nowMs)
    this.#timers = this.#timers.filter(({ dueMs }) => dueMs > this.#nowMs)
    for (const { run } of due) run()
  }
}
