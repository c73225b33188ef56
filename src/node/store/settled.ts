/** Which groups are not as the ring's size asks for: what “ready” waits for. */
import type { StorageOrder } from '../../store/placement/desired.ts'
import { seatsOf } from '../../store/placement/voters.ts'
import type { Router } from '../../store/routing/router.ts'
import { ALL_PARTITIONS } from '../../wire/partition.ts'

/**
 * How many are without a leader or one of their voters, or on their way to others. A voter that is
 * gone, since its member was made anew, or that is to be emptied is one too few.
 */
export function groupsNotWhole(
  order: Pick<StorageOrder, 'hosts' | 'isStoring'>,
  router: Pick<Router, 'whereabouts'>,
): number {
  const { voters } = seatsOf(order.hosts)
  if (voters === 0) return ALL_PARTITIONS.length
  return ALL_PARTITIONS.filter((group) => {
    const known = router.whereabouts(group)
    if (known?.leader === undefined || known.configuration.outgoing !== undefined) return true
    const { voters: now } = known.configuration
    return now.length !== voters || !now.every((id) => order.isStoring(id))
  }).length
}
