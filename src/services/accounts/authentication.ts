/**
 * Who shows this token or key: one row is read for each request, linearizably, so that what was
 * revoked anywhere counts here.
 */
import { AnilloError } from '../../base/errors.ts'
import { sameDigest, sha256Hex } from '../../base/hash.ts'
import { fenceOf } from '../../store/locks/lock-value.ts'
import type { CallOptions } from '../../store/types.ts'
import type { AccessTokens, HeldToken } from './access-tokens.ts'
import { READ_TIMEOUT_MS } from './limits.ts'
import type { AccountsOptions } from './parts.ts'
import { accessKeyKey, sessionKey } from './places.ts'
import { permissionsOf, permissionsOfKey, readKey, readSession } from './rows.ts'
import { isKeySecret, readKeySecret } from './secrets.ts'
import { SharedReads } from './shared-reads.ts'
import type { Principal } from './types.ts'

export interface AuthenticationParts {
  readonly options: AccountsOptions
  readonly tokens: AccessTokens
}

export class Authentication {
  readonly #tokens: AccessTokens
  readonly #reads: SharedReads

  constructor({ options, tokens }: AuthenticationParts) {
    this.#tokens = tokens
    const limits = { timeoutMs: READ_TIMEOUT_MS }
    this.#reads = new SharedReads((key) => options.store.get(key, limits))
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
    const { groups = [], role } = row
    return { nick, role, permissions: permissionsOfKey(row), groups, by: { kind: 'key', id } }
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
