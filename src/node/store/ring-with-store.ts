/** `GET /v1/ring`: what the overlay knows of members, and placement of their groups. */
import type { RingView } from '../../overlay/types.ts'
import type { CoordinatorBelief } from '../../store/coordinator/election.ts'
import type { Placement } from '../../store/placement/placement.ts'
import type { Ring } from '../../wire/api.ts'

export async function ringWithStore(
  view: Pick<RingView, 'ring'>,
  placement: Pick<Placement, 'describe'>,
  belief?: CoordinatorBelief,
): Promise<Ring> {
  const [ring, store] = await Promise.all([view.ring(), placement.describe()])
  const leads = new Map<string, number>()
  for (const { leader } of store.partitions) leads.set(leader, (leads.get(leader) ?? 0) + 1)
  // The overlay remembers who was there; who was taken out is not missed.
  const isOut = (id: string): boolean =>
    store.enrolled.some((enrolled) => enrolled.id === id && enrolled.state === 'removed')
  const members = ring.members
    .filter(({ id }) => !isOut(id))
    .map((member) => ({ ...member, leads: leads.get(member.id) ?? 0 }))
  return {
    ...ring,
    members,
    partitions: [...store.partitions],
    mayFail: store.mayFail,
    enrolled: [...store.enrolled],
    isOnOneMachine: store.isOnOneMachine,
    chunks: store.chunks,
    coordinator:
      belief === undefined ? null : { id: belief.coordinator, isLeased: belief.fence > 0 },
  }
}
