/** How clients reach the stores of a run. */
import type { ErrorCode } from '../../src/base/errors.ts'
import type { Store } from '../../src/store/types.ts'

/** The store without its chunks. */
export type Records = Omit<Store, 'chunks'>

export type Reply<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'error'; readonly code: ErrorCode }
  /** The member ended, hangs, or cannot be reached: it may have done it. */
  | { readonly kind: 'silence' }

export interface Doors {
  /** Members that were ever there; a number names one for the whole run. */
  readonly count: number
  /** `isChange`: its acknowledgement is a promise. */
  ask<T>(door: number, run: (store: Records) => Promise<T>, isChange?: boolean): Promise<Reply<T>>
  /** Of virtual time. */
  pause(forMs: number): Promise<void>
}

/** Errors by which a store says that it surely did nothing. */
export const SURELY_NOT: ReadonlySet<string> = new Set(['BUSY', 'DISK_FULL', 'STORE_UNAVAILABLE'])

/** All that a client may be told while members and links fail. */
export const EXPECTED: ReadonlySet<string> = new Set([
  'BUSY',
  'CURSOR_STALE',
  // The member ends with it.
  'DATA_DAMAGED',
  'DISK_FULL',
  'OUTCOME_UNKNOWN',
  'STORE_UNAVAILABLE',
])
