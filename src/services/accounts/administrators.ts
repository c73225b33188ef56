/**
 * What takes an administrator’s rights away: never the last one’s. Who counts as one that is left
 * is decided in one partition, in steps that `ring-procedures.ts` explains.
 */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { fenceOf } from '../../store/locks/lock-value.ts'
import { LIST_RECORDS_MAX } from '../../wire/record-limits.ts'
import { TRIES_MAX } from './limits.ts'
import { callFor, findAccount, type AccountsOptions } from './parts.ts'
import { ADMINISTRATORS_PARTITION } from './places.ts'
import { countAdministrator, leaveAdministrators } from './ring-procedures.ts'
import type { AccountRow, PublicAccount } from './rows.ts'
import type { UserList } from './user-list.ts'
import { setRights, type Moved, type RightsInput, type Written } from './user-procedures.ts'

export interface AdministratorsParts {
  readonly options: AccountsOptions
  readonly list: UserList
}

export type RightsChange = Omit<RightsInput, 'nick' | 'ifVersion'>

type Rights = Pick<AccountRow, 'role' | 'state'>

export class Administrators {
  readonly #parts: AdministratorsParts

  constructor(parts: AdministratorsParts) {
    this.#parts = parts
  }

  /** @throws AnilloError NO_USER, LAST_ADMINISTRATOR, BUSY */
  async change(nick: string, change: RightsChange): Promise<PublicAccount> {
    const { options } = this.#parts
    const { user, version } = await this.losing(nick, change, (ifVersion) =>
      callFor(options, setRights, { nick, ifVersion, ...change }),
    )
    if (isAdministrator(user)) await this.count(nick, version)
    return user
  }

  /**
   * Does what leaves the account with these rights (`undefined`: with none), once it was made sure
   * that another administrator is left.
   */
  async losing<T extends { readonly kind: 'done' }>(
    nick: string,
    rights: Partial<Rights> | undefined,
    carryOut: (ifVersion: number) => Promise<T | Moved>,
  ): Promise<T> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const { account, etag } = await findAccount(this.#parts.options, nick)
      const version = fenceOf(etag)
      const stays = rights !== undefined && isAdministrator({ ...account, ...rights })
      if (isAdministrator(account) && !stays) await this.#leave(nick, version)
      const outcome = await carryOut(version)
      if (outcome.kind === 'done') return outcome
    }
    throw new AnilloError('BUSY', { what: `the account ${nick}` })
  }

  /** @param version of the account’s row that says that it is one */
  async count(nick: string, version: number): Promise<void> {
    const { store } = this.#parts.options
    await store.call(ADMINISTRATORS_PARTITION, countAdministrator, { nick, version })
  }

  async #leave(nick: string, version: number): Promise<void> {
    const { store } = this.#parts.options
    const leaving = { nick, version }
    try {
      await store.call(ADMINISTRATORS_PARTITION, leaveAdministrators, leaving)
    } catch (thrown) {
      if (!isAnilloError(thrown, 'LAST_ADMINISTRATOR')) throw thrown
      // A step that was broken off may have left some uncounted.
      await this.#countOthers(nick)
      await store.call(ADMINISTRATORS_PARTITION, leaveAdministrators, leaving)
    }
  }

  async #countOthers(but: string): Promise<void> {
    const { list, options } = this.#parts
    const users = await list.accounts({ limit: LIST_RECORDS_MAX })
    for (const { nick, ...rights } of users.filter(isAdministrator)) {
      if (nick === but) continue
      const { etag } = await findAccount(options, nick)
      // Written anew, its row is of a later version than any that has left.
      const actor = { by: null }
      const written = { nick, role: rights.role, ifVersion: fenceOf(etag), actor }
      const outcome: Moved | Written = await callFor(options, setRights, written)
      if ('version' in outcome) await this.count(nick, outcome.version)
    }
  }
}

function isAdministrator({ role, state }: Rights): boolean {
  return role === 'administrator' && state === 'active'
}
