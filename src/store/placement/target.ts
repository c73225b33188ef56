/**
 * The configuration that a group is to have, given who is well. Pure and stable: it changes only
 * with the roster, with a loss, and with a newcomer that answers.
 */
import type { MemberId } from '../../base/ids.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import type { StorageOrder } from './desired.ts'
import { seatsOf } from './voters.ts'

/** How members are, as the leader of a group sees them. */
export interface Health {
  /** It answers. */
  readonly isLive: (member: MemberId) => boolean
  /**
   * It is not waited for any longer: down beyond the grace period, gone, removed, or not of the
   * roster.
   */
  readonly isLost: (member: MemberId) => boolean
}

export interface Target {
  /** In the order of the ring. */
  readonly voters: readonly MemberId[]
  readonly learners: readonly MemberId[]
}

export function targetOf(
  order: StorageOrder,
  group: { readonly id: PartitionId; readonly configuration: Configuration },
  health: Health,
): Target {
  const voting = new Set(group.configuration.voters)
  // A voter that is away for a moment keeps its seat; nobody who is away is given one.
  const rankOf = (id: MemberId): 0 | 1 | 2 => {
    if (voting.has(id)) return health.isLost(id) ? 1 : 0
    return health.isLive(id) && !health.isLost(id) ? 0 : 2
  }
  const seats = seatsOf(order.hosts)
  const holders = order.holders(group.id, rankOf)
  // Where some only learn, those that vote go on voting: no seat is worth a move.
  const bySeniority = holders.toSorted(
    (a, b) =>
      Number(health.isLost(a)) - Number(health.isLost(b)) ||
      Number(voting.has(b)) - Number(voting.has(a)) ||
      Number(health.isLive(b)) - Number(health.isLive(a)),
  )
  const chosen = new Set(bySeniority.slice(0, seats.voters))
  return {
    voters: holders.filter((id) => chosen.has(id)),
    learners: holders.filter((id) => !chosen.has(id)),
  }
}
