/**
 * Groups that nobody serves. An operation waits for a leader to be elected; where none was for
 * longer than that takes, the next ones look once and fail at once, so that they do not pile up
 * behind a majority that is gone.
 */
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { PartitionId } from '../../wire/partition.ts'

/** Several elections in a row. */
export const OUTAGE_AFTER_MS = 5 * SECOND_MS

interface Outage {
  readonly sinceMs: number
  seenAtMs: number
}

export class Outages {
  readonly #clock: Clock
  readonly #outages = new Map<PartitionId, Outage>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * A round over its members was in vain; answers whether that has gone on for too long. What
   * nobody asked for since may have been served meanwhile: then it begins anew.
   */
  inVain(group: PartitionId): boolean {
    const nowMs = this.#clock.nowMs()
    const outage = this.#outages.get(group)
    if (outage === undefined || nowMs - outage.seenAtMs > OUTAGE_AFTER_MS) {
      this.#outages.set(group, { sinceMs: nowMs, seenAtMs: nowMs })
      return false
    }
    outage.seenAtMs = nowMs
    return nowMs - outage.sinceMs >= OUTAGE_AFTER_MS
  }

  served(group: PartitionId): void {
    if (this.#outages.size > 0) this.#outages.delete(group)
  }
}
