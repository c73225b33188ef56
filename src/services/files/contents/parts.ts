/** What contents are made with, and how a change of one is asked for until it is done. */
import { isAnilloError, type ErrorCode } from '../../../base/errors.ts'
import type { Effects } from '../../../effects/effects.ts'
import type { Buffers } from '../../../store/chunks/buffers.ts'
import type { Gate } from '../../../store/chunks/gate.ts'
import type { Procedure } from '../../../store/partition/procedure.ts'
import { Allowance } from '../../../store/routing/allowance.ts'
import type { CallOptions, Store } from '../../../store/types.ts'
import { BUSY_PAUSE_MS, CHANGE_TIMEOUT_MS } from './limits.ts'
import { partitionOfContent } from './rows.ts'

export interface ContentParts {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly store: Pick<Store, 'call' | 'get' | 'list' | 'chunks'>
  /** For chunks on their way in, of all writers. */
  readonly buffers: Buffers
  /** Chunks of all writers that are put at once; who waits has one chunk in memory. */
  readonly puts: Gate
}

/** Each of these procedures does twice what it does once, so that it may be asked for again. */
export function change<Q extends { readonly content: string }, A>(
  parts: ContentParts,
  procedure: Procedure<Q, A>,
  asked: { readonly input: Q } & CallOptions,
): Promise<A> {
  const { input, ...options } = asked
  const partition = partitionOfContent(input.content)
  return untilDone(parts, options, (within) =>
    parts.store.call(partition, procedure, input, within),
  )
}

/** Again and again, with pauses, while what fails it passes. */
export async function untilDone<T>(
  { effects }: Pick<ContentParts, 'effects'>,
  options: CallOptions,
  work: (within: CallOptions) => Promise<T>,
): Promise<T> {
  const allowance = new Allowance(effects.clock, { timeoutMs: CHANGE_TIMEOUT_MS, ...options })
  for (;;) {
    allowance.throwIfCancelled('content')
    try {
      return await work(allowance.tryOf(CHANGE_TIMEOUT_MS))
    } catch (thrown) {
      allowance.throwIfCancelled('content')
      if (allowance.isOver || !PASSING.some((code) => isAnilloError(thrown, code))) throw thrown
    }
    await allowance.pause(BUSY_PAUSE_MS)
  }
}

const PASSING: readonly ErrorCode[] = ['BUSY', 'STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN']
