/** Passwords, computed a few at once: what waits is bounded, and beyond it is refused. */
import { AnilloError } from '../../base/errors.ts'
import type { Passwords } from '../../effects/passwords.ts'
import { PASSWORDS_AT_ONCE, PASSWORDS_WAITING_MAX } from './limits.ts'

export class PasswordChecks {
  readonly #passwords: Passwords
  readonly #waiting: (() => void)[] = []
  #admitted = 0
  #running = 0

  constructor(passwords: Passwords) {
    this.#passwords = passwords
  }

  /**
   * Lets in whoever will have a password computed, before anything else is done for them.
   * @throws AnilloError BUSY
   */
  async admitted<T>(work: () => Promise<T>): Promise<T> {
    if (this.#admitted >= PASSWORDS_AT_ONCE + PASSWORDS_WAITING_MAX) {
      throw new AnilloError('BUSY', { what: 'passwords' })
    }
    this.#admitted++
    try {
      return await work()
    } finally {
      this.#admitted--
    }
  }

  /** @param saltOf as `Passwords.hash` */
  hash(password: string, saltOf?: string): Promise<string> {
    return this.#inTurn(() => this.#passwords.hash(password, saltOf))
  }

  /** With `undefined` it takes as long as with a hash. */
  verify(password: string, hashed: string | undefined): Promise<boolean> {
    return this.#inTurn(() => this.#passwords.verify(password, hashed))
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= PASSWORDS_AT_ONCE) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
