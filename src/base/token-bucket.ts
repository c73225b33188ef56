/**
 * Token buckets (RFC 2697 has the idea): what flows on average at a rate may come in bursts.
 * Whoever takes more than is there leaves a debt, and waits until the bucket is even again; so
 * those who take in turn share the rate. Pure: time is told.
 */

export interface Rate {
  readonly perSecond: number
  /** So much at once after a rest. */
  readonly burst: number
}

export interface Bucket {
  /** Below 0: a debt. */
  readonly tokens: number
  /** When that was so; ms of a clock that never goes back. */
  readonly atMs: number
}

const SECOND_MS = 1_000

export function fullBucket({ burst }: Rate, nowMs: number): Bucket {
  return { tokens: burst, atMs: nowMs }
}

/** @returns the bucket without them, and how long to wait, ms */
export function take(
  bucket: Bucket,
  { amount, nowMs, rate }: { readonly amount: number; readonly rate: Rate; readonly nowMs: number },
): readonly [Bucket, number] {
  const restedMs = Math.max(0, nowMs - bucket.atMs)
  const grown = bucket.tokens + (restedMs * rate.perSecond) / SECOND_MS
  // Another rate by now has another burst.
  const tokens = Math.min(grown, rate.burst) - amount
  const waitMs = tokens >= 0 ? 0 : Math.ceil((-tokens * SECOND_MS) / rate.perSecond)
  return [{ tokens, atMs: Math.max(nowMs, bucket.atMs) }, waitMs]
}
