/** Locks through the REST API, at whichever member answers. */
import { isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import { LockHeld, LockSeen, type LockRequest } from '../wire/api-records.ts'
import type { Asking } from './records.ts'

/** Longer than a member tries by itself; a wait comes on top. */
const TIMEOUT_MS = 8 * SECOND_MS

export class Locks {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** @throws AnilloError LOCK_HELD where another has it, at the end of the wait */
  acquire(name: string, body: LockRequest): Promise<LockHeld> {
    const timeoutMs = TIMEOUT_MS + (body.wait ?? 0) * SECOND_MS
    return this.#asking.ask(LockHeld, { method: 'POST', path: pathOf(name), body, timeoutMs })
  }

  /** Held for `ttl` seconds from here on. @throws AnilloError LOCK_LOST */
  renew(name: string, body: { readonly token: string; readonly ttl: number }): Promise<LockHeld> {
    const path = pathOf(name)
    return this.#asking.ask(LockHeld, { method: 'PUT', path, body, timeoutMs: TIMEOUT_MS })
  }

  /** @throws AnilloError LOCK_LOST */
  async release(name: string, token: string): Promise<void> {
    const path = `${pathOf(name)}?token=${encodeURIComponent(token)}`
    const options = { method: 'DELETE', path, timeoutMs: TIMEOUT_MS } as const
    await this.#asking.request(options, async () => true)
  }

  /** `undefined` where nobody holds it. */
  async look(name: string): Promise<LockSeen | undefined> {
    const options = { method: 'GET', path: pathOf(name), timeoutMs: TIMEOUT_MS } as const
    try {
      return await this.#asking.ask(LockSeen, options)
    } catch (thrown) {
      if (isAnilloError(thrown, 'NOT_FOUND')) return undefined
      throw thrown
    }
  }
}

function pathOf(name: string): string {
  return `/v1/locks/${encodeURIComponent(name)}`
}
