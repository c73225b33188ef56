/** Waiting on a clock, until somebody has no more use for it. */
import type { Clock } from './clock.ts'

/** Settles after the time, or at once when the signal is aborted. */
export async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = clock.after(delayMs, resolve)
  const abort = (): void => resolve()
  signal.addEventListener('abort', abort, { once: true })
  await promise
  timer.cancel()
  signal.removeEventListener('abort', abort)
}
