/** The door of the folder: all groups of one member over its log, its state and its peers. */
import { assert } from '../../base/assert.ts'
import type { MemberId } from '../../base/ids.ts'
import { Beats } from '../../consensus/beats.ts'
import type { ChangeOutcome, Membership, RaftStatus } from '../../consensus/types.ts'
import type { Effects } from '../../effects/effects.ts'
import { TimerWheel } from '../../rpc/timer-wheel.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogEntry } from '../../wire/raft.ts'
import { openLog } from '../log/log.ts'
import type { OpenedLog } from '../log/types.ts'
import type { Applied } from '../partition/types.ts'
import { openState } from '../state/state.ts'
import type { MemberState } from '../state/types.ts'
import { Applying } from './applying.ts'
import { Beating } from './beating.ts'
import { Checkpoints } from './checkpoints.ts'
import { Core } from './core.ts'
import { noCounts } from './counting.ts'
import { Expiring } from './expiring.ts'
import { foundedBy, foundingRecords } from './founding.ts'
import { Fullness } from './fullness.ts'
import { HandingOver } from './handing-over.ts'
import type { HeldGroup } from './held-group.ts'
import { GROUP_SETTINGS, UPKEEP_EVERY_MS } from './limits.ts'
import { Outgoing } from './outgoing.ts'
import { Persisting } from './persisting.ts'
import { Proposals } from './proposals.ts'
import { Pump } from './pump.ts'
import { Reads } from './reads.ts'
import { Receiving } from './receiving.ts'
import { recoverGroups } from './recovery.ts'
import { Replicas } from './replicas.ts'
import { SnapshotPulling } from './snapshot-pulling.ts'
import { SnapshotServing } from './snapshot-serving.ts'
import { Standings } from './standing.ts'
import { Turns } from './turn.ts'
import type {
  AppliedListener,
  GroupCounters,
  GroupHost,
  GroupHostOptions,
  Incoming,
  ReadOutcome,
  Replica,
  SubmitOutcome,
  WaitOptions,
} from './types.ts'

/**
 * Opens what the member has on its disk and takes part in its groups from then on.
 * @throws AnilloError DATA_DAMAGED: this member's data must be given up, it becomes a new member
 * (architecture 2.5); DATA_NOT_WRITABLE, DISK_FULL
 */
export async function createGroupHost(
  effects: Effects,
  options: GroupHostOptions,
): Promise<GroupHost> {
  const { key, path } = options
  const settings = { ...GROUP_SETTINGS, ...options.settings }
  let failed: (error: unknown) => void = options.onFailure
  const onFailure = (error: unknown): void => failed(error)
  const segmentBytes = settings.checkpointBytes / 2
  const opened = await openLog(effects, { path: `${path}/log`, key, onFailure, segmentBytes })
  const state = await openStateOrClose(effects, { opened, path, key, onFailure })
  try {
    const { groups, records, dropped } = recoverGroups({
      self: options.self,
      images: opened.groups,
      state,
    })
    if (records.length > 0) await opened.log.append(records)
    for (const group of dropped) await state.drop(group)
    const core = new Core({
      effects,
      options,
      settings,
      counting: noCounts(),
      log: opened.log,
      state,
      beats: new Beats({ chance: effects.random }),
    })
    failed = (error) => core.fail(error)
    const host = new MemberGroups(core)
    for (const { id, state: held, restored } of groups) host.replicas.open(id, held, restored)
    core.wake()
    return host
  } catch (error) {
    await opened.log.close()
    await state.close()
    throw error
  }
}

interface OpenOptions {
  readonly opened: OpenedLog
  readonly path: string
  readonly key: Uint8Array
  readonly onFailure: (error: unknown) => void
}

async function openStateOrClose(
  effects: Effects,
  { opened, path, key, onFailure }: OpenOptions,
): Promise<MemberState> {
  try {
    return await openState(effects, { path: `${path}/state`, key, onFailure })
  } catch (error) {
    await opened.log.close()
    throw error
  }
}

class MemberGroups implements GroupHost {
  readonly replicas: Replicas
  readonly #core: Core
  readonly #wheel: TimerWheel
  readonly #beating: Beating
  readonly #checkpoints: Checkpoints
  readonly #expiring: Expiring
  readonly #fullness: Fullness
  readonly #handingOver: HandingOver
  readonly #proposals: Proposals
  readonly #pulling: SnapshotPulling
  readonly #pump: Pump
  readonly #reads: Reads
  readonly #serving: SnapshotServing
  readonly #standings: Standings
  readonly #turns: Turns
  readonly #appliedListeners = new Set<AppliedListener>()
  #upkeepAtMs = 0
  #closed: Promise<void> | undefined

  constructor(core: Core) {
    this.#core = core
    this.#wheel = new TimerWheel(core.effects.clock)
    const outgoing = new Outgoing(core)
    const beating = (this.#beating = new Beating(core, outgoing))
    this.#handingOver = new HandingOver(core, beating)
    const persisting = new Persisting(core, outgoing, (tookMs) =>
      this.#handingOver.late(tookMs, 'disk'),
    )
    this.#fullness = new Fullness(core, outgoing)
    const reads = (this.#reads = new Reads(core, this.#wheel))
    const proposals = (this.#proposals = new Proposals({
      core,
      wheel: this.#wheel,
      outgoing,
      persisting,
      fullness: this.#fullness,
    }))
    const applying = new Applying(core, this.#applied)
    this.replicas = new Replicas(core, this.#released)
    this.#pump = new Pump(core, proposals)
    this.#expiring = new Expiring(core)
    this.#checkpoints = new Checkpoints(core)
    this.#serving = new SnapshotServing(core)
    this.#pulling = new SnapshotPulling(core, {
      installed: (held, offer) => this.#installed(held, offer),
      isFull: () => outgoing.isFull,
    })
    this.#standings = new Standings({ core, reads, replicas: this.replicas })
    this.#turns = new Turns({
      core,
      outgoing,
      persisting,
      applying,
      beating,
      reads,
      changed: this.#changed,
      install: (held, install) => this.#pulling.want(held, install),
      upkeep: this.#upkeep,
      lagged: (lateMs) => this.#handingOver.late(lateMs, 'loop'),
    })
    const { fullness, replicas } = { fullness: this.#fullness, replicas: this.replicas }
    void new Receiving({ core, beating, proposals, fullness, replicas })
  }

  get counters(): GroupCounters {
    return this.#core.counting
  }

  held(): readonly PartitionId[] {
    return Array.from(this.#core.held(), ({ id }) => id)
  }

  status(group: PartitionId): RaftStatus | undefined {
    return this.#core.find(group)?.raft.status()
  }

  replica(group: PartitionId): Replica | undefined {
    return this.#core.find(group)?.partition
  }

  submit(
    group: PartitionId,
    at: MemberId,
    data: Uint8Array,
    options: WaitOptions,
  ): Promise<SubmitOutcome> {
    return this.#proposals.submit({ group, at, data }, options)
  }

  confirmRead(group: PartitionId, options: WaitOptions): Promise<ReadOutcome> {
    return this.#reads.confirm(group, options)
  }

  change(group: PartitionId, target: Membership): ChangeOutcome {
    const held = this.#core.find(group)
    if (held === undefined || this.#core.isStopped) return { kind: 'notLeader', hint: undefined }
    const outcome = held.raft.change(target, this.#core.moment())
    this.#core.touch(held)
    return outcome
  }

  transfer(group: PartitionId, to: MemberId): void {
    const held = this.#core.find(group)
    if (held !== undefined) this.#core.step(held, { kind: 'transfer', to })
  }

  onChanged(changed: (group: PartitionId) => void): () => void {
    return this.#core.onChanged(changed)
  }

  onApplied(applied: AppliedListener): () => void {
    this.#appliedListeners.add(applied)
    return () => void this.#appliedListeners.delete(applied)
  }

  async found(): Promise<void> {
    const { effects, log, options, settings, state } = this.#core
    assert(this.held().length === 0, 'a ring is founded once')
    const founded = foundedBy(options.self, effects.clock.wallMs())
    await log.append(foundingRecords(settings.groups, founded))
    for (const group of settings.groups) this.replicas.open(group, state.create(group), founded)
  }

  isFull(group: PartitionId): boolean {
    const held = this.#core.find(group)
    return held !== undefined && this.#fullness.isFull(held)
  }

  incoming(): readonly Incoming[] {
    return this.#pulling.incoming()
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    const core = this.#core
    if (!core.isStopped) await this.#handingOver.done()
    core.isStopped = true
    this.#turns.stop()
    this.#serving.stop()
    for (const held of core.held()) {
      this.#reads.released(held)
      held.partition.close()
    }
    this.#proposals.stop()
    this.#wheel.stop()
    await this.#checkpoints.settled()
    await core.log.close()
    await core.state.close()
  }

  /** An entry was applied, its state committed. */
  readonly #applied = (held: HeldGroup, entry: LogEntry, applied: Applied): void => {
    this.#proposals.applied(held, entry, applied.answer)
    this.#reads.applied(held)
    if (applied.sent.length > 0) this.#pump.sent(held, applied.sent)
    for (const { source, procedure, code } of applied.refused) {
      const fields = { group: held.id, source, procedure, code }
      this.#core.effects.log.warn('message.refused', fields)
    }
    for (const listener of this.#appliedListeners) listener(held.id, entry.index, applied.changes)
  }

  /** Role, term, leader or configuration changed. */
  readonly #changed = (held: HeldGroup): void => {
    const status = held.raft.status()
    held.role = status.role
    held.term = status.term
    held.leader = status.leader
    this.#beating.changed(held, status)
    this.#proposals.changed(held)
    if (held.isLeader) this.#pump.look(held)
    this.#core.tellChanged(held.id)
  }

  async #installed(...[held, offer]: Parameters<Replicas['installed']>): Promise<void> {
    await this.replicas.installed(held, offer)
    this.#reads.applied(held)
  }

  readonly #released = (held: HeldGroup): void => {
    this.#reads.released(held)
    this.#proposals.released(held)
    this.#beating.released(held)
    this.#serving.released(held.id)
    this.#pulling.released(held)
  }

  /** @returns when it is due again. */
  readonly #upkeep = (nowMs: number): number => {
    if (nowMs < this.#upkeepAtMs) return this.#upkeepAtMs
    this.#upkeepAtMs = nowMs + UPKEEP_EVERY_MS
    this.#checkpoints.look(nowMs)
    void this.#fullness.look()
    for (const held of this.#core.held()) {
      this.#standings.look(held, nowMs)
      this.#pump.look(held)
      this.#expiring.look(held)
    }
    return this.#upkeepAtMs
  }
}
