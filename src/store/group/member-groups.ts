/** All groups of one member as others see them: the parts of this folder, put together. */
import { assert } from '../../base/assert.ts'
import { Histogram } from '../../base/histogram.ts'
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { ChangeOutcome, Membership, RaftStatus } from '../../consensus/types.ts'
import { TimerWheel } from '../../rpc/timer-wheel.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogEntry } from '../../wire/raft.ts'
import type { Applied } from '../partition/types.ts'
import { Applying } from './applying.ts'
import { Beating } from './beating.ts'
import { Checkpoints } from './checkpoints.ts'
import type { Core } from './core.ts'
import { Cutting } from './cutting.ts'
import { Expiring } from './expiring.ts'
import { foundedBy, foundingRecords } from './founding.ts'
import { Fullness } from './fullness.ts'
import { HandingOver } from './handing-over.ts'
import type { HeldGroup } from './held-group.ts'
import { APPEND_TIMES, UPKEEP_EVERY_MS } from './limits.ts'
import { Outgoing } from './outgoing.ts'
import { Persisting } from './persisting.ts'
import { Proposals } from './proposals.ts'
import { Pump } from './pump.ts'
import { Reads } from './reads.ts'
import { receiveBundles } from './receiving.ts'
import { Replicas } from './replicas.ts'
import { SnapshotPulling } from './snapshot-pulling.ts'
import { SnapshotServing } from './snapshot-serving.ts'
import { Standings } from './standing.ts'
import { Turns } from './turn.ts'
import type {
  AppliedListener,
  BackupCut,
  GroupCounters,
  GroupHost,
  Incoming,
  ReadOutcome,
  Replica,
  StoredSizes,
  SubmitOutcome,
  WaitOptions,
} from './types.ts'

export class MemberGroups implements GroupHost {
  readonly appendTimes = new Histogram(APPEND_TIMES)
  readonly replicas: Replicas
  readonly #core: Core
  readonly #wheel: TimerWheel
  readonly #beating: Beating
  readonly #checkpoints: Checkpoints
  readonly #cutting: Cutting
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
    const wheel = new TimerWheel(core.effects.clock)
    const outgoing = new Outgoing(core)
    const beating = new Beating(core, outgoing)
    const handingOver = new HandingOver(core, beating)
    const lagged = (tookMs: number): void => {
      this.appendTimes.add(tookMs / SECOND_MS)
      handingOver.late(tookMs, 'disk')
    }
    const persisting = new Persisting(core, outgoing, lagged)
    const fullness = new Fullness(core, outgoing, handingOver)
    const reads = new Reads(core, wheel)
    const proposals = new Proposals({ core, wheel, outgoing, persisting, fullness })
    const replicas = new Replicas(core, (held) => this.#released(held))
    this.#core = core
    this.#wheel = wheel
    this.#beating = beating
    this.#handingOver = handingOver
    this.#fullness = fullness
    this.#reads = reads
    this.#proposals = proposals
    this.replicas = replicas
    this.#pump = new Pump(core, proposals)
    this.#cutting = new Cutting(core)
    this.#expiring = new Expiring(core)
    this.#checkpoints = new Checkpoints(core)
    this.#serving = new SnapshotServing(core)
    this.#pulling = new SnapshotPulling(core, {
      installed: (held, offer) => this.#installed(held, offer),
      isFull: () => outgoing.isFull,
    })
    this.#standings = new Standings({ core, reads, replicas })
    this.#turns = new Turns({
      core,
      outgoing,
      persisting,
      applying: new Applying(core, (...told) => this.#applied(...told)),
      beating,
      reads,
      changed: (held) => this.#changed(held),
      install: (held, install) => this.#pulling.want(held, install),
      upkeep: (nowMs) => this.#upkeep(nowMs),
      lagged: (lateMs) => handingOver.late(lateMs, 'loop'),
    })
    receiveBundles({ core, beating, proposals, fullness, replicas })
  }

  get counters(): GroupCounters {
    return this.#core.counting
  }

  held(): readonly PartitionId[] {
    return this.#core.held.map(({ id }) => id)
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

  cut(number: number, groups: readonly PartitionId[]): BackupCut {
    return this.#cutting.begin(number, groups)
  }

  get isDiskFull(): boolean {
    return this.#fullness.isFull(this.#core.self)
  }

  get freeBytes(): number | undefined {
    return this.#fullness.freeBytes
  }

  isFull(member: MemberId): boolean {
    return this.#fullness.isFull(member)
  }

  async sizes(): Promise<StoredSizes> {
    const { log, state } = this.#core
    const databaseBytes = await state.size()
    return { logBytes: log.bytes, databaseBytes, unwrittenBytes: state.unwrittenBytes }
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
    this.#cutting.stop()
    for (const held of core.held) {
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
  #applied(held: HeldGroup, entry: LogEntry, applied: Applied): void {
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
  #changed(held: HeldGroup): void {
    const status = held.raft.status()
    const { counting } = this.#core
    if (status.role === 'leader' && !held.isLeader) counting.leadershipsTaken++
    if (status.term > held.term) counting.terms++
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

  #released(held: HeldGroup): void {
    this.#reads.released(held)
    this.#proposals.released(held)
    this.#beating.released(held)
    this.#serving.released(held.id)
    this.#pulling.released(held)
  }

  /** @returns when it is due again. */
  #upkeep(nowMs: number): number {
    if (nowMs < this.#upkeepAtMs) {
      if (this.#fullness.isUnsure) void this.#fullness.look()
      return this.#upkeepAtMs
    }
    this.#upkeepAtMs = nowMs + UPKEEP_EVERY_MS
    this.#checkpoints.look(nowMs)
    void this.#fullness.look()
    for (const held of this.#core.held) {
      this.#standings.look(held, nowMs)
      this.#pump.look(held)
      this.#expiring.look(held)
    }
    return this.#upkeepAtMs
  }
}
