/**
 * Accounts in memory, for trying doors without a ring: plain passwords, tokens of a few letters.
 */
import { AnilloError } from '../../base/errors.ts'
import { sha256Hex } from '../../base/hash.ts'
import { MemoryApps } from '../../services/accounts/memory-apps.test-helper.ts'
import { MemoryGroups } from '../../services/accounts/memory-groups.test-helper.ts'
import type { Accounts, AuditEvent, Principal, ViewPasses } from '../../services/accounts/types.ts'
import { foldNick } from '../../wire/account-texts.ts'
import type { AccessKey, AuditEntry, User } from '../../wire/api-accounts.ts'
import { GRANTABLE, PERMISSIONS_OF, type Permission } from '../../wire/permissions.ts'

interface Person {
  user: User
  password: string
  readonly sessions: Map<string, { readonly refresh: string }>
  readonly keys: Map<string, AccessKey>
}

const AT = '2026-11-21T00:00:00.000Z'

export class MemoryAccounts implements Accounts {
  readonly people = new Map<string, Person>()
  readonly groups = new MemoryGroups(
    (nick) => this.people.get(nick)?.user,
    () => [...this.people.values()].map(({ user }) => user),
  )
  readonly apps = new MemoryApps(async ({ nick, password }) => {
    const { accessToken } = await this.logIn({ nick, password })
    const [, of = '', id = ''] = accessToken.split('.')
    return { nick: of, id }
  })
  /** As long as the session goes on. */
  readonly viewPasses: ViewPasses = {
    writer: async ({ by, nick }) =>
      by.kind === 'session' ? (what) => `${nick}.${by.id}.${sha256Hex(what)}` : undefined,
    viewer: async (pass, what) => {
      const [nick = '', id = '', of] = pass.split('.')
      return of === sha256Hex(what) ? this.ofSession(nick, id) : undefined
    },
  }
  readonly audited: AuditEntry[] = []
  /** What doors told the audit log. */
  readonly noted: AuditEvent[] = []
  /** Log-ins wait for it. */
  held: Promise<void> = Promise.resolve()
  /** Checks of credentials so far. */
  checks = 0
  #count = 0

  /** An account with a session: its access token. */
  person(nick: string, role: User['role'], grants: readonly Permission[] = []): string {
    this.#add(nick, `${nick}-password`, role, grants)
    return this.#session(this.#of(nick)).accessToken
  }

  /** The secret of a key with these rights. */
  key(nick: string, permissions: readonly Permission[]): string {
    const id = `k${++this.#count}`
    this.#of(nick).keys.set(id, { id, name: id, permissions: [...permissions], createdAt: AT })
    return `anillo-k.${nick}.${id}.secret`
  }

  async authenticate(bearer: string): Promise<Principal> {
    this.checks++
    const held = this.apps.holder(bearer, (nick) => this.#whole(nick))
    if (held !== undefined) return held
    const [head = '', nick = '', id = ''] = bearer.split('.')
    const person = this.people.get(nick)
    if (person === undefined) throw new AnilloError('LOGIN_FIRST')
    const may = new Set([...PERMISSIONS_OF[person.user.role], ...person.user.grants])
    const { role } = person.user
    if (head === 'access' && person.sessions.has(id)) {
      return {
        nick,
        role,
        permissions: may,
        groups: this.groups.of(nick),
        by: { kind: 'session', id },
      }
    }
    const key = person.keys.get(id)
    if (head !== 'anillo-k' || key === undefined || !bearer.endsWith('.secret')) {
      throw new AnilloError('LOGIN_FIRST')
    }
    const permissions = new Set(key.permissions.filter((permission) => may.has(permission)))
    return { nick, role, permissions, groups: this.groups.of(nick), by: { kind: 'key', id } }
  }

  async ofSession(nick: string, id: string): Promise<Principal | undefined> {
    if (this.people.get(nick)?.sessions.has(id) !== true) return undefined
    return this.authenticate(`access.${nick}.${id}`)
  }

  async asOfNow(who: Principal): Promise<Principal> {
    return { ...who, groups: this.groups.of(who.nick ?? '') }
  }

  async authenticateByPassword({
    nick: written,
    password,
  }: {
    readonly nick: string
    readonly password: string
  }): Promise<Principal> {
    const nick = foldNick(written) ?? ''
    const person = this.people.get(nick)
    if (password.startsWith(`anillo-k.${nick}.`)) return this.authenticate(password)
    if (person?.password !== password) throw new AnilloError('BAD_LOGIN')
    const { grants, role } = person.user
    const permissions = new Set([...PERMISSIONS_OF[role], ...grants])
    return { nick, role, permissions, groups: this.groups.of(nick), by: { kind: 'password' } }
  }

  async logIn({ nick, password }: { readonly nick: string; readonly password: string }) {
    await this.held
    const person = this.people.get(foldNick(nick) ?? '')
    if (person === undefined || person.password !== password) throw new AnilloError('BAD_LOGIN')
    return this.#session(person)
  }

  async refresh(token: string) {
    const [head, nick = '', id = ''] = token.split('.')
    const person = this.people.get(nick)
    const session = person?.sessions.get(id)
    if (person === undefined || session === undefined || head !== 'refresh') {
      throw new AnilloError('LOGIN_FIRST')
    }
    person.sessions.delete(id)
    if (session.refresh !== token) throw new AnilloError('LOGIN_FIRST')
    return this.#session(person)
  }

  async logOut({ by, nick = '' }: Principal, { everywhere = false } = {}): Promise<void> {
    const { sessions } = this.#of(nick)
    if (everywhere) sessions.clear()
    else if (by.kind === 'session') sessions.delete(by.id)
  }

  async publicKeys() {
    const key = { kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: '1', x: 'x' } as const
    return [key]
  }

  async register(wanted: { readonly nick: string; readonly password: string }): Promise<User> {
    const nick = foldNick(wanted.nick)
    if (nick === undefined) throw new AnilloError('NICK_UNFIT', { max: 30 })
    if (this.people.has(nick)) throw new AnilloError('NICK_TAKEN', { nick })
    return this.#add(nick, wanted.password, 'member').user
  }

  async found({ nick, password }: { readonly nick: string; readonly password: string }) {
    if (!this.people.has(nick)) this.#add(nick, password, 'administrator')
  }

  async user(nick: string): Promise<User> {
    return this.#of(nick).user
  }

  async users({ cursor = '', limit }: { readonly cursor?: string; readonly limit: number }) {
    const rest = [...this.people.keys()].filter((nick) => nick > cursor).toSorted()
    const items = rest.slice(0, limit).map((nick) => this.#of(nick).user)
    const last = items.at(-1)
    return last === undefined || items.length === rest.length
      ? { items }
      : { items, cursor: last.nick }
  }

  async change(_who: Principal, nick: string, { name }: { readonly name?: string }): Promise<User> {
    const person = this.#of(nick)
    person.user = { ...person.user, ...(name === undefined ? {} : { name }) }
    return person.user
  }

  async remove(_who: Principal, nick: string): Promise<void> {
    this.people.delete(this.#of(nick).user.nick)
  }

  async setRole(_who: Principal, nick: string, change: Pick<User, 'role'>): Promise<User> {
    const person = this.#of(nick)
    person.user = { ...person.user, ...change }
    return person.user
  }

  async setState(_who: Principal, nick: string, state: User['state']): Promise<User> {
    const person = this.#of(nick)
    person.user = { ...person.user, state }
    person.sessions.clear()
    return person.user
  }

  async sessions({ by }: Principal, nick: string) {
    return [...this.#of(nick).sessions.keys()].map((id) => {
      const isThis = by.kind === 'session' && by.id === id
      return { id, client: '', createdAt: AT, usedAt: AT, isThis }
    })
  }

  async endSession(_who: Principal, nick: string, id: string): Promise<void> {
    if (!this.#of(nick).sessions.delete(id)) throw new AnilloError('NOT_FOUND', { what: 'session' })
  }

  async copiesKey({ by }: Principal): Promise<string> {
    if (by.kind !== 'session') throw new AnilloError('NOT_FOUND', { what: 'key for copies' })
    return by.id.padEnd(43, 'A')
  }

  async keys(nick: string) {
    return [...this.#of(nick).keys.values()]
  }

  async makeKey(_who: Principal, nick: string, { permissions }: Pick<AccessKey, 'permissions'>) {
    const secret = this.key(nick, permissions)
    const [key] = [...this.#of(nick).keys.values()].slice(-1)
    if (key === undefined) throw new AnilloError('INTERNAL')
    return { key, secret }
  }

  async removeKey(_who: Principal, nick: string, id: string): Promise<void> {
    if (!this.#of(nick).keys.delete(id)) throw new AnilloError('NOT_FOUND', { what: 'key' })
  }

  async audit() {
    return { items: this.audited }
  }

  note(event: AuditEvent): void {
    this.noted.push(event)
  }

  #add(nick: string, password: string, role: User['role'], grants: readonly Permission[] = []) {
    const state = 'active' as const
    const given = grants.filter((grant) => GRANTABLE.has(grant))
    const user: User = { nick, name: nick, role, grants: given, state, createdAt: AT }
    const person: Person = { user, password, sessions: new Map(), keys: new Map() }
    this.people.set(nick, person)
    return person
  }

  /** As if by a session of its own. */
  #whole(nick: string): Principal {
    const { role, grants } = this.#of(nick).user
    const permissions = new Set([...PERMISSIONS_OF[role], ...grants])
    return { nick, role, permissions, groups: [], by: { kind: 'session', id: '' } }
  }

  #session(person: Person) {
    const id = `s${++this.#count}`
    const { nick } = person.user
    const refreshToken = `refresh.${nick}.${id}.${this.#count}`
    person.sessions.set(id, { refresh: refreshToken })
    return { accessToken: `access.${nick}.${id}`, refreshToken, expiresInSeconds: 600 }
  }

  #of(nick: string): Person {
    const person = this.people.get(foldNick(nick) ?? '')
    if (person === undefined) throw new AnilloError('NO_USER', { nick })
    return person
  }
}
