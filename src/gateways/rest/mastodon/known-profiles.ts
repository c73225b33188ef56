/** People as they stand beside each of their statuses: remembered for some seconds. */
import { isAnilloError } from '../../../base/errors.ts'
import { SECOND_MS } from '../../../base/limits.ts'
import type { Clock } from '../../../effects/clock.ts'
import type { Dweets } from '../../../services/dweets/types.ts'
import type { Profile } from '../../../wire/api-dweets.ts'

/** Counts beside a status may be so old. */
const KNOWN_MS = 10 * SECOND_MS
/** Half a KiB each. */
const KNOWN_MAX = 5_000

interface Known {
  readonly profile: Promise<Profile | undefined>
  readonly sinceMs: number
}

export class KnownProfiles {
  readonly #dweets: Pick<Dweets, 'profile'>
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #known = new Map<string, Known>()

  constructor(dweets: Pick<Dweets, 'profile'>, clock: Pick<Clock, 'nowMs'>) {
    this.#dweets = dweets
    this.#clock = clock
  }

  /** Without how anybody stands to them. `undefined`: there is nobody of that nick. */
  find(nick: string): Promise<Profile | undefined> {
    const known = this.#known.get(nick)
    const nowMs = this.#clock.nowMs()
    if (known !== undefined && nowMs - known.sinceMs < KNOWN_MS) return known.profile
    const profile = this.#ask(nick)
    this.#known.delete(nick)
    this.#known.set(nick, { profile, sinceMs: nowMs })
    const [oldest] = this.#known.keys()
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest)
    return profile
  }

  /** As of now, next time. */
  forget(nick: string): void {
    this.#known.delete(nick)
  }

  async #ask(nick: string): Promise<Profile | undefined> {
    try {
      return await this.#dweets.profile({ nick, isModerator: false }, nick)
    } catch (thrown) {
      this.#known.delete(nick)
      if (isAnilloError(thrown, 'NO_USER')) return undefined
      throw thrown
    }
  }
}
