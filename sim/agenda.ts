/** What happens when in virtual time: a binary heap by instant, then by order of entry. */
import { assert, present } from '../src/base/assert.ts'

interface Entry {
  readonly atMs: number
  readonly number: number
  readonly run: () => void
}

export class Agenda {
  readonly #heap: Entry[] = []
  #nowMs = 0
  #numbers = 0

  get nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void): void {
    assert(delayMs >= 0, 'nothing is entered for the past')
    this.#heap.push({ atMs: this.#nowMs + delayMs, number: this.#numbers++, run })
    this.#rise(this.#heap.length - 1)
  }

  /** Runs all that is due up to and at the instant, which then is the present. */
  runUntil(untilMs: number): void {
    for (
      let first = this.#heap[0];
      first !== undefined && first.atMs <= untilMs;
      first = this.#heap[0]
    ) {
      this.#removeFirst()
      this.#nowMs = first.atMs
      first.run()
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs)
  }

  #removeFirst(): void {
    const last = present(this.#heap.pop(), 'last entry')
    if (this.#heap.length === 0) return
    this.#heap[0] = last
    this.#sink(0)
  }

  #rise(index: number): void {
    let at = index
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (!this.#isBefore(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #sink(index: number): void {
    let at = index
    for (;;) {
      const left = 2 * at + 1
      let first = at
      if (left < this.#heap.length && this.#isBefore(left, first)) first = left
      if (left + 1 < this.#heap.length && this.#isBefore(left + 1, first)) first = left + 1
      if (first === at) return
      this.#swap(at, first)
      at = first
    }
  }

  #isBefore(a: number, b: number): boolean {
    const one = present(this.#heap[a], 'entry')
    const other = present(this.#heap[b], 'entry')
    return one.atMs < other.atMs || (one.atMs === other.atMs && one.number < other.number)
  }

  #swap(a: number, b: number): void {
    const held = present(this.#heap[a], 'entry')
    this.#heap[a] = present(this.#heap[b], 'entry')
    this.#heap[b] = held
  }
}
