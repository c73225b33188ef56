/**
 * Locks on paths of the tree, as WebDAV has them (RFC 4918, 6 and 7): they hold at every member,
 * and end by themselves. They bind those who ask for them, and nobody else: whoever changes the
 * tree through a door that has no locks is not held up.
 */
import type { CallOptions } from '../../../store/types.ts'

export interface PathLock {
  /** `urn:uuid:…`; who changes what is locked shows it. */
  readonly token: string
  /** As people write it, of NFC names. */
  readonly path: string
  /** With all that is below it. */
  readonly isDeep: boolean
  /** Others may hold one too, that is shared as well. */
  readonly isShared: boolean
  /** Folded. */
  readonly nick: string
  /** What the client says of who holds it: XML, or empty. */
  readonly owner: string
  /** It ends then by logged time, where it is not asked for again. */
  readonly untilMs: number
}

export interface LockAsk extends Omit<PathLock, 'token' | 'untilMs'> {
  readonly forMs: number
}

export type TakenLock =
  | { readonly kind: 'taken'; readonly lock: PathLock }
  /** One of those that are in the way. */
  | { readonly kind: 'conflict'; readonly lock: PathLock }

/** What names a lock. */
export interface LockName {
  /** Any path that lies where it lies: it is found by the scope of it. */
  readonly path: string
  readonly token: string
}

/** All are linearizable. They throw STORE_UNAVAILABLE, OUTCOME_UNKNOWN, BUSY besides. */
export interface PathLocks {
  /** @throws AnilloError LOCK_TOO_WIDE, LOCKS_FULL */
  take(ask: LockAsk, options?: CallOptions): Promise<TakenLock>
  /** From now on for so long. `undefined`: there is no such lock of that account any more. */
  refresh(
    name: LockName & { readonly nick: string; readonly forMs: number },
    options?: CallOptions,
  ): Promise<PathLock | undefined>
  /** @returns whether it was there */
  release(name: LockName, options?: CallOptions): Promise<boolean>
  /** Those at the path and below it end: nothing is there any more. */
  clear(path: string, options?: CallOptions): Promise<void>
  /** Those that cover the path, and those below it. */
  at(path: string, options?: CallOptions): Promise<readonly PathLock[]>
}
