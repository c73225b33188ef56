/** Whether the groups are as the ring's size asks for: what “ready” promises. */
import type { StorageOrder } from '../../store/placement/desired.ts'
import { seatsOf } from '../../store/placement/voters.ts'
import type { Router } from '../../store/routing/router.ts'
import { ALL_PARTITIONS } from '../../wire/partition.ts'

/**
 * Every group has a leader and all its voters, and none is on its way to others. A voter that is
 * gone, since its member was made anew, or that is to be emptied is one too few.
 */
export function areGroupsWhole(
  order: Pick<StorageOrder, 'hosts' | 'isStoring'>,
  router: Pick<Router, 'whereabouts'>,
): boolean {
  const { voters } = seatsOf(order.hosts)
  return (
    voters > 0 &&
    ALL_PARTITIONS.every((group) => {
      const known = router.whereabouts(group)
      if (known?.leader === undefined || known.configuration.outgoing !== undefined) return false
      const { voters: now } = known.configuration
      return now.length === voters && now.every((id) => order.isStoring(id))
    })
  )
}
