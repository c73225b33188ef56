/**
 * Who shows this token or key: one row is read for each request, linearizably, so that what was
 * revoked anywhere counts here.
 */
import { AnilloError } from '../../base/errors.ts'
import { sameDigest, sha256Hex } from '../../base/hash.ts'
import { fenceOf } from '../../store/locks/lock-value.ts'
import { SharedReads } from '../../store/shared-reads.ts'
import type { CallOptions } from '../../store/types.ts'
import type { AccessTokens, HeldToken } from './access-tokens.ts'
import { READ_TIMEOUT_MS } from './limits.ts'
import type { AccountsOptions } from './parts.ts'
import { accessKeyKey, accountKey, sessionKey } from './places.ts'
import {
  permissionsOf,
  permissionsOfKey,
  readAccount,
  readKey,
  readSession,
  type KeyRow,
} from './rows.ts'
import { isKeySecret, readKeySecret } from './secrets.ts'
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
  /** Hashes, of who showed a password. */
  readonly #passwords = new WeakMap<Principal, string>()

  constructor({ options, tokens }: AuthenticationParts) {
    this.#tokens = tokens
    this.#store = options.store
    this.#reads = new SharedReads((key) => options.store.get(key, LIMITS))
  }

  /** @throws AnilloError LOGIN_FIRST, STORE_UNAVAILABLE, RPC_CANCELLED */
  async bearer(text: string, options: CallOptions | undefined): Promise<Principal> {
    const principal = isKeySecret(text) ? await this.ofKey(text) : await this.#ofToken(text)
    if (options?.signal?.aborted === true) {
      throw new AnilloError('RPC_CANCELLED', { method: 'accounts.authenticate' })
    }
    if (principal === undefined) throw new AnilloError('LOGIN_FIRST')
    return principal
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
    const { grants, groups = [], role } = readSession(record)
    const permissions = permissionsOf({ role, grants })
    const by = { kind: 'session', id } as const
    const principal: Principal = { nick, role, permissions, groups, by }
    held.seen = { version, principal }
    return principal
  }
}

function principalOf(nick: string, id: string, row: KeyRow): Principal {
  const { groups = [], role } = row
  return { nick, role, permissions: permissionsOfKey(row), groups, by: { kind: 'key', id } }
}
