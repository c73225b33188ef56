/** Locks through the REST API, at whichever member answers. */
import { isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import { LockHeld, LockSeen, type LockRequest } from '../wire/api-records.ts'
import { queryOf } from './query.ts'
import { Resource, type Asking } from './resource.ts'

/** Longer than a member tries by itself; a wait comes on top. */
const TIMEOUT_MS = 8 * SECOND_MS

export class Locks extends Resource {
  constructor(asking: Asking) {
    super(asking, TIMEOUT_MS)
  }

  /** @throws AnilloError LOCK_HELD where another has it, at the end of the wait */
  acquire(name: string, body: LockRequest): Promise<LockHeld> {
    const timeoutMs = TIMEOUT_MS + (body.wait ?? 0) * SECOND_MS
    return this.ask(LockHeld, { method: 'POST', path: pathOf(name), body, timeoutMs })
  }

  /** Held for `ttl` seconds from here on. @throws AnilloError LOCK_LOST */
  renew(name: string, body: { readonly token: string; readonly ttl: number }): Promise<LockHeld> {
    return this.ask(LockHeld, { method: 'PUT', path: pathOf(name), body })
  }

  /** @throws AnilloError LOCK_LOST */
  release(name: string, token: string): Promise<void> {
    return this.done({ method: 'DELETE', path: pathOf(name) + queryOf({ token }) })
  }

  /** `undefined` where nobody holds it. */
  async look(name: string): Promise<LockSeen | undefined> {
    try {
      return await this.get(LockSeen, pathOf(name))
    } catch (thrown) {
      if (isAnilloError(thrown, 'NOT_FOUND')) return undefined
      throw thrown
    }
  }
}

function pathOf(name: string): string {
  return `/v1/locks/${encodeURIComponent(name)}`
}
