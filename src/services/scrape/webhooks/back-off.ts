/** When a delivery is tried again, and when it is given up. Pure; logged times, ms. */
import { GIVEN_UP_AFTER_MS, TRY_AGAIN_MS } from './limits.ts'

/** @param failures in a row, the last one among them @param askedMs what the receiver asked for */
export function againInMs(failures: number, askedMs = 0): number {
  const at = Math.min(Math.max(failures, 1), TRY_AGAIN_MS.length) - 1
  const longestMs = TRY_AGAIN_MS.at(-1) ?? 0
  return Math.max(TRY_AGAIN_MS[at] ?? 0, Math.min(askedMs, longestMs))
}

/**
 * For as long as that it was tried, or waited behind what was tried. What was made while the
 * receiver failed already has its days from then on.
 */
export function isGivenUp(
  { atMs, failingSinceMs }: { readonly atMs: number; readonly failingSinceMs: number },
  nowMs: number,
): boolean {
  return nowMs - Math.max(atMs, failingSinceMs) >= GIVEN_UP_AFTER_MS
}
