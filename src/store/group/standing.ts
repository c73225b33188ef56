/**
 * Whether this member still belongs to a group. It asks where the configuration that it applied
 * does not name it, and where it hears nothing: who was removed while it was away is told by
 * nobody, since the group goes on without it. An own log that leaves this member out is no proof,
 * since one that is read again from its start may name it later. It believes only a leader that a
 * majority has just confirmed.
 */
import type { MemberId } from '../../base/ids.ts'
import { membersOf } from '../../consensus/configurations.ts'
import {
  groupStanding,
  STANDING_TIMEOUT_MS,
  type StandingAnswer,
} from '../../wire/group-methods.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'
import { STANDING_AFTER_MS } from './limits.ts'
import type { Reads } from './reads.ts'
import type { Replicas } from './replicas.ts'

export interface StandingParts {
  readonly core: Core
  readonly reads: Reads
  readonly replicas: Replicas
}

export class Standings {
  readonly #core: Core
  readonly #parts: StandingParts
  readonly #asking = new Set<PartitionId>()

  constructor(parts: StandingParts) {
    this.#core = parts.core
    this.#parts = parts
    parts.core.options.peers.handle(groupStanding, ({ group }, from) =>
      this.#answer(partitionIdOf(group), from),
    )
  }

  /** Of a group that this member holds; begins to ask when it is time. */
  look(held: HeldGroup, nowMs: number): void {
    if (held.leader !== undefined) held.ledAtMs = nowMs
    const isDue = this.#isLeftOut(held) || nowMs - held.ledAtMs >= STANDING_AFTER_MS
    if (!isDue || this.#asking.has(held.id)) return
    held.ledAtMs = nowMs
    this.#asking.add(held.id)
    this.#ask(held)
      .catch((error: unknown) => this.#core.fail(error))
      .finally(() => this.#asking.delete(held.id))
  }

  #isLeftOut({ configuration }: HeldGroup): boolean {
    return configuration !== undefined && !membersOf(configuration).includes(this.#core.self)
  }

  async #ask(held: HeldGroup): Promise<void> {
    const { heard } = held
    for (const member of this.#askable(held)) {
      const { standing, index } = await this.#askOne(member, held.id)
      if (standing === 'unknown') continue
      // Whoever was heard since may be about to take this member in again.
      const isStill = held.isOpen && held.heard === heard && !this.#core.isStopped
      const isBehind = held.raft.status().last.index <= index
      if (standing === 'notMember' && isStill && isBehind) this.#parts.replicas.leave(held)
      return
    }
  }

  #askable(held: HeldGroup): readonly MemberId[] {
    const { configuration } = held.raft.status()
    const members = new Set(configuration === undefined ? [] : membersOf(configuration))
    const leader = this.#core.options.directions.leaderOf(held.id)
    if (leader !== undefined) members.add(leader)
    members.delete(this.#core.self)
    return [...members]
  }

  async #askOne(member: MemberId, group: PartitionId): Promise<StandingAnswer> {
    try {
      return await this.#core.options.peers.ask(member, groupStanding, { group })
    } catch {
      return { standing: 'unknown', index: 0 }
    }
  }

  async #answer(group: PartitionId, from: MemberId): Promise<StandingAnswer> {
    const unknown = { standing: 'unknown', index: 0 } as const
    if (this.#core.find(group)?.isLeader !== true) return unknown
    const outcome = await this.#parts.reads.confirm(group, { timeoutMs: STANDING_TIMEOUT_MS })
    const held = this.#core.find(group)
    if (outcome !== 'ready' || held?.isLeader !== true) return unknown
    const { configuration, isChanging, last } = held.raft.status()
    if (configuration === undefined || isChanging) return unknown
    const isMember = membersOf(configuration).includes(from)
    return { standing: isMember ? 'member' : 'notMember', index: last.index }
  }
}
