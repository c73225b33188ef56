/** Accounts, their sessions and keys, and who did what, through the REST API. */
import { Type } from 'typebox'

import { AnilloError } from '../base/errors.ts'
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
import { Profile } from '../wire/api-dweets.ts'
import { loginOptions, TokenPair } from './log-in.ts'
import type { RequestOptions } from './request.ts'
import { Resource, type Asking } from './resource.ts'

/** A password is stretched, and may stand in a queue for it; a change is written on a majority. */
const TIMEOUT_MS = 20 * SECOND_MS
const PAGE_ITEMS = 100

export class Accounts extends Resource {
  constructor(asking: Asking) {
    super(asking, TIMEOUT_MS)
  }

  /** @throws AnilloError BAD_LOGIN, SLOW_DOWN, BUSY */
  logIn(request: LoginRequest): Promise<TokenPair> {
    return this.ask(TokenPair, loginOptions(request))
  }

  /** The session that is shown, or all of its account; counts at every member when it resolves. */
  logOut(body: { readonly everywhere: boolean }): Promise<void> {
    return this.done({ method: 'POST', path: '/v1/auth/logout', body, as: 'somebody' })
  }

  /** Whom the door takes this client for. */
  me(): Promise<Me> {
    return this.ask(Me, { method: 'GET', path: '/v1/auth/me', as: 'somebody' })
  }

  /** @throws AnilloError NICK_TAKEN, NICK_UNFIT, NAME_UNFIT, PASSWORD_UNFIT, REGISTRATION_CLOSED */
  register(body: NewUser): Promise<User> {
    // Whoever manages accounts makes them also where people may not do so themselves.
    return this.#change({ method: 'POST', path: '/v1/users', body })
  }

  /** All of them, in the order in which the ring has them. */
  users(): AsyncIterable<User> {
    return listed((after) => this.get(UserList, '/v1/users', { limit: PAGE_ITEMS, ...after }))
  }

  /** @throws AnilloError NO_USER, PERMISSION_MISSING: also where the profile alone is told */
  async user(nick: string): Promise<User> {
    const shown = await this.get(Type.Union([User, Profile]), pathOf(nick))
    if ('role' in shown) return shown
    throw new AnilloError('PERMISSION_MISSING', { permission: 'accounts.manage' })
  }

  /** @throws AnilloError NO_USER, BAD_LOGIN (old password), PASSWORD_UNFIT, NAME_UNFIT */
  change(nick: string, body: UserChange): Promise<User> {
    return this.#change({ method: 'PATCH', path: pathOf(nick), body })
  }

  /** The nick stays taken. @throws AnilloError NO_USER, BAD_LOGIN */
  remove(nick: string, password: string | undefined): Promise<void> {
    const body = password === undefined ? {} : { password }
    return this.done({ method: 'DELETE', path: pathOf(nick), body, as: 'somebody' })
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
    return (await this.get(SessionList, `${pathOf(nick)}/sessions`)).items
  }

  /** @throws AnilloError NOT_FOUND */
  endSession(nick: string, id: string): Promise<void> {
    const path = `${pathOf(nick)}/sessions/${encodeURIComponent(id)}`
    return this.done({ method: 'DELETE', path })
  }

  async keys(nick: string): Promise<readonly AccessKey[]> {
    return (await this.get(AccessKeyList, `${pathOf(nick)}/keys`)).items
  }

  /** Its secret is told this once. @throws AnilloError PERMISSION_MISSING, KEYS_FULL */
  makeKey(nick: string, body: NewAccessKey): Promise<MadeAccessKey> {
    return this.ask(MadeAccessKey, { method: 'POST', path: `${pathOf(nick)}/keys`, body })
  }

  /** @throws AnilloError NOT_FOUND */
  removeKey(nick: string, id: string): Promise<void> {
    const path = `${pathOf(nick)}/keys/${encodeURIComponent(id)}`
    return this.done({ method: 'DELETE', path })
  }

  /** Who did what that concerns security, newest first. */
  audit(): AsyncIterable<AuditEntry> {
    return listed((after) => this.get(AuditPage, '/v1/audit', { limit: PAGE_ITEMS, ...after }))
  }

  #change(asked: Pick<RequestOptions, 'method' | 'path' | 'body'>): Promise<User> {
    return this.ask(User, { ...asked, as: 'somebody' })
  }
}

function pathOf(nick: string): string {
  return `/v1/users/${encodeURIComponent(nick)}`
}
