/**
 * This member as an asker of one partition (dissertation 6.3): numbers for its changes, and the
 * lowest one that may still be asked for, below which the partition may forget answers.
 */
import { assert } from '../base/assert.ts'
import type { RequestId } from '../wire/command.ts'

/**
 * Changes between the oldest that is under way and the next: the partition keeps an answer for
 * each of the last thousand. Beyond it another session is opened.
 */
export const SESSION_SPAN_MAX = 960

export class Session {
  readonly number: number
  #next = 1
  #floor = 1
  /** Done with, above the floor. */
  readonly #settled = new Set<number>()

  constructor(number: number) {
    assert(number > 0, 'a session is numbered by the index of its entry')
    this.number = number
  }

  get isFull(): boolean {
    return this.#next - this.#floor >= SESSION_SPAN_MAX
  }

  /** A number for a change; `settle` must follow, whatever becomes of it. */
  begin(): RequestId {
    assert(!this.isFull, 'a full session takes no more')
    return { session: this.number, sequence: this.#next++, floor: this.#floor }
  }

  /** The change is not repeated any more. */
  settle(sequence: number): void {
    assert(sequence >= this.#floor && sequence < this.#next, 'it was begun and not settled')
    this.#settled.add(sequence)
    while (this.#settled.delete(this.#floor)) this.#floor++
  }
}
