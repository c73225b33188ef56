/**
 * Counts how often each fault struck and each check ran: a run that tries nothing proves nothing.
 */
import { assert } from '../../src/base/assert.ts'

export class Tally {
  readonly #counts = new Map<string, number>()
  readonly #wanted = new Set<string>()

  add(name: string, count = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count)
  }

  /** Names that must not be 0 at the end. */
  want(names: readonly string[]): void {
    for (const name of names) {
      this.#wanted.add(name)
      this.add(name, 0)
    }
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Fails when a wanted one never happened. */
  check(): void {
    const never = [...this.#wanted].filter((name) => this.#counts.get(name) === 0)
    assert(never.length === 0, `never happened in this run: ${never.join(', ')}`)
  }
}
