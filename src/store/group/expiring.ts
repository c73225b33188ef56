/** Lets logged time pass in groups that this member leads, where something expires by it. */
import { encodeCommand } from '../../wire/command-codec.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogIndex } from '../../wire/raft.ts'
import type { Core } from './core.ts'
import type { HeldGroup } from './held-group.ts'

export class Expiring {
  readonly #core: Core
  readonly #command = encodeCommand({ kind: 'expire' })
  /** Proposed and maybe not applied. */
  readonly #proposed = new Map<PartitionId, LogIndex>()

  constructor(core: Core) {
    this.#core = core
  }

  /**
   * The voters' median may be behind this clock: then nothing has expired yet, and it is tried
   * again.
   */
  look(held: HeldGroup): void {
    if (!held.isLeader || held.partition.dueAtMs > this.#core.effects.clock.wallMs()) return
    if ((this.#proposed.get(held.id) ?? 0) > held.appliedIndex) return
    const outcome = held.raft.propose(this.#command, this.#core.moment())
    if (outcome.kind !== 'taken') return
    this.#proposed.set(held.id, outcome.at.index)
    this.#core.touch(held)
  }
}
