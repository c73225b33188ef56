/** Waits that their caller may end. */
import type { Life } from './life.ts'

export interface Wait {
  readonly signal: AbortSignal | undefined
  readonly delayMs: number
  /** For the trace. */
  readonly label: string
}

/** As `life.answer`, but the signal ends it with its reason. */
export async function stoppable<T>(life: Life, wait: Wait, make: () => T): Promise<T> {
  const { signal, delayMs, label } = wait
  signal?.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = life.after(delayMs, label, resolve)
  const abort = (): void => {
    timer.cancel()
    reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
  }
  signal?.addEventListener('abort', abort)
  try {
    await promise
  } finally {
    signal?.removeEventListener('abort', abort)
  }
  return make()
}
