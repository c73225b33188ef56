/** How many sessions there are, of whom and from where. */
import type { AccountSessions } from '../../services/files/doors/account-sessions.ts'
import { SESSIONS_MAX, SESSIONS_PER_USER_MAX, STRANGERS_PER_ADDRESS_MAX } from './limits.ts'

export class Sessions {
  readonly #ofAccounts: Pick<AccountSessions, 'enter'>
  readonly #ofGuests = new Counts(SESSIONS_PER_USER_MAX)
  readonly #ofAddress = new Counts(STRANGERS_PER_ADDRESS_MAX)
  readonly #all = new Counts(SESSIONS_MAX)

  constructor(ofAccounts: Pick<AccountSessions, 'enter'>) {
    this.#ofAccounts = ofAccounts
  }

  /**
   * A connection; what it is given is called at its end.
   * @returns `undefined` where there are too many
   */
  open(): (() => void) | undefined {
    return this.#all.enter('')
  }

  /** One that has not logged in yet, as `open`. */
  wait(address: string): (() => void) | undefined {
    return this.#ofAddress.enter(address)
  }

  /** One that has logged in, as `open`: of an account over the ring; guests of a member are one. */
  async enter(nick: string | undefined): Promise<(() => void) | undefined> {
    return nick === undefined ? this.#ofGuests.enter('') : this.#ofAccounts.enter(nick)
  }
}

class Counts {
  readonly #max: number
  readonly #counts = new Map<string, number>()

  constructor(max: number) {
    this.#max = max
  }

  enter(name: string): (() => void) | undefined {
    const count = this.#counts.get(name) ?? 0
    if (count >= this.#max) return undefined
    this.#counts.set(name, count + 1)
    let isIn = true
    return () => {
      if (!isIn) return
      isIn = false
      const left = (this.#counts.get(name) ?? 1) - 1
      if (left === 0) this.#counts.delete(name)
      else this.#counts.set(name, left)
    }
  }
}
