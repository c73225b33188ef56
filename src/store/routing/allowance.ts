/** How long an operation may take, and whether anybody still waits for it. */
import { AnilloError } from '../../base/errors.ts'
import type { Clock } from '../../effects/clock.ts'
import type { CallOptions } from '../types.ts'
import { OPERATION_TIMEOUT_MS, OPERATION_TIMEOUT_MS_MAX } from './retry.ts'

export class Allowance {
  readonly signal: AbortSignal | undefined
  readonly #clock: Clock
  readonly #endMs: number

  constructor(clock: Clock, options: CallOptions | undefined) {
    const timeoutMs = Math.min(options?.timeoutMs ?? OPERATION_TIMEOUT_MS, OPERATION_TIMEOUT_MS_MAX)
    this.signal = options?.signal
    this.#clock = clock
    this.#endMs = clock.nowMs() + timeoutMs
  }

  get leftMs(): number {
    return this.#endMs - this.#clock.nowMs()
  }

  get isOver(): boolean {
    return this.leftMs <= 0 || this.signal?.aborted === true
  }

  /** What one try may take of it. */
  tryOf(timeoutMs: number): { readonly timeoutMs: number; readonly signal?: AbortSignal } {
    const left = Math.max(1, Math.min(timeoutMs, this.leftMs))
    return this.signal === undefined
      ? { timeoutMs: left }
      : { timeoutMs: left, signal: this.signal }
  }

  /** Resolves after so long, or when nobody waits any more. */
  pause(delayMs: number): Promise<void> {
    if (this.isOver) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = this.#clock.after(Math.max(0, Math.min(delayMs, this.leftMs)), resolve)
    const { signal } = this
    if (signal === undefined) return promise
    const gone = (): void => resolve()
    signal.addEventListener('abort', gone)
    return promise.finally(() => {
      timer.cancel()
      // It may be the signal of a caller that asks again and again.
      signal.removeEventListener('abort', gone)
    })
  }

  /** @throws AnilloError RPC_CANCELLED where the caller is gone */
  throwIfCancelled(method: string): void {
    if (this.signal?.aborted === true) throw new AnilloError('RPC_CANCELLED', { method })
  }
}
