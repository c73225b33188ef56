/**
 * One member with one group, its disk and its state, as a host drives them: what a step asks for is
 * done in the order that `RaftOutput` demands. When the disk syncs and what becomes of packets is
 * for the test to say.
 */
import assert from 'node:assert/strict'

import { parseMemberId, type MemberId } from '../base/ids.ts'
import type { Chance } from '../base/random.ts'
import { decodeConfiguration } from '../wire/configuration.ts'
import { partitionIdOf } from '../wire/partition.ts'
import type {
  Beat,
  BeatAnswer,
  Configuration,
  HardState,
  LogEntry,
  LogPoint,
  RaftMessage,
  SnapshotOffer,
} from '../wire/raft.ts'
import { Beats } from './beats.ts'
import { membersOf } from './configurations.ts'
import { RaftGroup } from './group.ts'
import type {
  AddressedMessage,
  Membership,
  Moment,
  Persist,
  RaftEvent,
  RaftOutput,
  RaftSettings,
  ReadOutcome,
} from './types.ts'

export const GROUP = partitionIdOf(7)

/** `m3` is member 3. */
export function memberId(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

export function memberName(id: MemberId): string {
  return `m${Number.parseInt(id, 16)}`
}

export type Packet =
  | { readonly kind: 'message'; readonly message: RaftMessage }
  | { readonly kind: 'beat'; readonly beat: Beat }
  | { readonly kind: 'beatAnswer'; readonly answer: BeatAnswer }

/** What was applied, up to a point. */
export interface State {
  readonly point: LogPoint
  readonly timeMs: number
  readonly configuration: Configuration | undefined
}

/** What outlives a crash. */
export interface Disk {
  hardState: HardState
  /** Of the log. */
  base: LogPoint
  entries: LogEntry[]
  state: State
  wasLeader: boolean
}

export const EMPTY_STATE: State = {
  point: { index: 0, term: 0 },
  timeMs: 0,
  configuration: undefined,
}

export function newDisk(configuration?: Configuration): Disk {
  return {
    hardState: { term: 0, vote: undefined },
    base: EMPTY_STATE.point,
    entries: [],
    state: { ...EMPTY_STATE, configuration },
    wasLeader: false,
  }
}

/** What a member does that a test may want to know. */
export interface Watcher {
  send(from: TestMember, to: MemberId, packet: Packet): void
  taken?(member: TestMember, output: RaftOutput): void
  applied?(member: TestMember, entries: readonly LogEntry[]): void
  read?(member: TestMember, outcome: ReadOutcome): void
}

interface Batch {
  readonly persist: Persist | undefined
  readonly promises: readonly AddressedMessage[]
}

/** Its log, written or not. */
export function logOf({ disk, unsynced }: TestMember): readonly LogEntry[] {
  let log: readonly LogEntry[] = disk.entries
  for (const { persist } of unsynced) {
    const first = persist?.entries[0]
    if (persist === undefined || first === undefined) continue
    log = [...log.filter(({ index }) => index < first.index), ...persist.entries]
  }
  return log
}

export interface MemberOptions {
  readonly id: MemberId
  readonly disk: Disk
  readonly settings: RaftSettings
  readonly chance: Chance
  readonly moment: Moment
  readonly watcher: Watcher
}

export class TestMember {
  readonly id: MemberId
  readonly disk: Disk
  readonly group: RaftGroup
  readonly beats: Beats
  moment: Moment
  /** Volatile; the disk holds an older one. */
  state: State
  installing: { readonly from: MemberId; readonly snapshot: SnapshotOffer } | undefined
  /** Written, not synced. */
  readonly unsynced: Batch[] = []
  readonly openReads = new Set<number>()
  readonly #watcher: Watcher
  #isInTurn = false

  constructor({ id, disk, settings, chance, moment, watcher }: MemberOptions) {
    this.id = id
    this.disk = disk
    this.moment = moment
    this.state = disk.state
    this.#watcher = watcher
    this.beats = new Beats({ chance })
    const { point } = disk.state
    // The state may have been made durable before the log was: that begins anew behind it.
    if (point.index > (disk.entries.at(-1)?.index ?? disk.base.index)) {
      disk.base = point
      disk.entries = []
    }
    this.group = new RaftGroup({
      group: GROUP,
      self: id,
      settings,
      chance,
      beats: this.beats,
      nowMs: moment.nowMs,
      restored: {
        hardState: disk.hardState,
        base: disk.base,
        applied: point.index,
        timeMs: disk.state.timeMs,
        configuration: disk.state.configuration,
        entries: disk.entries,
        wasLeader: disk.wasLeader,
      },
    })
    this.#tellBeats()
  }

  get name(): string {
    return memberName(this.id)
  }

  /** Steps and takes: a turn of one event. */
  step(event: RaftEvent): void {
    if (event.kind === 'read') this.openReads.add(event.token)
    this.group.step(event, this.moment)
    this.take()
  }

  propose(data: Uint8Array) {
    const outcome = this.group.propose(data, this.moment)
    this.take()
    return outcome
  }

  change(target: Membership) {
    const outcome = this.group.change(target, this.moment)
    this.take()
    return outcome
  }

  /** All that runs meanwhile is one turn: taken once, at its end. */
  turn(run: () => void): void {
    this.#isInTurn = true
    run()
    this.#isInTurn = false
    this.take()
  }

  take(): void {
    if (this.#isInTurn) return
    const output = this.group.take()
    this.#watcher.taken?.(this, output)
    if (output.isChanged) this.#tellBeats()
    for (const { to, message } of output.messages) this.#send(to, { kind: 'message', message })
    const { persist, messagesAfterPersist: promises } = output
    if (persist !== undefined || promises.length > 0) this.unsynced.push({ persist, promises })
    if (output.install !== undefined) this.installing = output.install
    for (const outcome of output.reads) {
      this.openReads.delete(outcome.token)
      this.#watcher.read?.(this, outcome)
    }
    if (output.commit !== undefined) {
      this.beats.committed(GROUP, output.commit)
      this.#apply()
    }
    if (output.wantsRound) this.beat()
    if (persist === undefined && promises.length > 0 && this.unsynced.length === 1) this.sync()
  }

  #send(to: MemberId, packet: Packet): void {
    this.#watcher.send(this, to, packet)
  }

  #tellBeats(): void {
    const { role, term, configuration, commit } = this.group.status()
    this.disk.wasLeader = role === 'leader'
    this.beats.holds(GROUP, term)
    if (role !== 'leader' || configuration === undefined) return this.beats.unlead(GROUP)
    const followers = membersOf(configuration).filter((member) => member !== this.id)
    this.beats.lead(GROUP, term, { followers, commit })
  }

  #apply(): void {
    for (;;) {
      const entries = this.group.entriesToApply(APPLY_BYTES)
      const last = entries.at(-1)
      if (last === undefined) return
      this.state = stateAfter(this.state, entries)
      this.#watcher.applied?.(this, entries)
      this.group.step({ kind: 'applied', index: last.index }, this.moment)
    }
  }

  /** Beats all its followers. */
  beat(): void {
    for (const { to, beat } of this.beats.next(this.moment.nowMs)) {
      this.#send(to, { kind: 'beat', beat })
    }
  }

  receive(from: MemberId, packet: Packet): void {
    switch (packet.kind) {
      case 'message':
        return this.step({ kind: 'message', from, message: packet.message })
      case 'beat': {
        const { answer, commits } = this.beats.received(from, packet.beat, this.moment.nowMs)
        for (const { term, index } of commits) this.step({ kind: 'committed', from, term, index })
        return this.#send(from, { kind: 'beatAnswer', answer })
      }
      case 'beatAnswer':
        if (this.beats.answered(from, packet.answer)) this.step({ kind: 'confirmed' })
        return
      default:
        throw new Error('unknown packet')
    }
  }

  /** The oldest batch reaches the disk: its promises leave. */
  sync(): void {
    const batch = this.unsynced.shift()
    if (batch === undefined) return
    const { persist, promises } = batch
    if (persist !== undefined) writeTo(this.disk, persist)
    for (const { to, message } of promises) this.#send(to, { kind: 'message', message })
    if (persist !== undefined) this.step(persist.persisted)
    const next = this.unsynced[0]
    if (next !== undefined && next.persist === undefined) this.sync()
  }

  syncAll(): void {
    while (this.unsynced.length > 0) this.sync()
  }

  /** A crash: of what waits, so many batches are on the disk, and nothing leaves. */
  loseUnsynced(survivingBatches: number): void {
    for (const { persist } of this.unsynced.slice(0, survivingBatches)) {
      if (persist !== undefined) writeTo(this.disk, persist)
    }
    this.unsynced.length = 0
  }

  writeState(): void {
    this.disk.state = this.state
  }

  /** The state is made durable, and the machine may forget what it holds. */
  checkpoint(): void {
    this.writeState()
    this.step({ kind: 'compact', through: this.state.point })
  }

  /** The log on disk loses what the durable state holds. */
  trimLog(): void {
    const { point } = this.disk.state
    this.disk.entries = this.disk.entries.filter(({ index }) => index > point.index)
    this.disk.base = point
  }

  /** The snapshot that it asked for has come, as of the source's state. */
  installFrom(source: State): void {
    const { configuration, point, timeMs } = source
    assert.ok(configuration !== undefined, 'a state behind a base has a configuration')
    this.installing = undefined
    // What waits to be written is of the log that is replaced; its hard state stays.
    this.syncAll()
    this.state = this.disk.state = source
    this.disk.base = point
    this.disk.entries = []
    this.step({ kind: 'installed', snapshot: { point, configuration }, timeMs })
  }

  failInstall(): void {
    const { installing } = this
    assert.ok(installing !== undefined, 'nothing is being installed')
    this.installing = undefined
    this.step({ kind: 'installFailed', point: installing.snapshot.point })
  }
}

/** Small, so that tests see more than one slice. */
const APPLY_BYTES = 256

function stateAfter(state: State, entries: readonly LogEntry[]): State {
  let { configuration, point, timeMs } = state
  for (const entry of entries) {
    assert.equal(entry.index, point.index + 1, 'entries are applied in order')
    assert.ok(entry.timeMs >= timeMs, 'logged time never goes back')
    point = { index: entry.index, term: entry.term }
    timeMs = entry.timeMs
    if (entry.kind === 'configuration') configuration = decodeConfiguration(entry.data)
  }
  return { point, timeMs, configuration }
}

function writeTo(disk: Disk, { hardState, entries: written }: Persist): void {
  if (hardState !== undefined) disk.hardState = hardState
  // The base may have moved on before the log was written.
  const entries = written.filter(({ index }) => index > disk.base.index)
  const first = entries[0]
  if (first === undefined) return
  disk.entries = disk.entries.filter(({ index }) => index < first.index)
  const last = disk.entries.at(-1)?.index ?? disk.base.index
  assert.equal(first.index, last + 1, 'the log on disk has no gap')
  disk.entries.push(...entries)
}
