/**
 * URLs that a frontier is known to have: pages of one site link to the same pages again and again.
 */

/** Of the latest URLs at least so many are remembered, and twice as many at most. */
const KNOWN_MIN = 20_000

/** Forgets the oldest first; what it forgot is merely told to the frontier once more. */
export class KnownUrls {
  #young = new Set<string>()
  #old: ReadonlySet<string> = new Set()

  has(url: string): boolean {
    return this.#young.has(url) || this.#old.has(url)
  }

  add(url: string): void {
    if (this.has(url)) return
    if (this.#young.size >= KNOWN_MIN) {
      this.#old = this.#young
      this.#young = new Set()
    }
    this.#young.add(url)
  }
}
