/**
 * Accounts for trying the page without a ring: in memory, with plain passwords, the same at every
 * door. Access tokens can be made to expire, and answers to be refused.
 */
import { createHash } from 'node:crypto'

import { AnilloError } from '../../src/base/errors.ts'
import { MemoryApps } from '../../src/services/accounts/memory-apps.test-helper.ts'
import { MemoryGroups } from '../../src/services/accounts/memory-groups.test-helper.ts'
import type {
  Accounts,
  IssuedTokens,
  Origin,
  Principal,
} from '../../src/services/accounts/types.ts'
import { foldNick, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '../../src/wire/account-texts.ts'
import type {
  AccessKey,
  AuditEntry,
  NewAccessKey,
  NewUser,
  RoleChange,
  Session,
  User,
  UserChange,
} from '../../src/wire/api-accounts.ts'
import type { AuditWhat } from '../../src/wire/audit.ts'
import { GRANTABLE, PERMISSIONS_OF, type Permission } from '../../src/wire/permissions.ts'

interface Person {
  user: User
  password: string
  readonly sessions: Map<string, Omit<Session, 'isThis'>>
  readonly keys: Map<string, AccessKey>
}

/** Tests read dates: the first of all things happened then, each next a minute later. */
const BEGIN_MS = Date.parse('2026-11-21T08:00:00.000Z')
const STEP_MS = 60_000

export class FakeAccounts implements Accounts {
  readonly viewPasses = { writer: async () => undefined, viewer: async () => undefined }
  readonly #people = new Map<string, Person>()
  readonly #audit: AuditEntry[] = []
  readonly groups = new MemoryGroups(
    (nick) => this.#people.get(nick)?.user,
    () => [...this.#people.values()].map(({ user }) => user),
  )
  readonly apps = new MemoryApps(() => Promise.reject(new AnilloError('BAD_LOGIN')))
  readonly #expired = new Set<string>()
  isRegistrationOpen = true
  /** Tokens renewed so far. */
  renewals = 0
  #count = 0

  constructor() {
    this.#add({ nick: 'admin', name: 'Administrator', password: 'admin-secret' }, 'administrator')
    this.#add({ nick: 'ana', name: 'Ana María', password: 'ana-secret' }, 'member')
    this.#add({ nick: 'beto', name: 'Beto', password: 'beto-secret' }, 'operator')
  }

  /** All access tokens are too old; their sessions go on. */
  expireTokens(): void {
    for (const { sessions } of this.#people.values())
      for (const id of sessions.keys()) this.#expired.add(id)
  }

  /** As if from elsewhere. */
  endAll(nick: string): void {
    this.#of(nick).sessions.clear()
  }

  /** By too many wrong passwords, for ten minutes. */
  shutOut(nick: string): void {
    const person = this.#of(nick)
    const shutUntil = new Date(Date.now() + 10 * STEP_MS).toISOString()
    person.user = { ...person.user, shutUntil }
  }

  sessionsOf(nick: string): number {
    return this.#of(nick).sessions.size
  }

  async authenticate(bearer: string): Promise<Principal> {
    const [kind = '', nick = '', id = ''] = bearer.split('.')
    const person = this.#people.get(nick)
    const session = person?.sessions.get(id)
    if (kind !== 'access' || person === undefined || session === undefined || this.#expired.has(id))
      throw new AnilloError('LOGIN_FIRST')
    const { role, grants } = person.user
    const permissions = new Set([...PERMISSIONS_OF[role], ...grants])
    return { nick, role, permissions, groups: this.groups.of(nick), by: { kind: 'session', id } }
  }

  async ofSession(nick: string, id: string): Promise<Principal | undefined> {
    if (this.#people.get(nick)?.sessions.has(id) !== true) return undefined
    const { role, grants } = this.#of(nick).user
    const permissions = new Set([...PERMISSIONS_OF[role], ...grants])
    return { nick, role, permissions, groups: this.groups.of(nick), by: { kind: 'session', id } }
  }

  async asOfNow(who: Principal): Promise<Principal> {
    return { ...who, groups: this.groups.of(who.nick ?? '') }
  }

  async authenticateByPassword(): Promise<Principal> {
    throw new AnilloError('BAD_LOGIN')
  }

  async logIn({ nick, password }: { nick: string; password: string }, from: Origin) {
    const person = this.#people.get(foldNick(nick) ?? '')
    if (person?.password !== password) {
      this.#note({ by: null, what: 'session.begin', to: nick, refused: 'BAD_LOGIN' })
      throw new AnilloError('BAD_LOGIN')
    }
    if (person.user.state === 'suspended') throw new AnilloError('ACCOUNT_SUSPENDED')
    const id = `s${++this.#count}`
    const at = this.#now()
    person.sessions.set(id, { id, client: from.client, createdAt: at, usedAt: at })
    this.#note({ by: person.user.nick, what: 'session.begin', to: person.user.nick })
    return tokens(person.user.nick, id)
  }

  async refresh(refreshToken: string): Promise<IssuedTokens> {
    const [kind = '', nick = '', id = ''] = refreshToken.split('.')
    if (kind !== 'refresh' || this.#people.get(nick)?.sessions.has(id) !== true)
      throw new AnilloError('LOGIN_FIRST')
    this.#expired.delete(id)
    this.renewals += 1
    return tokens(nick, id)
  }

  async logOut({ nick = '', by }: Principal, { everywhere = false } = {}): Promise<void> {
    const { sessions } = this.#of(nick)
    if (everywhere) sessions.clear()
    else if (by.kind === 'session') sessions.delete(by.id)
  }

  async publicKeys() {
    return []
  }

  async register(wanted: NewUser): Promise<User> {
    const { user } = this.#add(wanted, 'member')
    this.#note({ by: user.nick, what: 'user.register', to: user.nick })
    return user
  }

  async found(user: NewUser): Promise<void> {
    if (!this.#people.has(user.nick)) this.#add(user, 'administrator')
  }

  async user(nick: string): Promise<User> {
    return this.#of(nick).user
  }

  async users({ cursor = '0', limit }: { cursor?: string; limit: number }) {
    const all = [...this.#people.values()].map(({ user }) => user)
    const from = Number(cursor)
    const items = all.slice(from, from + limit)
    return from + limit < all.length ? { items, cursor: String(from + limit) } : { items }
  }

  async change(who: Principal, nick: string, change: UserChange): Promise<User> {
    const person = this.#of(nick)
    if (change.password !== undefined) {
      const isOwn = who.nick === person.user.nick
      if (isOwn && change.oldPassword !== person.password) throw new AnilloError('BAD_LOGIN')
      checkPassword(change.password)
      person.password = change.password
      const { shutUntil: _, ...letIn } = person.user
      person.user = letIn
      for (const id of person.sessions.keys())
        if (who.by.kind !== 'session' || who.by.id !== id) person.sessions.delete(id)
      this.#note({ by: who.nick ?? null, what: 'user.password', to: nick })
    }
    if (change.name !== undefined) person.user = { ...person.user, name: change.name }
    return person.user
  }

  async remove(who: Principal, nick: string, password: string | undefined): Promise<void> {
    const { user, password: own } = this.#of(nick)
    if (who.nick === user.nick && password !== own) throw new AnilloError('BAD_LOGIN')
    this.#people.delete(user.nick)
    this.#note({ by: who.nick ?? null, what: 'user.remove', to: nick })
  }

  async setRole(who: Principal, nick: string, { role, grants }: RoleChange): Promise<User> {
    const person = this.#of(nick)
    if (person.user.role === 'administrator' && role !== 'administrator') this.#keepOneBut(nick)
    const given = (grants ?? person.user.grants).filter((grant) => GRANTABLE.has(grant))
    person.user = { ...person.user, role, grants: given }
    this.#note({ by: who.nick ?? null, what: `user.role.${role}`, to: nick })
    return person.user
  }

  async setState(who: Principal, nick: string, state: User['state']): Promise<User> {
    const person = this.#of(nick)
    person.user = { ...person.user, state }
    if (state === 'suspended') person.sessions.clear()
    this.#note({ by: who.nick ?? null, what: `user.${state}`, to: nick })
    return person.user
  }

  async sessions({ by }: Principal, nick: string): Promise<readonly Session[]> {
    return [...this.#of(nick).sessions.values()].map((session) => ({
      ...session,
      isThis: by.kind === 'session' && by.id === session.id,
    }))
  }

  async endSession(_who: Principal, nick: string, id: string): Promise<void> {
    if (!this.#of(nick).sessions.delete(id)) throw new AnilloError('NOT_FOUND', { what: 'session' })
  }

  async copiesKey({ by }: Principal): Promise<string> {
    if (by.kind !== 'session') throw new AnilloError('NOT_FOUND', { what: 'key for copies' })
    return createHash('sha256').update(by.id).digest('base64url')
  }

  async keys(nick: string): Promise<readonly AccessKey[]> {
    return [...this.#of(nick).keys.values()]
  }

  async makeKey(
    who: Principal,
    nick: string,
    { name, permissions, validForSeconds }: NewAccessKey,
  ) {
    const id = `k${++this.#count}`
    const createdAt = this.#now()
    const endsMs = Date.parse(createdAt) + (validForSeconds ?? 0) * 1_000
    const expiresAt = new Date(endsMs).toISOString()
    const ends = validForSeconds === undefined ? {} : { expiresAt }
    const key: AccessKey = { id, name, permissions, createdAt, ...ends }
    this.#of(nick).keys.set(id, key)
    this.#note({ by: who.nick ?? null, what: 'key.make', to: nick })
    return { key, secret: `anillo-k.${nick}.${id}.${'k'.repeat(43)}` }
  }

  async removeKey(_who: Principal, nick: string, id: string): Promise<void> {
    if (!this.#of(nick).keys.delete(id)) throw new AnilloError('NOT_FOUND', { what: 'key' })
  }

  async audit({ cursor = '0', limit }: { cursor?: string; limit: number }) {
    const from = Number(cursor)
    const items = this.#audit.toReversed().slice(from, from + limit)
    return from + limit < this.#audit.length ? { items, cursor: String(from + limit) } : { items }
  }

  note(): void {}

  grant(nick: string, role: User['role'], grants: readonly Permission[] = []): void {
    const person = this.#of(nick)
    person.user = { ...person.user, role, grants: [...grants] }
  }

  #keepOneBut(nick: string): void {
    const others = [...this.#people.values()].filter(({ user }) => user.nick !== nick)
    if (!others.some(({ user }) => user.role === 'administrator'))
      throw new AnilloError('LAST_ADMINISTRATOR')
  }

  #add({ nick: typed, name, password }: NewUser, role: User['role']): Person {
    const nick = foldNick(typed)
    if (nick === undefined) throw new AnilloError('NICK_UNFIT', { max: 30 })
    if (this.#people.has(nick)) throw new AnilloError('NICK_TAKEN', { nick })
    checkPassword(password)
    const user: User = {
      nick,
      name: name ?? nick,
      role,
      grants: [],
      state: 'active',
      createdAt: this.#now(),
    }
    const person = { user, password, sessions: new Map(), keys: new Map() }
    this.#people.set(nick, person)
    return person
  }

  #of(nick: string): Person {
    const person = this.#people.get(foldNick(nick) ?? '')
    if (person === undefined) throw new AnilloError('NO_USER', { nick })
    return person
  }

  #now(): string {
    return new Date(BEGIN_MS + STEP_MS * this.#count++).toISOString()
  }

  #note(entry: Omit<AuditEntry, 'at' | 'what'> & { readonly what: AuditWhat }): void {
    this.#audit.push({ at: this.#now(), ...entry, address: '192.0.2.7' })
  }
}

function tokens(nick: string, id: string): IssuedTokens {
  const expiresInSeconds = 600
  return {
    accessToken: `access.${nick}.${id}`,
    refreshToken: `refresh.${nick}.${id}`,
    expiresInSeconds,
  }
}

function checkPassword(password: string): void {
  if (password.length < PASSWORD_CHARS_MIN)
    throw new AnilloError('PASSWORD_UNFIT', { min: PASSWORD_CHARS_MIN, max: PASSWORD_CHARS_MAX })
}
