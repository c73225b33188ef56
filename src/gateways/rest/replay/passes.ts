/**
 * What lets an archived page load its images and style sheets. Its origin is none (it is
 * sandboxed), so browsers send no cookies with what it asks for. A pass stands in its addresses
 * instead: it lets read archived pages at this door, nothing else, for an hour. Whoever may read
 * pages is given one with each page. The page cannot send it elsewhere: its policy lets it speak to
 * this door alone.
 */
import { HOUR_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Random } from '../../../effects/random.ts'

/** Long enough to read a page whose images load when they are scrolled to. */
const PASS_MS = HOUR_MS
/** The same one for so long, so that addresses stay the same. */
const PASS_GIVEN_MS = PASS_MS / 2
/** One an account; the oldest go first. */
const PASSES_MAX = 10_000
/** Nobody guesses 144 bits. */
const PASS_BYTES = 18

interface Given {
  readonly pass: string
  readonly atMs: number
}

export class Passes {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #random: Pick<Random, 'bytes'>
  /** By whom they were given to, oldest first. */
  readonly #given = new Map<string, Given>()
  readonly #endsAtMs = new Map<string, number>()

  constructor(clock: Pick<Clock, 'nowMs'>, random: Pick<Random, 'bytes'>) {
    this.#clock = clock
    this.#random = random
  }

  /** @param nick of somebody who may read pages; `undefined`: a guest. */
  for(nick: string | undefined): string {
    const nowMs = this.#clock.nowMs()
    const asker = nick === undefined ? 'guest' : `nick ${nick}`
    const given = this.#given.get(asker)
    if (given !== undefined && nowMs < given.atMs + PASS_GIVEN_MS) return given.pass
    const pass = Buffer.from(this.#random.bytes(PASS_BYTES)).toString('base64url')
    this.#given.delete(asker)
    this.#given.set(asker, { pass, atMs: nowMs })
    this.#endsAtMs.set(pass, nowMs + PASS_MS)
    dropOldest(this.#given)
    dropOldest(this.#endsAtMs)
    return pass
  }

  holds(pass: string): boolean {
    const endsAtMs = this.#endsAtMs.get(pass)
    return endsAtMs !== undefined && this.#clock.nowMs() < endsAtMs
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (map.size > PASSES_MAX && oldest !== undefined) map.delete(oldest)
}
