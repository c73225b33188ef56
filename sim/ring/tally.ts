/** What a simulated run counts and hashes, and how a check says that it failed. */
import { assert } from '../../src/base/assert.ts'

/** A check found the ring wrong. `check` names it in the tables. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed'
  readonly check: string

  constructor(check: string, detail: string) {
    super(`${check}: ${detail}`)
    this.check = check
  }
}

const FNV_PRIME = 0x01000193
const HASH_HEX_DIGITS = 8

/**
 * How often each fault struck and each check ran, and a running hash (FNV-1a, two lanes) over the
 * trace.
 */
export class Tally {
  readonly #counts = new Map<string, number>()
  #low = 0x811c9dc5
  #high = 0x9e3779b9

  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  /** Counts the check, and throws when it did not hold. */
  check(name: string, holds: boolean, detail: () => string): void {
    this.count(`check: ${name}`)
    if (!holds) throw new CheckFailed(name, detail())
  }

  trace(text: string): void {
    for (let i = 0; i < text.length; i++) {
      this.#low = Math.imul(this.#low ^ text.charCodeAt(i), FNV_PRIME)
      this.#high = Math.imul(this.#high ^ (text.charCodeAt(i) + i), FNV_PRIME)
    }
  }

  get hash(): string {
    return [this.#low, this.#high]
      .map((lane) => (lane >>> 0).toString(16).padStart(HASH_HEX_DIGITS, '0'))
      .join('')
  }

  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** A run that never did what it is for proves nothing. */
  demand(names: readonly string[]): void {
    for (const name of names)
      assert((this.#counts.get(name) ?? 0) > 0, `“${name}” never happened in this run`)
  }
}
