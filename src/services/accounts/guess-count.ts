/**
 * Guesses of a password, counted before they are looked at, so that as many at once count as many.
 */
import type { PartitionWork, RecordKey } from '../../store/partition/procedure.ts'
import { GUESSES_WITHIN_MS, SHUT_OUT_MS } from './limits.ts'
import { readGuesses, rowBytes } from './rows.ts'

/** For so long nobody is let in. */
export interface ShutOut {
  readonly shutForMs: number
}

interface Shut extends ShutOut {
  /** Nobody was refused for it before. */
  readonly isFirst: boolean
}

/** The last that is allowed shuts out at once: if it is right, it opens again. */
export function countGuess(work: PartitionWork, key: RecordKey, most: number): Shut | undefined {
  const record = work.get(key)
  const before = record === undefined ? undefined : readGuesses(record)
  if (before?.shutUntilMs !== undefined) {
    const isFirst = before.isTold !== true
    if (isFirst) work.put(key, rowBytes({ ...before, isTold: true }), record?.expiresAtMs)
    return { shutForMs: before.shutUntilMs - work.timeMs, isFirst }
  }
  const guesses = (before?.count ?? 0) + 1
  const shutUntilMs = work.timeMs + SHUT_OUT_MS
  if (guesses >= most) work.put(key, rowBytes({ count: guesses, shutUntilMs }), shutUntilMs)
  else {
    const endMs = record?.expiresAtMs ?? work.timeMs + GUESSES_WITHIN_MS
    work.put(key, rowBytes({ count: guesses }), endMs)
  }
  return undefined
}
