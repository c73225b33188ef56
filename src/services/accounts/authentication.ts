/**
 * Who shows this token or key: one row is read for each request, linearizably, so that what was
 * revoked anywhere counts here.
 */
import { AnilloError } from '../../base/errors.ts'
import { sameDigest, sha256Hex } from '../../base/hash.ts'
import { fenceOf } from '../../store/locks/lock-value.ts'
import type { StoredRecord } from '../../store/partition/procedure.ts'
import { SharedReads } from '../../store/shared-reads.ts'
import type { CallOptions } from '../../store/types.ts'
import { permissionsOfScopes } from '../../wire/oauth-scopes.ts'
import type { AccessTokens, HeldToken } from './access-tokens.ts'
import { useSession } from './app-procedures.ts'
import { appKey, readApp } from './app-rows.ts'
import { READ_TIMEOUT_MS, SESSION_IDLE_MS, SESSION_USED_EVERY_MS } from './limits.ts'
import { callFor, type AccountsOptions } from './parts.ts'
import { accessKeyKey, accountKey, sessionKey } from './places.ts'
import {
  permissionsOf,
  permissionsOfKey,
  readAccount,
  readKey,
  readSession,
  type KeyRow,
  type SessionRow,
} from './rows.ts'
import {
  appSecretOf,
  isAppToken,
  isKeySecret,
  isSessionToken,
  readAppToken,
  readKeySecret,
  readSessionToken,
} from './secrets.ts'
import type { Principal } from './types.ts'
import { groupsOf, membershipsRange } from './work.ts'

export interface AuthenticationParts {
  readonly options: AccountsOptions
  readonly tokens: AccessTokens
}

const LIMITS = { timeoutMs: READ_TIMEOUT_MS }

export class Authentication {
  readonly #tokens: AccessTokens
  readonly #reads: SharedReads
  readonly #store: AccountsOptions['store']
  readonly #options: AccountsOptions
  /** Sessions of which it is being noted that they are used. */
  readonly #noting = new Set<string>()
  /** Hashes, of who showed a password. */
  readonly #passwords = new WeakMap<Principal, string>()

  constructor({ options, tokens }: AuthenticationParts) {
    this.#tokens = tokens
    this.#options = options
    this.#store = options.store
    this.#reads = new SharedReads((key) => options.store.get(key, LIMITS))
  }

  /** @throws AnilloError LOGIN_FIRST, STORE_UNAVAILABLE, RPC_CANCELLED */
  async bearer(text: string, options: CallOptions | undefined): Promise<Principal> {
    const principal = await this.#holder(text)
    if (options?.signal?.aborted === true) {
      throw new AnilloError('RPC_CANCELLED', { method: 'accounts.authenticate' })
    }
    if (principal === undefined) throw new AnilloError('LOGIN_FIRST')
    return principal
  }

  #holder(text: string): Promise<Principal | undefined> {
    if (isKeySecret(text)) return this.ofKey(text)
    if (isSessionToken(text)) return this.#ofSessionToken(text)
    return isAppToken(text) ? this.#ofAppToken(text) : this.#ofToken(text)
  }

  async #ofSessionToken(text: string): Promise<Principal | undefined> {
    const named = readSessionToken(text)
    if (named === undefined) return undefined
    const { id, nick, secret } = named
    const record = await this.#reads.get(sessionKey(nick, id))
    if (record === undefined) return undefined
    const row = readSession(record)
    if (!sameDigest(row.bearer ?? '', sha256Hex(secret))) return undefined
    this.#use(named, record)
    return principalOfSession(nick, id, row)
  }

  /** Noted now and then: it goes on as long as it is used. */
  #use({ id, nick }: { readonly nick: string; readonly id: string }, record: StoredRecord): void {
    const { effects } = this.#options
    const leftMs = (record.expiresAtMs ?? Infinity) - effects.clock.wallMs()
    const key = `${nick} ${id}`
    if (leftMs > SESSION_IDLE_MS - SESSION_USED_EVERY_MS || this.#noting.has(key)) return
    this.#noting.add(key)
    void callFor(this.#options, useSession, { nick, id })
      // The next use says it.
      .catch(() => undefined)
      .finally(() => this.#noting.delete(key))
  }

  async #ofAppToken(text: string): Promise<Principal | undefined> {
    const named = readAppToken(text)
    if (named === undefined) return undefined
    const { id, scopes, secret } = named
    const record = await this.#reads.get(appKey(id))
    if (record === undefined) return undefined
    const { name, seed, website } = readApp(record)
    const expected = appSecretOf(this.#options.effects.crypto, seed, scopes)
    if (!sameDigest(expected, secret)) return undefined
    const app = { id, name, ...(website === undefined ? {} : { website }), scopes }
    const nobody = {
      nick: undefined,
      role: 'guest',
      permissions: new Set<never>(),
      groups: [],
    } as const
    return { ...nobody, by: { kind: 'app', app } }
  }

  /** `undefined`: it does not hold. */
  async ofKey(text: string): Promise<Principal | undefined> {
    const named = readKeySecret(text)
    if (named === undefined) return undefined
    const { id, nick, secret } = named
    const record = await this.#reads.get(accessKeyKey(nick, id))
    if (record === undefined) return undefined
    const row = readKey(record)
    if (!sameDigest(row.hash, sha256Hex(secret)) || row.isSuspended) return undefined
    return principalOf(nick, id, row)
  }

  /** Of a password that was shown: as long as it is the account’s. */
  shown(principal: Principal, password: string): Principal {
    this.#passwords.set(principal, password)
    return principal
  }

  async asOfNow(who: Principal): Promise<Principal | undefined> {
    const { by, nick } = who
    if (nick === undefined) return who
    if (by.kind === 'session') return this.ofSession({ nick, sessionId: by.id, seen: undefined })
    if (by.kind === 'key') return this.#ofKeyRow(nick, by.id)
    const password = this.#passwords.get(who)
    const record = await this.#reads.get(accountKey(nick))
    const account = record === undefined ? undefined : readAccount(record)
    if (account?.state !== 'active' || account.password !== password) return undefined
    const { items } = await this.#store.list(membershipsRange(nick), LIMITS)
    const groups = groupsOf(items, nick)
    const permissions = permissionsOf(account)
    return this.shown({ nick, role: account.role, permissions, groups, by }, password)
  }

  async #ofKeyRow(nick: string, id: string): Promise<Principal | undefined> {
    const record = await this.#reads.get(accessKeyKey(nick, id))
    const row = record === undefined ? undefined : readKey(record)
    return row === undefined || row.isSuspended ? undefined : principalOf(nick, id, row)
  }

  async #ofToken(text: string): Promise<Principal | undefined> {
    const checked = this.#tokens.check(text)
    const held = checked instanceof Promise ? await checked : checked
    return held === undefined ? undefined : this.ofSession(held)
  }

  /** Linearizable, as for a token of it. */
  async ofSession(held: Omit<HeldToken, 'expiresAtMs'>): Promise<Principal | undefined> {
    const { nick, seen, sessionId: id } = held
    const record = await this.#reads.get(sessionKey(nick, id))
    if (record === undefined) return undefined
    const version = fenceOf(record.etag)
    if (seen?.version === version) return seen.principal
    const principal = principalOfSession(nick, id, readSession(record))
    held.seen = { version, principal }
    return principal
  }
}

/** An application may of what its account may do that for which it was let in. */
export function principalOfSession(nick: string, id: string, row: SessionRow): Principal {
  const { app, grants, groups = [], role } = row
  const permissions = permissionsOf({ role, grants })
  const whole: Principal = { nick, role, permissions, groups, by: { kind: 'session', id } }
  if (app === undefined) return whole
  const ofApp = permissionsOfScopes(app.scopes)
  const may = new Set([...permissions].filter((name) => ofApp.has(name)))
  return { ...whole, permissions: may, by: { kind: 'session', id, app } }
}

function principalOf(nick: string, id: string, row: KeyRow): Principal {
  const { groups = [], role } = row
  return { nick, role, permissions: permissionsOfKey(row), groups, by: { kind: 'key', id } }
}
