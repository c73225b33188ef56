/**
 * Where each group is, as far as this member heard: one row a group, the newest configuration that
 * anybody told of, and who is likely its leader. Hints: the group's own answer decides.
 */
import type { MemberId } from '../../base/ids.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Whereabouts } from '../placement/types.ts'

export class WhereaboutsTable {
  readonly #rows = new Map<PartitionId, Whereabouts>()

  get(group: PartitionId): Whereabouts | undefined {
    return this.#rows.get(group)
  }

  get rows(): readonly Whereabouts[] {
    return [...this.#rows.values()]
  }

  /** Answers whether it was newer than what was known. */
  learn(row: Whereabouts): boolean {
    const known = this.#rows.get(row.group)
    if (known !== undefined && !isNewer(row, known)) return false
    this.#rows.set(row.group, row)
    return true
  }

  /** What a replica here knows: it counts unless another has heard of a later term. */
  learnOwn(row: Whereabouts): void {
    const known = this.#rows.get(row.group)
    if (known === undefined || known.term <= row.term) this.#rows.set(row.group, row)
  }

  /** A member of the group says who leads it. */
  hint(group: PartitionId, leader: MemberId): void {
    const row = this.#rows.get(group)
    if (row !== undefined && row.leader !== leader) this.#rows.set(group, { ...row, leader })
  }

  /** It does not lead, or cannot be reached: not to be asked first. */
  doubt(group: PartitionId, leader: MemberId): void {
    const row = this.#rows.get(group)
    if (row?.leader === leader) this.#rows.set(group, { ...row, leader: undefined })
  }
}

function isNewer(one: Whereabouts, other: Whereabouts): boolean {
  if (one.term !== other.term) return one.term > other.term
  if (one.index !== other.index) return one.index > other.index
  return other.leader === undefined && one.leader !== undefined
}

/**
 * Members that may carry out a change of the group, likeliest first: the leader, voters, voters of
 * an older configuration. Learners lead nothing.
 */
export function askingOrder(row: Whereabouts): readonly MemberId[] {
  const { voters, outgoing } = row.configuration
  const order: MemberId[] = row.leader === undefined ? [] : [row.leader]
  for (const member of voters) if (!order.includes(member)) order.push(member)
  for (const member of outgoing ?? []) if (!order.includes(member)) order.push(member)
  return order
}

/** Members that hold a replica, the leader first. */
export function holdersOf(row: Whereabouts): readonly MemberId[] {
  return [...new Set([...askingOrder(row), ...row.configuration.learners])]
}
