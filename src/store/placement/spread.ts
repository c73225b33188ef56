/**
 * Spreads leaders evenly over members: who leads more than its share, and at least two groups more
 * than another voter of one of them, hands that one over. The difference of two is what keeps it
 * from going to and fro.
 */
import type { MemberId } from '../../base/ids.ts'
import type { PartitionId } from '../../wire/partition.ts'

/** A group led here that could be led elsewhere. */
export interface LedGroup {
  readonly id: PartitionId
  /** Voters that may lead it, nearest in the order of the ring first: caught up, well, to stay. */
  readonly heirs: readonly MemberId[]
}

export interface Handover {
  readonly group: PartitionId
  readonly to: MemberId
}

/** Fewer more groups than this are no reason to hand one over. */
const LEADS_MORE_MIN = 2

export interface SpreadQuestion {
  /** Groups that this member leads. */
  readonly led: readonly LedGroup[]
  /** Groups of every other member, as far as is known here. */
  readonly leads: ReadonlyMap<MemberId, number>
  /** Groups that each would lead, rounded up. */
  readonly share: number
}

/**
 * One group to hand over, to the member that leads least; among equals to the nearest in order. Who
 * has no more than its share keeps it: its own count is exact, while several who hand over to the
 * same member at once see each other's doings late.
 */
export function nextHandover({ led, leads, share }: SpreadQuestion): Handover | undefined {
  if (led.length <= share) return undefined
  let best: (Handover & { readonly leads: number; readonly distance: number }) | undefined
  for (const { id, heirs } of led) {
    for (const [distance, to] of heirs.entries()) {
      const count = leads.get(to) ?? 0
      if (led.length - count < LEADS_MORE_MIN) continue
      const isBetter =
        best === undefined ||
        count < best.leads ||
        (count === best.leads && distance < best.distance)
      if (isBetter) best = { group: id, to, leads: count, distance }
    }
  }
  return best === undefined ? undefined : { group: best.group, to: best.to }
}
