/**
 * Changes of the tree that are asked for under an `Idempotency-Key`: sent again, at any member,
 * they are answered as the first time, and carried out once (docs/spec/repeats.md).
 */
import type { Once, Written } from '../types.ts'

/** What a door answered. */
export interface ToldAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** As JSON has it. */
  readonly body?: unknown
}

export interface RepeatAsk {
  /** Folded; `undefined`: a guest. */
  readonly nick: string | undefined
  /** SHA-256 of account and key, and of the request, 64 hex digits each. */
  readonly retry: { readonly key: string; readonly request: string }
  /**
   * Of bytes that come with the request and are not in `retry.request`: resolves with their
   * SHA-256, 64 hex digits, when all have come.
   */
  readonly arrived?: () => Promise<string>
  readonly signal?: AbortSignal
}

export interface RepeatedWork {
  /** @param once to be given to the changes of the tree by which it is carried out */
  carryOut(once: Once): Promise<ToldAnswer>
  /**
   * Its change was carried out before, but no answer is known.
   * @param entry that the change told; `undefined`: it tells none
   */
  recalled(entry: Written | undefined): ToldAnswer | Promise<ToldAnswer>
}

export interface Repeats {
  /**
   * @throws AnilloError RETRY_MISMATCH where another request had the key; BUSY where the same one
   * is under way elsewhere, or the account has too many keys; what `carryOut` threw the first time
   */
  run(ask: RepeatAsk, work: RepeatedWork): Promise<ToldAnswer>
}
