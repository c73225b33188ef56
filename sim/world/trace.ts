/** A running hash over all that happened: two runs of one seed must agree in it, event by event. */

const HASH_START = 0x811c9dc5
const SECOND_START = 0x1b873593
const PRIME = 0x01000193
const SECOND_PRIME = 0x85ebca6b

/** Of texts, kept. */
const HASHES_MAX = 4_096

/** The newest events of a run, kept for the message of a failure. */
const RECENT_MAX = 40

interface TracedEvent {
  readonly timeMs: number
  readonly text: string
}

/** The two halves of a time, to be hashed. */
const time = new Float64Array(1)
const halves = new Uint32Array(time.buffer)

export class Trace {
  #a = HASH_START
  #b = SECOND_START
  #events = 0
  readonly #hashes = new Map<string, number>()
  readonly #recent: TracedEvent[] = []
  readonly #kept: TracedEvent[] | undefined

  /** `keep`: all texts, to compare two runs; costs memory. */
  constructor(keep = false) {
    this.#kept = keep ? [] : undefined
  }

  /** Made into a line only when somebody reads it: millions of lines would cost more than a run. */
  add(timeMs: number, text: string): void {
    time[0] = timeMs
    this.#mix(halves[0] ?? 0)
    this.#mix(halves[1] ?? 0)
    this.#mix(this.#hashOf(text))
    const event = { timeMs, text }
    this.#recent[this.#events % RECENT_MAX] = event
    this.#kept?.push(event)
    this.#events++
  }

  get events(): number {
    return this.#events
  }

  /** 16 hex digits. */
  get hash(): string {
    return [this.#a, this.#b].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
  }

  get recent(): readonly string[] {
    const next = this.#events % RECENT_MAX
    return [...this.#recent.slice(next), ...this.#recent.slice(0, next)].map(lineOf)
  }

  /** All lines, where they are kept. */
  get lines(): readonly string[] {
    return this.#kept?.map(lineOf) ?? []
  }

  /** Most texts come over and over. */
  #hashOf(text: string): number {
    const known = this.#hashes.get(text)
    if (known !== undefined) return known
    let hash = HASH_START
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME)
    if (this.#hashes.size >= HASHES_MAX) this.#hashes.clear()
    this.#hashes.set(text, hash)
    return hash
  }

  #mix(number: number): void {
    this.#a = Math.imul(this.#a ^ number, PRIME)
    this.#b = Math.imul(this.#b + number, SECOND_PRIME) ^ (this.#b >>> 13)
  }
}

function lineOf({ timeMs, text }: TracedEvent): string {
  return `${timeMs.toFixed(3)} ${text}`
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
