/**
 * The state of one member (architecture 5, *State*): docs/spec/state.md tells the layout, what an
 * incarnation goes through, and who keeps which promise.
 *
 * What stands in clear in the database: keys, so groups, tables and sort keys as the partition
 * writes them; how many rows there are and how long their values. All values are sealed.
 */
import { assert, present } from '../../base/assert.ts'
import { AnilloError } from '../../base/errors.ts'
import type { Cipher } from '../../effects/cipher.ts'
import type { Clock } from '../../effects/clock.ts'
import type { Database, Databases } from '../../effects/database.ts'
import type { Random } from '../../effects/random.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { LOG_START, type SnapshotOffer } from '../../wire/raft.ts'
import { Cleaner } from './cleaner.ts'
import { ViewedCut } from './cut.ts'
import { FLUSH_BYTES, Flusher } from './flusher.ts'
import { HeldGroup } from './held-group.ts'
import { markKey, sinkKey, type Incarnation } from './keys.ts'
import type { OverlayTotal } from './overlay.ts'
import { turnOver } from './pieces.ts'
import { recover, type Recovered } from './recovery.ts'
import { encodeMark, hashOfOffer, type MarkRow, type SinkRow } from './rows.ts'
import { Sealer } from './sealer.ts'
import { DiskSink, sinkWrite } from './snapshot-sink.ts'
import { FrozenGroup, StateHash, ViewedSnapshot } from './snapshot-source.ts'
import type { Vault } from './stored-rows.ts'
import type {
  GroupMark,
  GroupState,
  HashedState,
  MemberState,
  SnapshotSink,
  SnapshotSource,
  StateCut,
} from './types.ts'

export interface StateEffects {
  readonly databases: Databases
  readonly cipher: Cipher
  readonly random: Random
  readonly clock: Clock
}

export interface StateOptions {
  /** Of the database, in the member's directory. */
  readonly path: string
  /** 32 bytes that values are sealed under. */
  readonly key: Uint8Array
  /**
   * The medium failed while writing: the process must end. A full disk is tried again.
   * DATA_DAMAGED: a value that was read is rotten, this member's data must be given up.
   */
  readonly onFailure: (error: unknown) => void
}

/** @throws AnilloError DATA_DAMAGED, also where the key is another one */
export async function openState(
  effects: StateEffects,
  options: StateOptions,
): Promise<MemberState> {
  const { cipher, random } = effects
  const { path, key } = options
  const database = await effects.databases.open(path)
  try {
    let isOpen = false
    const onDamage = (error: unknown): void => {
      if (isOpen) options.onFailure(error)
    }
    const vault = { path, sealer: new Sealer({ cipher, random, key }), onDamage }
    const recovered = await recover(database, vault)
    isOpen = true
    return new DatabaseState({ ...options, clock: effects.clock, database, vault }, recovered)
  } catch (error) {
    await database.close()
    throw error
  }
}

interface Parts extends Pick<StateOptions, 'onFailure'> {
  readonly clock: Clock
  readonly database: Database
  readonly vault: Vault
}

class DatabaseState implements MemberState {
  readonly #parts: Parts
  readonly #groups = new Map<PartitionId, HeldGroup>()
  readonly #sinkRows: Map<PartitionId, SinkRow>
  readonly #sinks = new Map<PartitionId, DiskSink>()
  readonly #incarnations: Map<PartitionId, Incarnation>
  readonly #installs = new Map<PartitionId, Promise<void>>()
  readonly #flusher: Flusher
  readonly #cleaner: Cleaner
  readonly #unwritten: OverlayTotal = { bytes: 0 }
  #isClosed = false

  constructor(parts: Parts, recovered: Recovered) {
    const { clock, database, vault, onFailure } = parts
    this.#parts = parts
    this.#flusher = new Flusher({ clock, database, sealer: vault.sealer, onFailure })
    this.#cleaner = new Cleaner(clock, database)
    this.#sinkRows = new Map(recovered.sinks)
    this.#incarnations = new Map(recovered.incarnations)
    for (const [group, row] of recovered.groups) this.#hold(group, row, true)
    for (const garbage of recovered.garbage) this.#cleaner.add(garbage)
  }

  get groups(): ReadonlyMap<PartitionId, GroupState> {
    return this.#groups
  }

  get unwrittenBytes(): number {
    return this.#unwritten.bytes
  }

  create(group: PartitionId): GroupState {
    assert(!this.#groups.has(group), `group ${group} is begun once`)
    const mark: GroupMark = { applied: LOG_START, configuration: undefined }
    const held = this.#hold(group, { incarnation: this.#nextIncarnation(group), mark }, false)
    this.#flusher.applied(held, false)
    return held
  }

  async drop(group: PartitionId): Promise<void> {
    await this.#installs.get(group)
    const { database } = this.#parts
    const held = this.#groups.get(group)
    const sink = this.#takeSink(group)
    held?.drop()
    this.#groups.delete(group)
    const keys = [markKey(group), sinkKey(group)]
    await database.write(keys.map((key) => ({ kind: 'delete', key }) as const))
    await database.checkpoint()
    if (held !== undefined) this.#cleaner.add({ group, incarnation: held.incarnation })
    if (sink !== undefined) this.#cleaner.add({ group, incarnation: sink.incarnation })
  }

  async checkpoint(): Promise<ReadonlyMap<PartitionId, GroupMark>> {
    await this.#flusher.flush(this.#groups.values())
    const points = new Map<PartitionId, GroupMark>()
    for (const [group, { written }] of this.#groups) {
      if (written !== undefined) points.set(group, written)
    }
    await this.#parts.database.checkpoint()
    return points
  }

  async snapshot(group: PartitionId): Promise<SnapshotSource> {
    return new ViewedSnapshot(await this.#frozen(group))
  }

  async stateHash(group: PartitionId): Promise<HashedState> {
    const frozen = await this.#frozen(group)
    try {
      const hash = new StateHash(frozen.row)
      while (!frozen.isEnd) {
        hash.add(frozen.nextEntries())
        await turnOver(this.#parts.clock)
      }
      return { point: frozen.row.mark.applied, hash: hash.digestHex() }
    } finally {
      frozen.close()
    }
  }

  cut(groups: readonly PartitionId[]): StateCut {
    const { database, vault } = this.#parts
    const held = groups.map((group) => present(this.#groups.get(group), 'a group that is held'))
    return new ViewedCut({ view: database.view(), vault, groups: held })
  }

  taking(group: PartitionId): SnapshotOffer | undefined {
    return (this.#sinks.get(group) ?? this.#sinkRows.get(group))?.offer
  }

  async sink(group: PartitionId, offer: SnapshotOffer): Promise<SnapshotSink> {
    await this.#installs.get(group)
    const known = this.#takeSink(group)
    if (known !== undefined && hashOfOffer(known.offer) === hashOfOffer(offer)) {
      return this.#openSink(group, known)
    }
    if (known !== undefined) this.#cleaner.add({ group, incarnation: known.incarnation })
    const hash = hashOfOffer(offer)
    const incarnation = this.#nextIncarnation(group)
    const row: SinkRow = { incarnation, offer, nextBlock: 0, hash, isComplete: false }
    const sink = this.#openSink(group, row)
    await this.#parts.database.write([sinkWrite({ group, vault: this.#parts.vault }, row)])
    return sink
  }

  size(): Promise<number> {
    return this.#parts.database.size()
  }

  /** What is applied is written first, as far as there is room for it. */
  async close(): Promise<void> {
    assert(!this.#isClosed, 'the state is closed once')
    this.#isClosed = true
    await this.#cleaner.stop()
    await this.#flusher.flush(this.#groups.values()).catch(() => undefined)
    this.#flusher.stop(new AnilloError('BUSY', { what: 'the end of this member' }))
    await this.#parts.database.close()
  }

  #hold(group: PartitionId, row: MarkRow, isWritten: boolean): HeldGroup {
    const { database, vault } = this.#parts
    const onCommit = (changed: HeldGroup): void => {
      this.#flusher.applied(changed, this.unwrittenBytes >= FLUSH_BYTES)
    }
    const unwritten = this.#unwritten
    const held = new HeldGroup({ group, database, vault, unwritten, onCommit }, row, isWritten)
    this.#groups.set(group, held)
    return held
  }

  #nextIncarnation(group: PartitionId): Incarnation {
    const incarnation = (this.#incarnations.get(group) ?? 0) + 1
    this.#incarnations.set(group, incarnation)
    return incarnation
  }

  async #frozen(group: PartitionId): Promise<FrozenGroup> {
    const held = this.#groups.get(group)
    if (held !== undefined) await this.#flusher.flush([held])
    if (held === undefined || this.#groups.get(group) !== held) {
      throw new AnilloError('NOT_FOUND', { what: `group ${group} here` })
    }
    const view = this.#parts.database.view()
    try {
      return new FrozenGroup(view, this.#parts.vault, group)
    } catch (error) {
      view.close()
      throw error
    }
  }

  #takeSink(group: PartitionId): SinkRow | undefined {
    const row = this.#sinks.get(group)?.end() ?? this.#sinkRows.get(group)
    this.#sinks.delete(group)
    this.#sinkRows.delete(group)
    return row
  }

  #openSink(group: PartitionId, row: SinkRow): DiskSink {
    const { clock, database, vault } = this.#parts
    const install = (complete: SinkRow): Promise<void> => this.#install(group, complete)
    const abandon = (known: SinkRow): Promise<void> => this.#abandon(group, known)
    const sink = new DiskSink({ group, clock, database, vault, install, abandon }, row)
    this.#sinks.set(group, sink)
    return sink
  }

  async #abandon(group: PartitionId, row: SinkRow): Promise<void> {
    this.#sinks.delete(group)
    await this.#parts.database.write([{ kind: 'delete', key: sinkKey(group) }])
    this.#cleaner.add({ group, incarnation: row.incarnation })
  }

  async #install(group: PartitionId, { incarnation, offer }: SinkRow): Promise<void> {
    this.#sinks.delete(group)
    const mark = { applied: offer.point, configuration: offer.configuration }
    const installed = this.#installRow(group, { incarnation, mark })
    this.#installs.set(
      group,
      installed.catch(() => undefined),
    )
    try {
      await installed
    } finally {
      this.#installs.delete(group)
    }
  }

  /** One row says which incarnation is served: after a crash it is the old one or the other. */
  async #installRow(group: PartitionId, row: MarkRow): Promise<void> {
    const { database, vault } = this.#parts
    const held = this.#groups.get(group)
    held?.beginReplacing()
    try {
      const key = markKey(group)
      const value = vault.sealer.seal(encodeMark(row), key)
      await database.write([
        { kind: 'put', key, value },
        { kind: 'delete', key: sinkKey(group) },
      ])
      await database.checkpoint()
    } catch (error) {
      if (held !== undefined) {
        held.keep()
        this.#flusher.applied(held, false)
      }
      throw error
    }
    if (held === undefined) this.#hold(group, row, true)
    else this.#cleaner.add({ group, incarnation: held.replace(row) })
  }
}
