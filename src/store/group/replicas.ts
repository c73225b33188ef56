/**
 * Replicas come and go. One begins where a leader that is enrolled sends entries or offers a state;
 * it holds nothing and never campaigns before a configuration names it. One ends only on proof
 * (standing.ts).
 */
import { RaftGroup } from '../../consensus/group.ts'
import { EMPTY_RESTORED, type Restored } from '../../consensus/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { HardState, SnapshotOffer } from '../../wire/raft.ts'
import { Partition } from '../partition/partition.ts'
import type { GroupState } from '../state/types.ts'
import type { Core } from './core.ts'
import { HeldGroup } from './held-group.ts'

export class Replicas {
  readonly #core: Core
  readonly #released: (held: HeldGroup) => void
  readonly #leaving = new Set<PartitionId>()
  /** Of groups that this member left: it must not vote twice in a term when it comes back. */
  readonly #left = new Map<PartitionId, HardState>()

  /** `released` hears of each replica that ends, before anything of it is gone. */
  constructor(core: Core, released: (held: HeldGroup) => void) {
    this.#core = core
    this.#released = released
  }

  /** From a run before: this member left the group with that term and vote. */
  hasLeft(id: PartitionId, hardState: HardState): void {
    this.#left.set(id, hardState)
  }

  open(id: PartitionId, state: GroupState, restored: Omit<Restored, 'timeMs'>): HeldGroup {
    const { beats, effects, options, settings } = this.#core
    const partition = this.#partition(id, state)
    const raft = new RaftGroup({
      group: id,
      self: options.self,
      settings: settings.raft,
      chance: effects.random,
      restored: { ...restored, timeMs: partition.timeMs },
      beats,
      nowMs: effects.clock.nowMs(),
    })
    const held = new HeldGroup({ id, raft, state, partition }, effects.clock.nowMs())
    this.#core.hold(id, held)
    const { term, leader } = raft.status()
    held.term = term
    held.leader = leader
    beats.holds(id, term)
    this.#core.touch(held)
    return held
  }

  #partition(id: PartitionId, state: GroupState): Partition {
    const { options, learnedBackup } = this.#core
    const { procedures } = options
    return new Partition({ id, state, procedures, onBackup: (backup) => learnedBackup(id, backup) })
  }

  /** An empty one; `undefined` while what was here before is being taken away. */
  begin(id: PartitionId): HeldGroup | undefined {
    if (this.#leaving.has(id)) return undefined
    const hardState = this.#left.get(id) ?? EMPTY_RESTORED.hardState
    const restored = { ...EMPTY_RESTORED, hardState }
    const held = this.open(id, this.#core.state.create(id), restored)
    this.#core.tellChanged(id)
    return held
  }

  /** A snapshot took the place of the state, durably; the log follows. */
  async installed(held: HeldGroup, offer: SnapshotOffer): Promise<void> {
    const core = this.#core
    held.partition.close()
    held.partition = this.#partition(held.id, held.state)
    // Older entries that still wait must not be written behind what replaces them.
    core.flushLog()
    await core.log.append([{ kind: 'base', group: held.id, base: offer.point }])
    const { timeMs } = held.partition
    core.step(held, { kind: 'installed', snapshot: offer, timeMs })
  }

  /** Ends the replica. */
  leave(held: HeldGroup): void {
    if (!held.isOpen) return
    this.#core.effects.log.info('group.left', { group: held.id })
    this.#released(held)
    held.isOpen = false
    this.#core.hold(held.id, undefined)
    this.#leaving.add(held.id)
    this.#left.set(held.id, held.raft.hardState)
    this.#takeAway(held).catch((error: unknown) => this.#core.fail(error))
    this.#core.tellChanged(held.id)
  }

  /** The log forgets first: what it does not know is taken away at the next start. */
  async #takeAway(held: HeldGroup): Promise<void> {
    held.partition.close()
    this.#core.flushLog()
    await this.#core.log.append([{ kind: 'forget', group: held.id }])
    await this.#core.state.drop(held.id)
    this.#leaving.delete(held.id)
  }
}
