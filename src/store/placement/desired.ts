/**
 * Who ought to hold a partition: the first storage members on distinct hosts from its first
 * position on, in the order of the ring (architecture 5, *Groups*). The same roster gives the same
 * answer at every member.
 */
import { present } from '../../base/assert.ts'
import { parsePosition, positionOf, type MemberId, type Position } from '../../base/ids.ts'
import { indexAtOrBehind } from '../../ring/arc.ts'
import { ALL_PARTITIONS, firstPositionOf, type PartitionId } from '../../wire/partition.ts'
import type { EnrolledMember } from './types.ts'

/** Five voters bear two failures; more would slow each write down. */
export const HOLDERS_MAX = 5

/** It has a disk for the ring, and may be given replicas. */
export function isStoring(member: EnrolledMember): boolean {
  return member.state === 'active' && member.roles.includes('tweeter')
}

interface Placed {
  readonly member: EnrolledMember
  readonly position: Position
}

const FIRST_POSITIONS = ALL_PARTITIONS.map((partition) => parsePosition(firstPositionOf(partition)))

/** The storage members of one roster in the order of the ring. Made once a roster. */
export class StorageOrder {
  /** Failure domains, those included whose members are down: the size of the ring. */
  readonly hosts: number
  readonly #placed: readonly Placed[]
  readonly #byId: ReadonlyMap<MemberId, EnrolledMember>

  constructor(members: readonly EnrolledMember[]) {
    this.#byId = new Map(members.map((member) => [member.id, member]))
    this.#placed = members
      .filter(isStoring)
      .map((member) => ({ member, position: positionOf(member.address) }))
      .toSorted(byPlace)
    this.hosts = new Set(this.#placed.map(({ member }) => member.host)).size
  }

  /** Enrolled, in whatever state. */
  member(id: MemberId): EnrolledMember | undefined {
    return this.#byId.get(id)
  }

  isStoring(id: MemberId): boolean {
    const member = this.#byId.get(id)
    return member !== undefined && isStoring(member)
  }

  /** All storage members, the one first that stands at or behind the partition's first position. */
  *from(partition: PartitionId): Generator<EnrolledMember> {
    const first = present(FIRST_POSITIONS[partition], 'position of a partition')
    const start = indexAtOrBehind(this.#placed, first, ({ position }) => position)
    for (let i = 0; i < this.#placed.length; i++) {
      yield present(this.#placed[(start + i) % this.#placed.length], 'placed member').member
    }
  }

  /**
   * The first `HOLDERS_MAX` on distinct hosts, in order, of rank 0; where too few hosts are left,
   * of rank 1 and then 2.
   */
  holders(partition: PartitionId, rankOf: (id: MemberId) => 0 | 1 | 2): readonly MemberId[] {
    const byHost = new Map<string, MemberId>()
    for (const rank of [0, 1, 2]) {
      for (const { id, host } of this.from(partition)) {
        if (byHost.size >= HOLDERS_MAX) break
        if (!byHost.has(host) && rankOf(id) === rank) byHost.set(host, id)
      }
    }
    return [...byHost.values()]
  }
}

/** Two at one address cannot be: the earlier one is gone. Ids settle it all the same. */
function byPlace(a: Placed, b: Placed): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1
  return a.member.id < b.member.id ? -1 : 1
}
