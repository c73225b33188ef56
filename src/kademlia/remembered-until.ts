/** A bounded table of what is remembered for a while: the oldest goes first. */
import { assert } from '../base/assert.ts'

export class RememberedUntil<V> {
  readonly #max: number
  readonly #held = new Map<string, { readonly value: V; readonly untilMs: number }>()

  constructor(max: number) {
    assert(max >= 1, 'room for one at least')
    this.#max = max
  }

  get size(): number {
    return this.#held.size
  }

  get(key: string, nowMs: number): V | undefined {
    const held = this.#held.get(key)
    return held !== undefined && held.untilMs > nowMs ? held.value : undefined
  }

  set(key: string, value: V, untilMs: number): void {
    this.#held.delete(key)
    this.#held.set(key, { value, untilMs })
    const [oldest] = this.#held.keys()
    if (this.#held.size > this.#max && oldest !== undefined) this.#held.delete(oldest)
  }
}
