/**
 * Groups that nobody serves. An operation waits for a leader to be elected; where none was for
 * longer than that takes, the next ones look once and fail at once, so that they do not pile up
 * behind a majority that is gone.
 */
import { SECOND_MS } from '../../base/limits.ts'
import type { Clock } from '../../effects/clock.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Needed } from './needed.ts'

/** Several elections in a row. */
export const OUTAGE_AFTER_MS = 5 * SECOND_MS

/** A process that is started again is back within about so long. */
export const OUTAGE_WITHOUT_MAJORITY_AFTER_MS = SECOND_MS

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
   * @param needed of which too few can be reached, or the others have yet to agree on a leader
   */
  inVain(group: PartitionId, needed: Needed): boolean {
    const nowMs = this.#clock.nowMs()
    const afterMs = needed.hasMajority ? OUTAGE_AFTER_MS : OUTAGE_WITHOUT_MAJORITY_AFTER_MS
    const outage = this.#outages.get(group)
    if (outage === undefined || nowMs - outage.seenAtMs > OUTAGE_AFTER_MS) {
      this.#outages.set(group, { sinceMs: nowMs, seenAtMs: nowMs })
      return false
    }
    outage.seenAtMs = nowMs
    return nowMs - outage.sinceMs >= afterMs
  }

  served(group: PartitionId): void {
    if (this.#outages.size > 0) this.#outages.delete(group)
  }
}
