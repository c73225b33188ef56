/** `Retry-After` (RFC 9110, 10.2.3): seconds, or the instant itself. */
import { DAY_MS } from '../../../base/limits.ts'
import { httpDateMs } from '../fetch/http-date.ts'

/** A host that asks for more is asked again after this. */
export const RETRY_AFTER_MAX_MS = DAY_MS

/** For how long to wait; `undefined`: it says nothing that can be read. An instant gone by is 0. */
export function retryAfterMs(value: string, nowMs: number): number | undefined {
  const text = value.trim()
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Number(text) * 1_000, RETRY_AFTER_MAX_MS)
  const atMs = httpDateMs(text)
  if (atMs === undefined) return undefined
  return Math.min(Math.max(atMs - nowMs, 0), RETRY_AFTER_MAX_MS)
}
