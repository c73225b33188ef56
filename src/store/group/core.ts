/** What the parts of a host share. */
import { assert } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Beats } from '../../consensus/beats.ts'
import type { Moment, RaftEvent } from '../../consensus/types.ts'
import type { Effects } from '../../effects/effects.ts'
import { ALL_PARTITIONS, type PartitionId } from '../../wire/partition.ts'
import type { WriteAheadLog } from '../log/types.ts'
import type { MemberState } from '../state/types.ts'
import type { Counting } from './counting.ts'
import type { HeldGroup } from './held-group.ts'
import type { GroupHostOptions, GroupSettings } from './types.ts'

export interface CoreParts {
  readonly effects: Effects
  readonly options: GroupHostOptions
  readonly settings: GroupSettings
  readonly counting: Counting
  readonly log: WriteAheadLog
  readonly state: MemberState
  readonly beats: Beats
}

export class Core {
  readonly effects: Effects
  readonly options: GroupHostOptions
  readonly settings: GroupSettings
  readonly counting: Counting
  readonly log: WriteAheadLog
  readonly state: MemberState
  readonly beats: Beats
  readonly #groups: (HeldGroup | undefined)[] = ALL_PARTITIONS.map(() => undefined)
  #held: readonly HeldGroup[] = []
  /** Of every bundle that is sent or heard. */
  generation: number
  /** Nothing is stepped or sent any more. */
  isStopped = false
  /** Runs a turn soon; set by what runs turns. */
  wake: () => void = () => {}
  /** An entry brings a greater backup number to the group: before anything of it is applied. */
  learnedBackup: (group: PartitionId, backup: number) => void = () => {}
  /** Hands what was taken to be persisted to the log; set by what persists. */
  flushLog: () => void = () => {}
  #dirty: HeldGroup[] = []
  readonly #changed = new Set<(group: PartitionId) => void>()

  constructor(parts: CoreParts) {
    this.effects = parts.effects
    this.options = parts.options
    this.generation = parts.options.generation
    this.settings = parts.settings
    this.counting = parts.counting
    this.log = parts.log
    this.state = parts.state
    this.beats = parts.beats
  }

  get self(): MemberId {
    return this.options.self
  }

  moment(): Moment {
    const { clock } = this.effects
    return { nowMs: clock.nowMs(), wallMs: clock.wallMs() }
  }

  find(group: PartitionId): HeldGroup | undefined {
    return this.#groups[group]
  }

  /** Gone through in every turn. Another list when a replica comes or goes. */
  get held(): readonly HeldGroup[] {
    return this.#held
  }

  /** A replica comes; `undefined`: that of the group goes. */
  hold(group: PartitionId, held: HeldGroup | undefined): void {
    assert((this.#groups[group] === undefined) !== (held === undefined), 'it comes or goes once')
    this.#groups[group] = held
    this.#held = this.#groups.filter((one) => one !== undefined)
  }

  /** Steps the group's machine; its output is taken in the next turn, or in the one that runs. */
  step(held: HeldGroup, event: RaftEvent, moment = this.moment()): void {
    if (!held.isOpen || this.isStopped) return
    held.raft.step(event, moment)
    this.touch(held)
  }

  /** Steps what the machine remembers and asks nothing for: there is no output to take. */
  note(held: HeldGroup, event: Extract<RaftEvent, { kind: 'applied' }>): void {
    if (held.isOpen && !this.isStopped) held.raft.step(event, this.moment())
  }

  /** The group's machine was stepped. */
  touch(held: HeldGroup): void {
    if (held.isDirty) return
    held.isDirty = true
    this.#dirty.push(held)
    this.wake()
  }

  get hasDirty(): boolean {
    return this.#dirty.length > 0
  }

  takeDirty(): readonly HeldGroup[] {
    const dirty = this.#dirty
    this.#dirty = []
    for (const held of dirty) held.isDirty = false
    return dirty
  }

  onChanged(changed: (group: PartitionId) => void): () => void {
    this.#changed.add(changed)
    return () => void this.#changed.delete(changed)
  }

  tellChanged(group: PartitionId): void {
    for (const changed of this.#changed) changed(group)
  }

  /** The disk failed, or there is a bug: nothing may be promised from here on. */
  fail(error: unknown): void {
    if (this.isStopped) return
    this.isStopped = true
    this.options.onFailure(error)
  }
}
