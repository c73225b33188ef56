/** Accounts: made, told of, changed, taken away. */
import { AnilloError, isAnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { instant } from '../../base/instant.ts'
import { fenceOf } from '../../store/locks/lock-value.ts'
import type { NewUser, RoleChange, User, UserChange, UserState } from '../../wire/api-accounts.ts'
import { GRANTABLE, type AccountRoleName } from '../../wire/permissions.ts'
import { LIST_RECORDS_MAX } from '../../wire/record-limits.ts'
import type { Administrators } from './administrators.ts'
import type { Forgiveness } from './forgiveness.ts'
import type { LoggingIn } from './logging-in.ts'
import {
  actorOf,
  callFor,
  findAccount,
  knownNick,
  requireManager,
  requireOwnOrManager,
  type AccountsOptions,
} from './parts.ts'
import type { PasswordChecks } from './password-checks.ts'
import { ADMINISTRATORS_PK, ADMINISTRATORS_TABLE, guessesKey } from './places.ts'
import { readGuesses, type PublicAccount } from './rows.ts'
import { requireName, requireNick, requirePassword } from './texts.ts'
import type { Origin, Principal, Registrant, Repeatable } from './types.ts'
import { userOf } from './user-json.ts'
import { changeUser, registerUser, removeUser, type Written } from './user-procedures.ts'
import type { Actor } from './work.ts'

export interface PeopleParts {
  readonly options: AccountsOptions
  readonly checks: PasswordChecks
  readonly logins: LoggingIn
  readonly forgiveness: Forgiveness
  readonly administrators: Administrators
}

/** The hash of the password that was shown; none of who manages accounts. */
interface Shown {
  readonly ifPassword?: string
}

interface Registering {
  readonly role: AccountRoleName
  readonly actor: Actor
  readonly repeatable: Repeatable | undefined
}

export class People {
  readonly #parts: PeopleParts

  constructor(parts: PeopleParts) {
    this.#parts = parts
  }

  async register(
    user: NewUser,
    from: Registrant,
    repeatable: Repeatable | undefined,
  ): Promise<User> {
    const { by = requireNick(user.nick) } = from
    const actor = { ...actorOf(undefined, from), by }
    const { user: made } = await this.#register(user, { role: 'member', actor, repeatable })
    return userOf(made)
  }

  /** Where it is interrupted it is called again: each step is made once. */
  async found(user: NewUser): Promise<void> {
    const { administrators, options } = this.#parts
    const place = { table: ADMINISTRATORS_TABLE, pk: ADMINISTRATORS_PK }
    if ((await options.store.list({ ...place, limit: LIST_RECORDS_MAX })).items.length > 0) return
    const nick = requireNick(user.nick)
    try {
      const actor = { by: null }
      await this.#register(user, { role: 'administrator', actor, repeatable: undefined })
    } catch (thrown) {
      if (!isAnilloError(thrown, 'NICK_TAKEN')) throw thrown
    }
    const { account, etag } = await findAccount(options, nick)
    if (account.role === 'administrator') await administrators.count(nick, fenceOf(etag))
  }

  async find(text: string): Promise<User> {
    const { account } = await findAccount(this.#parts.options, knownNick(text))
    return this.#told(account)
  }

  async change(
    who: Principal,
    text: string,
    { change, from }: { readonly change: UserChange; readonly from: Origin },
  ): Promise<User> {
    const nick = knownNick(text)
    requireOwnOrManager(who, nick)
    const { checks, options } = this.#parts
    await findAccount(options, nick)
    const name = change.name === undefined ? {} : { name: requireName(change.name) }
    const wanted =
      change.password === undefined ? undefined : requirePassword(change.password, nick)
    const isOwn = who.nick === nick
    const kept = isOwn && who.by.kind === 'session' ? { keptSession: who.by.id } : {}
    const actor = actorOf(who, from)
    const carryOut = async (shown: Shown): Promise<Written> => {
      const password =
        wanted === undefined ? {} : { password: await checks.admitted(() => checks.hash(wanted)) }
      const input = { nick, ...name, ...password, ...shown, ...kept, actor }
      return callFor(options, changeUser, input)
    }
    const old = { nick, password: change.oldPassword }
    const isAsked = wanted !== undefined && isOwn
    const written = await (isAsked ? this.#proving(old, from, carryOut) : carryOut({}))
    return this.#told(written.user)
  }

  async remove(
    who: Principal,
    text: string,
    { from, password }: { readonly password: string | undefined; readonly from: Origin },
  ): Promise<void> {
    const nick = knownNick(text)
    requireOwnOrManager(who, nick)
    const { administrators, options } = this.#parts
    await findAccount(options, nick)
    const actor = actorOf(who, from)
    const carryOut = (shown: Shown) =>
      administrators.losing(nick, undefined, (ifVersion) =>
        callFor(options, removeUser, { nick, ifVersion, ...shown, actor }),
      )
    await (who.nick === nick ? this.#proving({ nick, password }, from, carryOut) : carryOut({}))
  }

  /** Without grants it keeps those that it has. */
  async setRole(who: Principal, text: string, { grants, role }: RoleChange): Promise<User> {
    requireManager(who)
    const nick = knownNick(text)
    const ungrantable = grants?.find((grant) => !GRANTABLE.has(grant))
    if (ungrantable !== undefined) {
      const problem = `“${ungrantable}” comes with a role and is not given by itself`
      throw new AnilloError('BAD_REQUEST', { problem })
    }
    const given = grants === undefined ? {} : { grants: [...new Set(grants)] }
    const change = { role, ...given, actor: actorOf(who) }
    return this.#told(await this.#parts.administrators.change(nick, change))
  }

  async setState(who: Principal, text: string, state: UserState): Promise<User> {
    requireManager(who)
    const change = { state, actor: actorOf(who) }
    return this.#told(await this.#parts.administrators.change(knownNick(text), change))
  }

  /** Rows of guesses go by themselves, some time after they count no more. */
  async #told(account: PublicAccount): Promise<User> {
    const { effects, store } = this.#parts.options
    const record = await store.get(guessesKey(account.nick))
    const untilMs = record === undefined ? undefined : readGuesses(record).shutUntilMs
    const isShutOut = untilMs !== undefined && untilMs > effects.clock.wallMs()
    return { ...userOf(account), ...(isShutOut ? { shutUntil: instant(untilMs) } : {}) }
  }

  /**
   * The salt of a repeatable one follows from its key, so that the same password has the same hash
   * again; the request is bound to that, from which it is as hard to guess as from the row.
   */
  async #register(user: NewUser, { repeatable, ...as }: Registering): Promise<Written> {
    const nick = requireNick(user.nick)
    const name = user.name === undefined ? nick : requireName(user.name)
    const plain = requirePassword(user.password, nick)
    const { checks } = this.#parts
    const saltOf = repeatable && `${nick} ${repeatable.key}`
    const password = await checks.admitted(() => checks.hash(plain, saltOf))
    const bound = repeatable && bind(repeatable, password)
    return callFor(this.#parts.options, registerUser, { nick, name, password, ...as }, bound)
  }

  async #proving<T>(
    { nick, password }: { readonly nick: string; readonly password: string | undefined },
    from: Origin,
    carryOut: (shown: Shown) => Promise<T>,
  ): Promise<T> {
    if (password === undefined) throw new AnilloError('BAD_LOGIN')
    const { forgiveness, logins } = this.#parts
    const proven = await logins.prove({ nick, password }, from)
    return forgiveness.using(proven, () => carryOut({ ifPassword: proven.password }))
  }
}

function bind({ retry }: Repeatable, password: string): Pick<Repeatable, 'retry'> {
  return { retry: { key: retry.key, request: sha256Hex(`${retry.request} ${password}`) } }
}
