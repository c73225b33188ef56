/**
 * What lets an archived page load its images and style sheets. Its origin is none (it is
 * sandboxed), so browsers send no cookies with what it asks for. A pass stands in its addresses
 * instead: it lets read archived pages at this door, nothing else, for an hour, and no longer than
 * the session goes on that it was given to. Whoever may read pages is given one with each page. The
 * page cannot send it elsewhere: its policy lets it speak to this door alone.
 */
import { HOUR_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Random } from '../../../effects/random.ts'
import type { Principal } from '../../../services/accounts/types.ts'

/** Long enough to read a page whose images load when they are scrolled to. */
const PASS_MS = HOUR_MS
/** The same one for so long, so that addresses stay the same. */
const PASS_GIVEN_MS = PASS_MS / 2
/** One a session; the oldest go first. */
const PASSES_MAX = 10_000
/** Nobody guesses 144 bits. */
const PASS_BYTES = 18

interface Given {
  readonly pass: string
  readonly atMs: number
}

/** To whom one was given: a guest has no nick. */
export type Bearer = Pick<Principal, 'nick' | 'by'>

const GUEST: Bearer = { nick: undefined, by: { kind: 'guest' } }

export class Passes {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #random: Pick<Random, 'bytes'>
  /** By whom they were given to, oldest first. */
  readonly #given = new Map<string, Given>()
  readonly #held = new Map<string, { readonly endsAtMs: number; readonly bearer: Bearer }>()

  constructor(clock: Pick<Clock, 'nowMs'>, random: Pick<Random, 'bytes'>) {
    this.#clock = clock
    this.#random = random
  }

  /** @param bearer somebody who may read pages; `undefined`: a guest. */
  for(bearer: Bearer = GUEST): string {
    const nowMs = this.#clock.nowMs()
    const { by, nick } = bearer
    const asker = JSON.stringify([nick, by])
    const given = this.#given.get(asker)
    if (given !== undefined && nowMs < given.atMs + PASS_GIVEN_MS) return given.pass
    const pass = Buffer.from(this.#random.bytes(PASS_BYTES)).toString('base64url')
    this.#given.delete(asker)
    this.#given.set(asker, { pass, atMs: nowMs })
    this.#held.set(pass, { endsAtMs: nowMs + PASS_MS, bearer: { nick, by } })
    dropOldest(this.#given)
    dropOldest(this.#held)
    return pass
  }

  /** As far as its time goes; whether its session goes on, the ring must be asked. */
  holds(pass: string): boolean {
    return this.bearerOf(pass) !== undefined
  }

  /** To whom one was given that has not expired. */
  bearerOf(pass: string): Bearer | undefined {
    const held = this.#held.get(pass)
    return held !== undefined && this.#clock.nowMs() < held.endsAtMs ? held.bearer : undefined
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys()
  if (map.size > PASSES_MAX && oldest !== undefined) map.delete(oldest)
}
