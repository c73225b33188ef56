import type { Chance } from '../base/random.ts'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS } from './limits.ts'

/** Doublings after which the longest pause is reached in any case. */
const DOUBLINGS_MAX = 16

/**
 * How long to leave an address alone after `failures` in a row (>= 1): doubled each time, of which
 * a random half is taken off, so that members that lost the same peer do not come back in step.
 */
export function backoffMs(failures: number, chance: Chance): number {
  const doublings = Math.min(failures - 1, DOUBLINGS_MAX)
  const longestMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** doublings)
  return longestMs * (0.5 + chance.fraction() / 2)
}
