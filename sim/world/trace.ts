/** A running hash over all that happened: two runs of one seed must agree in it, event by event. */

const HASH_START = 0x811c9dc5
const SECOND_START = 0x1b873593
const PRIME = 0x01000193
const SECOND_PRIME = 0x85ebca6b

/** The newest events of a run, kept for the message of a failure. */
const RECENT_MAX = 40

export class Trace {
  #a = HASH_START
  #b = SECOND_START
  #events = 0
  #recent: string[] = []
  readonly #kept: string[] | undefined

  /** `keep`: all texts, to compare two runs; costs memory. */
  constructor(keep = false) {
    this.#kept = keep ? [] : undefined
  }

  add(timeMs: number, text: string): void {
    const line = `${timeMs.toFixed(3)} ${text}`
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i)
      this.#a = Math.imul(this.#a ^ code, PRIME)
      this.#b = Math.imul(this.#b + code, SECOND_PRIME) ^ (this.#b >>> 13)
    }
    this.#events++
    this.#kept?.push(line)
    this.#recent.push(line)
    if (this.#recent.length >= 2 * RECENT_MAX) this.#recent = this.#recent.slice(RECENT_MAX)
  }

  get events(): number {
    return this.#events
  }

  /** 16 hex digits. */
  get hash(): string {
    return [this.#a, this.#b].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
  }

  get recent(): readonly string[] {
    return this.#recent.slice(-RECENT_MAX)
  }

  /** All lines, where they are kept. */
  get lines(): readonly string[] {
    return this.#kept ?? []
  }
}

/** Where two traces part, for people; `undefined` when they do not. */
export function firstDifference(
  one: readonly string[],
  two: readonly string[],
): string | undefined {
  const length = Math.max(one.length, two.length)
  for (let i = 0; i < length; i++) {
    if (one[i] === two[i]) continue
    return `event ${i}: first run “${one[i] ?? 'ended'}”, second run “${two[i] ?? 'ended'}”`
  }
  return undefined
}
