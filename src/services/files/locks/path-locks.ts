/** Locks on paths, kept by the ring (`types.ts`). */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import { hexOf } from '../../../base/hex.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { CallOptions, Store } from '../../../store/types.ts'
import { covers, isAtOrBelow, lockPath, scopeOf } from './coverage.ts'
import { LOCKS_A_SCOPE_MAX } from './limits.ts'
import {
  clearLocks,
  lockOf,
  LOCKS_TABLE,
  partitionOfScope,
  refreshLock,
  releaseLock,
  scopeKey,
  takeLock,
} from './lock-procedures.ts'
import type { LockAsk, LockName, PathLock, PathLocks, TakenLock } from './types.ts'

export interface PathLocksOptions {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly store: Pick<Store, 'call' | 'list'>
}

const TOKEN_BYTES = 16
/** Of a list that takes several pages, while locks come and go. */
const TRIES_MAX = 8

export class RingPathLocks implements PathLocks {
  readonly #options: PathLocksOptions

  constructor(options: PathLocksOptions) {
    this.#options = options
  }

  async take({ forMs, path, ...ask }: LockAsk, options?: CallOptions): Promise<TakenLock> {
    const scope = scopeOf(path)
    if (scope === undefined) throw new AnilloError('LOCK_TOO_WIDE', { path })
    const pk = scopeKey(lockPath(scope))
    const lock = { ...ask, path: lockPath(path), token: this.#newToken() }
    const input = { ...lock, scope: pk, forMs }
    const told = await this.#options.store.call(partitionOfScope(pk), takeLock, input, options)
    if (told.kind === 'full') throw new AnilloError('LOCKS_FULL', { path: scope })
    return told.kind === 'conflict'
      ? told
      : { kind: 'taken', lock: { ...lock, untilMs: told.untilMs } }
  }

  async refresh(
    { forMs, nick, path, token }: LockName & { readonly nick: string; readonly forMs: number },
    options?: CallOptions,
  ): Promise<PathLock | undefined> {
    const scope = scopeIn(path)
    if (scope === undefined) return undefined
    const input = { scope, token, nick, forMs }
    const { store } = this.#options
    return (await store.call(partitionOfScope(scope), refreshLock, input, options)) ?? undefined
  }

  async release({ path, token }: LockName, options?: CallOptions): Promise<boolean> {
    const scope = scopeIn(path)
    if (scope === undefined) return false
    const { store } = this.#options
    const input = { scope, token }
    return (await store.call(partitionOfScope(scope), releaseLock, input, options)).wasThere
  }

  async clear(path: string, options?: CallOptions): Promise<void> {
    const scope = scopeIn(path)
    if (scope === undefined) return
    const input = { scope, path: lockPath(path) }
    await this.#options.store.call(partitionOfScope(scope), clearLocks, input, options)
  }

  async at(path: string, options?: CallOptions): Promise<readonly PathLock[]> {
    const scope = scopeIn(path)
    if (scope === undefined) return []
    const asked = lockPath(path)
    const found = await this.#inScope(scope, options)
    return found.filter((lock) => covers(lock, asked) || isAtOrBelow(asked, lock.path))
  }

  /** Logged time stands still where nothing happens: what is over by this clock is asked for. */
  async #inScope(scope: string, options?: CallOptions): Promise<readonly PathLock[]> {
    const { effects, store } = this.#options
    const first = await this.#listed(scope, options)
    const nowMs = effects.clock.wallMs()
    if (first.every(({ untilMs }) => untilMs > nowMs)) return first
    await store.call(partitionOfScope(scope), clearLocks, { scope }, options)
    return this.#listed(scope, options)
  }

  /** As of one moment. @throws AnilloError BUSY */
  async #listed(scope: string, options?: CallOptions): Promise<readonly PathLock[]> {
    for (let tries = 1; tries <= TRIES_MAX; tries++) {
      try {
        return await this.#listedOnce(scope, options)
      } catch (thrown) {
        if (!isAnilloError(thrown, 'CURSOR_STALE')) throw thrown
      }
    }
    throw new AnilloError('BUSY', { what: 'locks' })
  }

  async #listedOnce(scope: string, options?: CallOptions): Promise<readonly PathLock[]> {
    const range = { table: LOCKS_TABLE, pk: scope, limit: LOCKS_A_SCOPE_MAX }
    const locks: PathLock[] = []
    let cursor: string | undefined
    do {
      const at = cursor === undefined ? {} : { cursor }
      const page = await this.#options.store.list({ ...range, ...at }, options)
      locks.push(...page.items.map(lockOf))
      cursor = page.cursor
    } while (cursor !== undefined)
    return locks
  }

  /** A UUID of chance alone (RFC 9562, 5.4). */
  #newToken(): string {
    const bytes = this.#options.effects.random.bytes(TOKEN_BYTES)
    const [version = 0, variant = 0] = [bytes[6], bytes[8]]
    bytes[6] = (version & 0x0f) | 0x40
    bytes[8] = (variant & 0x3f) | 0x80
    const hex = hexOf(bytes)
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
    return `urn:uuid:${parts.join('-')}-${hex.slice(20)}`
  }
}

function scopeIn(path: string): string | undefined {
  const scope = scopeOf(path)
  return scope === undefined ? undefined : scopeKey(lockPath(scope))
}
