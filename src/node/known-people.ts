/** Who people are, as services that show their names ask it: remembered for some seconds. */
import { isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import type { Clock } from '../effects/clock.ts'
import type { Accounts } from '../services/accounts/types.ts'
import type { People, Person } from '../services/dweets/people.ts'

/** So long after it was changed a name may still be shown, and one who is gone be found. */
export const PERSON_KNOWN_MS = 5 * SECOND_MS
/** About 200 bytes each. */
const KNOWN_MAX = 10_000

interface Known {
  readonly person: Promise<Person | undefined>
  readonly sinceMs: number
}

export class KnownPeople implements People {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #accounts: Pick<Accounts, 'user'>
  /** In the order in which they were asked for. */
  readonly #known = new Map<string, Known>()

  constructor(accounts: Pick<Accounts, 'user'>, clock: Pick<Clock, 'nowMs'>) {
    this.#accounts = accounts
    this.#clock = clock
  }

  find(nick: string): Promise<Person | undefined> {
    const nowMs = this.#clock.nowMs()
    const known = this.#known.get(nick)
    if (known !== undefined && nowMs - known.sinceMs < PERSON_KNOWN_MS) return known.person
    const person = this.#ask(nick)
    this.#known.delete(nick)
    this.#known.set(nick, { person, sinceMs: nowMs })
    const [oldest] = this.#known.keys()
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest)
    return person
  }

  /** Who is not there may come the next moment, and what failed is asked again. */
  async #ask(nick: string): Promise<Person | undefined> {
    try {
      const { createdAt, name } = await this.#accounts.user(nick)
      return { nick, name, joinedAtMs: Date.parse(createdAt) }
    } catch (thrown) {
      this.#known.delete(nick)
      if (isAnilloError(thrown, 'NO_USER')) return undefined
      throw thrown
    }
  }
}
