/** `GET /v1/ring`: what the overlay knows of members, and placement of their groups. */
import type { RingView } from '../../overlay/types.ts'
import type { Placement } from '../../store/placement/placement.ts'
import type { Ring } from '../../wire/api.ts'

export async function ringWithStore(
  view: Pick<RingView, 'ring'>,
  placement: Pick<Placement, 'describe'>,
): Promise<Ring> {
  const [ring, store] = await Promise.all([view.ring(), placement.describe()])
  const leads = new Map<string, number>()
  for (const { leader } of store.partitions) leads.set(leader, (leads.get(leader) ?? 0) + 1)
  return {
    ...ring,
    members: ring.members.map((member) => ({ ...member, leads: leads.get(member.id) ?? 0 })),
    partitions: [...store.partitions],
    // Of the copies of pages and of the groups, the fewer.
    mayFail: Math.min(ring.mayFail, store.mayFail),
    enrolled: [...store.enrolled],
    isOnOneMachine: store.isOnOneMachine,
  }
}
