/**
 * One run of a program on a virtual machine, from its start to its end. What it asked the world for
 * belongs to its life: after the end nothing of it calls back and no promise of it settles, as
 * after a kill -9. While it is paused (SIGSTOP) its events wait, and run in their order when it
 * goes on.
 */
import type { Timer } from '../../src/effects/clock.ts'
import type { Scheduler } from './scheduler.ts'

export class Life {
  readonly name: string
  readonly #scheduler: Scheduler
  readonly #endings = new Set<(powerLost: boolean) => void>()
  #waiting: { readonly label: string; readonly run: () => void }[] = []
  readonly #labels = new Map<string, string>()
  #alive = true
  #paused = false

  constructor(name: string, scheduler: Scheduler) {
    this.name = name
    this.#scheduler = scheduler
  }

  get alive(): boolean {
    return this.#alive
  }

  get paused(): boolean {
    return this.#paused
  }

  /** Runs it in this life after the delay, or never. */
  after(delayMs: number, label: string, run: () => void): Timer {
    const event = this.#scheduler.after(delayMs, this.#labelOf(label), () => {
      if (this.#paused) this.now(label, () => (event.isCancelled ? undefined : run()))
      else if (this.#alive) run()
    })
    return event
  }

  /** Put together once: a life has millions of events, and few labels. */
  #labelOf(label: string): string {
    const known = this.#labels.get(label)
    if (known !== undefined) return known
    const whole = `${this.name} ${label}`
    this.#labels.set(label, whole)
    return whole
  }

  /** Runs it at once, or when the pause is over; never after the end. */
  now(label: string, run: () => void): void {
    if (!this.#alive) return
    if (this.#paused) this.#waiting.push({ label, run })
    else run()
  }

  /** What an effect answers after a delay; it stays open for ever when the life ends first. */
  answer<T>(delayMs: number, label: string, make: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.after(delayMs, label, () => {
        try {
          resolve(make())
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    })
  }

  /** Called at the end of the life, in the order of asking. */
  onEnd(ending: (powerLost: boolean) => void): void {
    this.#endings.add(ending)
  }

  offEnd(ending: (powerLost: boolean) => void): void {
    this.#endings.delete(ending)
  }

  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
    const waiting = this.#waiting
    this.#waiting = []
    for (const { label, run } of waiting) this.after(0, `late ${label}`, run)
  }

  end(powerLost: boolean): void {
    if (!this.#alive) return
    this.#alive = false
    this.#waiting = []
    for (const ending of this.#endings) ending(powerLost)
    this.#endings.clear()
  }
}
