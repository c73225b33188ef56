/** Accounts, their sessions and keys, and who did what, through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  AccessKeyList,
  AuditPage,
  MadeAccessKey,
  Me,
  SessionList,
  User,
  UserList,
  type AccessKey,
  type AuditEntry,
  type LoginRequest,
  type NewAccessKey,
  type NewUser,
  type RoleChange,
  type Session,
  type UserChange,
  type UserState,
} from '../wire/api-accounts.ts'
import { loginOptions, TokenPair } from './log-in.ts'
import { queryOf } from './query.ts'
import type { Asking } from './records.ts'
import type { RequestOptions } from './request.ts'

/** A password is stretched, and may stand in a queue for it; a change is written on a majority. */
const TIMEOUT_MS = 20 * SECOND_MS
const PAGE_ITEMS = 100

export class Accounts {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** @throws AnilloError BAD_LOGIN, SLOW_DOWN, BUSY */
  logIn(request: LoginRequest): Promise<TokenPair> {
    return this.#asking.ask(TokenPair, loginOptions(request))
  }

  /** The session that is shown, or all of its account; counts at every member when it resolves. */
  async logOut(options: { readonly everywhere: boolean }): Promise<void> {
    await this.#done({ method: 'POST', path: '/v1/auth/logout', body: options, as: 'somebody' })
  }

  /** Whom the door takes this client for. */
  me(): Promise<Me> {
    return this.#asking.ask(Me, { ...ASKING, path: '/v1/auth/me', as: 'somebody' })
  }

  /** @throws AnilloError NICK_TAKEN, NICK_UNFIT, NAME_UNFIT, PASSWORD_UNFIT, REGISTRATION_CLOSED */
  register(user: NewUser): Promise<User> {
    // Whoever manages accounts makes them also where people may not do so themselves.
    const options = { method: 'POST', path: '/v1/users', body: user, as: 'somebody' } as const
    return this.#asking.ask(User, { ...options, timeoutMs: TIMEOUT_MS })
  }

  /** All of them, in the order in which the ring has them. */
  users(): AsyncIterable<User> {
    return listed((after) => {
      const path = `/v1/users${queryOf({ limit: PAGE_ITEMS, ...after })}`
      return this.#asking.ask(UserList, { ...ASKING, path })
    })
  }

  /** @throws AnilloError NO_USER */
  user(nick: string): Promise<User> {
    return this.#asking.ask(User, { ...ASKING, path: pathOf(nick) })
  }

  /** @throws AnilloError NO_USER, BAD_LOGIN (old password), PASSWORD_UNFIT, NAME_UNFIT */
  change(nick: string, body: UserChange): Promise<User> {
    return this.#change({ method: 'PATCH', path: pathOf(nick), body })
  }

  /** The nick stays taken. @throws AnilloError NO_USER, BAD_LOGIN */
  async remove(nick: string, password: string | undefined): Promise<void> {
    const body = password === undefined ? {} : { password }
    await this.#done({ method: 'DELETE', path: pathOf(nick), body, as: 'somebody' })
  }

  /** @throws AnilloError NO_USER, LAST_ADMINISTRATOR */
  setRole(nick: string, body: RoleChange): Promise<User> {
    return this.#change({ method: 'PUT', path: `${pathOf(nick)}/role`, body })
  }

  /** @throws AnilloError NO_USER, LAST_ADMINISTRATOR */
  setState(nick: string, state: UserState): Promise<User> {
    return this.#change({ method: 'PUT', path: `${pathOf(nick)}/state`, body: { state } })
  }

  async sessions(nick: string): Promise<readonly Session[]> {
    const path = `${pathOf(nick)}/sessions`
    return (await this.#asking.ask(SessionList, { ...ASKING, path })).items
  }

  /** @throws AnilloError NOT_FOUND */
  async endSession(nick: string, id: string): Promise<void> {
    const path = `${pathOf(nick)}/sessions/${encodeURIComponent(id)}`
    await this.#done({ method: 'DELETE', path })
  }

  async keys(nick: string): Promise<readonly AccessKey[]> {
    return (await this.#asking.ask(AccessKeyList, { ...ASKING, path: `${pathOf(nick)}/keys` }))
      .items
  }

  /** Its secret is told this once. @throws AnilloError PERMISSION_MISSING, KEYS_FULL */
  makeKey(nick: string, body: NewAccessKey): Promise<MadeAccessKey> {
    const path = `${pathOf(nick)}/keys`
    return this.#asking.ask(MadeAccessKey, { method: 'POST', path, body, timeoutMs: TIMEOUT_MS })
  }

  /** @throws AnilloError NOT_FOUND */
  async removeKey(nick: string, id: string): Promise<void> {
    const path = `${pathOf(nick)}/keys/${encodeURIComponent(id)}`
    await this.#done({ method: 'DELETE', path })
  }

  /** Who did what that concerns security, newest first. */
  audit(): AsyncIterable<AuditEntry> {
    return listed((after) => {
      const path = `/v1/audit${queryOf({ limit: PAGE_ITEMS, ...after })}`
      return this.#asking.ask(AuditPage, { ...ASKING, path })
    })
  }

  #change(options: Omit<RequestOptions, 'timeoutMs'>): Promise<User> {
    return this.#asking.ask(User, { ...options, as: 'somebody', timeoutMs: TIMEOUT_MS })
  }

  async #done(options: Omit<RequestOptions, 'timeoutMs'>): Promise<void> {
    await this.#asking.request({ ...options, timeoutMs: TIMEOUT_MS }, async () => true)
  }
}

const ASKING = { method: 'GET', timeoutMs: TIMEOUT_MS } as const

function pathOf(nick: string): string {
  return `/v1/users/${encodeURIComponent(nick)}`
}
