/**
 * When a page is worth asking for again, from how often it changed so far. Pure; ms.
 *
 * Changes come at some rate; of n changes seen over a span s the rate is about (n + 1/2) / s, where
 * the half stands for the change that nobody has seen yet. It is asked again after half of the mean
 * distance that follows: s / (2n + 1). A page that never changed is so asked after as long as it
 * stood unchanged, that is, twice as late each time; one that changes regularly, twice in each of
 * its periods. Source: J. Cho, H. Garcia-Molina, *Estimating frequency of change*, 2003, 4.2, for
 * why changes per visit alone would mislead.
 */
import { DAY_MS, MINUTE_MS } from '../../../base/limits.ts'

export const RECRAWL_MS_MIN = 10 * MINUTE_MS
export const RECRAWL_MS_MAX = 30 * DAY_MS
/** Changes of long ago say little: a site that was built in a week may rest since. */
export const CHANGES_COUNTED_MAX = 8

export interface Observed {
  /** When each content was first seen, the newest first; at least one. */
  readonly seenMs: readonly number[]
  /** When it was last asked for. */
  readonly checkedMs: number
}

/** How long after the last check it is asked again. */
export function askedAgainAfterMs({ checkedMs, seenMs }: Observed): number {
  const counted = seenMs.slice(0, CHANGES_COUNTED_MAX + 1)
  const firstMs = counted.at(-1) ?? checkedMs
  const spanMs = Math.max(0, checkedMs - firstMs)
  const changes = Math.max(0, counted.length - 1)
  const afterMs = spanMs / (2 * changes + 1)
  return Math.min(RECRAWL_MS_MAX, Math.max(RECRAWL_MS_MIN, afterMs))
}
