/**
 * Passwords that belong to no account, such as those of public links. A guess is counted ring-wide,
 * for what it opens and for the address it comes from, before it is looked at.
 */
import { refuseShut } from './logging-in.ts'
import type { AccountsOptions } from './parts.ts'
import type { PasswordChecks } from './password-checks.ts'
import { addressBlock, partitionOfAddress, partitionOfSubject } from './places.ts'
import { forgetGuess, guessAddress } from './session-procedures.ts'
import { forgetSubject, guessSubject } from './shared-password-procedures.ts'
import { foldPassword, requirePassword } from './texts.ts'
import type { Origin } from './types.ts'

export interface SharedGuess {
  /** What it opens: letters, digits and dots. */
  readonly subject: string
  readonly password: string
  /** As `hash` gave it. */
  readonly hash: string
}

export class SharedPasswords {
  readonly #store: AccountsOptions['store']
  readonly #checks: PasswordChecks

  constructor({ checks, store }: Pick<AccountsOptions, 'store'> & { checks: PasswordChecks }) {
    this.#store = store
    this.#checks = checks
  }

  /** @throws AnilloError PASSWORD_UNFIT, BUSY */
  async hash(password: string): Promise<string> {
    const checked = requirePassword(password, '')
    return this.#checks.admitted(() => this.#checks.hash(checked))
  }

  /** @throws AnilloError SLOW_DOWN, BUSY, STORE_UNAVAILABLE */
  isRight(guess: SharedGuess, from: Pick<Origin, 'address'>): Promise<boolean> {
    return this.#checks.admitted(() => this.#isRight(guess, from))
  }

  async #isRight(
    { hash, password, subject }: SharedGuess,
    { address }: Pick<Origin, 'address'>,
  ): Promise<boolean> {
    const store = this.#store
    const block = address === undefined ? undefined : addressBlock(address)
    if (block !== undefined) {
      refuseShut(await store.call(partitionOfAddress(block), guessAddress, { block }))
    }
    const at = partitionOfSubject(subject)
    refuseShut(await store.call(at, guessSubject, { subject }))
    if (!(await this.#checks.verify(foldPassword(password), hash))) return false
    await store.call(at, forgetSubject, { subject })
    if (block !== undefined) await store.call(partitionOfAddress(block), forgetGuess, { block })
    return true
  }
}
