/**
 * A guess is counted before it is looked at. Where it was right, and what it was made for broke
 * off, it is taken back here, else five right log-ins of a bad minute would shut a person out.
 */
import { isAnilloError } from '../../base/errors.ts'
import { FORGIVING_MAX, FORGIVING_MS } from './limits.ts'
import { callFor, type AccountsOptions } from './parts.ts'
import { guessedRight } from './session-procedures.ts'

/** Who showed a password that is theirs, by the hash that stood there then. */
export interface Proven {
  readonly nick: string
  readonly password: string
}

export class Forgiveness {
  readonly #options: AccountsOptions
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #closing = new AbortController()

  constructor(options: AccountsOptions) {
    this.#options = options
  }

  /** Does what the right password was shown for. */
  async using<T>(proven: Proven, use: () => Promise<T>): Promise<T> {
    try {
      return await use()
    } catch (thrown) {
      // Another password stands there by now, or nobody is let in at all.
      const isOver =
        isAnilloError(thrown, 'BAD_LOGIN') || isAnilloError(thrown, 'ACCOUNT_SUSPENDED')
      if (!isOver) this.#forgive(proven)
      throw thrown
    }
  }

  /** Gives up what is still tried. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#underWay.values())
  }

  /** Behind the answer, which does not wait for it. */
  #forgive(proven: Proven): void {
    const { nick } = proven
    if (this.#underWay.has(nick) || this.#underWay.size >= FORGIVING_MAX) return
    const options = { timeoutMs: FORGIVING_MS, signal: this.#closing.signal }
    const forgiving = callFor(this.#options, guessedRight, proven, options).then(
      () => undefined,
      (error: unknown) => this.#options.effects.log.debug('a guess stays counted', { nick, error }),
    )
    this.#underWay.set(
      nick,
      forgiving.finally(() => this.#underWay.delete(nick)),
    )
  }
}
