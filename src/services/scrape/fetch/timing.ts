/** Waiting with an end: by the clock, by a signal. */
import type { AnilloError } from '../../../base/errors.ts'
import type { Clock } from '../../../effects/clock.ts'
import { pause } from '../../../effects/pause.ts'

export interface Limit {
  readonly timeoutMs: number
  readonly late: () => AnilloError
}

/**
 * What the promise gives, or `late` after the time; what it does afterwards is nobody's business.
 */
export async function within<T>(clock: Clock, limit: Limit, promise: Promise<T>): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const timer = clock.after(limit.timeoutMs, () => reject(limit.late()))
  try {
    return await Promise.race([promise, expired])
  } finally {
    timer.cancel()
  }
}

/** What the promise gives, or the signal's reason as soon as it is aborted. */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(reasonOf(signal))
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) abort()
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Whether the promise settles, either way, within the time and before the signal is aborted. */
export async function settles(promise: Promise<unknown>, limit: SettleLimit): Promise<boolean> {
  const over = new AbortController()
  const waited = pause(limit.clock, limit.timeoutMs, AbortSignal.any([limit.signal, over.signal]))
  const settled = promise.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, waited.then(() => false)])
  } finally {
    over.abort()
  }
}

export interface SettleLimit {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Why it was aborted, as an error in any case. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}
