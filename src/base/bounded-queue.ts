import { assert } from './assert.ts'

/**
 * First in, first out, never more than `itemsMax`: who pushes must say what happens when it is
 * full.
 */
export class BoundedQueue<T> {
  readonly #itemsMax: number
  #items: T[] = []
  #head = 0

  constructor(itemsMax: number) {
    assert(itemsMax >= 1, 'a queue holds at least one item')
    this.#itemsMax = itemsMax
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  /** `false` when full: nothing was changed. */
  tryPush(item: T): boolean {
    if (this.size >= this.#itemsMax) return false
    this.#items.push(item)
    return true
  }

  shift(): T | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#head]
    this.#head++
    // Half of the array is spent: drop it, so that each item is moved at most once on average.
    if (this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
