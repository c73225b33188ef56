/** `Prefer: wait=SECONDS` (RFC 7240, 4.3): how long a client would have the answer held back. */
import { SECOND_MS } from '../../base/limits.ts'
import { WAIT_SECONDS_MAX } from './limits.ts'

/**
 * Milliseconds, 0 where nothing or nonsense was asked for: RFC 7240 has preferences ignored, not
 * refused.
 */
export function waitMsOf(header: string | readonly string[] | undefined): number {
  const text = typeof header === 'string' ? header : (header?.join(',') ?? '')
  for (const preference of text.split(',')) {
    const found = /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(;.*)?$/i.exec(preference)
    if (found?.[1] !== undefined) return Math.min(Number(found[1]), WAIT_SECONDS_MAX) * SECOND_MS
  }
  return 0
}
