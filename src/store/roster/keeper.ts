/**
 * A member's copy of the ring's list of members. Where partition 0 is held here, the copy follows
 * the replica; elsewhere it is asked for now and then, and at once when a newer one is heard of.
 * The last copy is on disk, so that a member can start while nobody answers. It is a hint like any
 * other but for one thing: who is said to be removed stays out.
 */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import { FIRST_LEVEL } from '../../wire/levels.ts'
import { RING_PARTITION, RING_TABLE } from '../../wire/partition.ts'
import type { GroupHost, Replica } from '../group/types.ts'
import type { Etag, StoredRecord } from '../partition/procedure.ts'
import { StorageOrder } from '../placement/desired.ts'
import type { EnrolledMember, Roster } from '../placement/types.ts'
import {
  ENROLLED_MAX,
  FEATURES_PK,
  jsonOf,
  MEMBERS_PK,
  levelKey,
  levelOf,
  readLevel,
  readMemberRow,
  SETTINGS_PK,
  settingsOf,
} from './rows.ts'
import { RING_SETTINGS, ringSettingsOf } from './settings.ts'

/** Between two questions of a member that does not hold partition 0: half to one and a half. */
const ASK_EVERY_MS = 10 * SECOND_MS
/** After a failure, and between two questions for members that are not known. */
const ASK_AGAIN_MS = SECOND_MS
/** More rows than settings there are. */
const SETTINGS_ROWS_MAX = 100
/** Members that are asked for the list, one after the other. */
const ASKED_MAX = 8

/** What another member says: rows are checked here. */
export interface RosterAnswer {
  readonly roster?: {
    readonly index: number
    readonly members: readonly unknown[]
    readonly settings: Readonly<Record<string, unknown>>
    readonly level?: number
  }
}

export interface RosterKeeperOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly self: MemberId
  /** The copy on disk; `write` is durable. */
  readonly file: {
    read(): Promise<string | undefined>
    write(text: string): Promise<void>
  }
  /** Asks the first of these members that answers; the list may be empty. */
  readonly ask: (
    members: readonly EnrolledMember[],
    question: { readonly index: number },
  ) => Promise<RosterAnswer>
}

export const EMPTY_ROSTER: Roster = {
  index: 0,
  members: [],
  settings: RING_SETTINGS,
  level: FIRST_LEVEL,
}

export class RosterKeeper {
  readonly #options: RosterKeeperOptions
  readonly #listeners = new Set<(roster: Roster) => void>()
  readonly #removedListeners = new Set<() => void>()
  #isRemoved = false
  #roster: Roster = EMPTY_ROSTER
  #order = new StorageOrder([])
  #host: Pick<GroupHost, 'replica'> | undefined
  #watched: Replica | undefined
  #watches: readonly { stop(): void }[] = []
  #unfollow: (() => void) | undefined
  #timer: Timer | undefined
  #asking: Promise<void> | undefined
  #isAskingSoon = false
  #hinted = 0
  #written: Promise<void> = Promise.resolve()
  #isStopped = false

  /** With the last copy from the disk. */
  static async open(options: RosterKeeperOptions): Promise<RosterKeeper> {
    const keeper = new RosterKeeper(options)
    const text = await options.file.read()
    const roster = text === undefined ? undefined : readKeptRoster(text)
    if (roster !== undefined) keeper.#set(roster)
    else if (text !== undefined) options.effects.log.warn('roster.unreadable', {})
    return keeper
  }

  private constructor(options: RosterKeeperOptions) {
    this.#options = options
  }

  get roster(): Roster {
    return this.#roster
  }

  get order(): StorageOrder {
    return this.#order
  }

  member(id: MemberId): EnrolledMember | undefined {
    return this.#order.member(id)
  }

  /** For `Peers`: none where it is not known. */
  addressesOf(id: MemberId): readonly string[] {
    const member = this.member(id)
    if (member === undefined) this.#refreshSoon()
    return member === undefined || member.state === 'removed' ? [] : [member.address]
  }

  /**
   * Whether connections with it are kept: all that have the ring's certificate but those that were
   * removed. One that is not known here was let in a moment ago.
   */
  isAllowed(id: MemberId): boolean {
    const member = this.member(id)
    if (member === undefined) this.#refreshSoon()
    return member?.state !== 'removed'
  }

  onChanged(changed: (roster: Roster) => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** Once: this member was taken out of the ring for good, as the list or others say. */
  onRemoved(removed: () => void): void {
    if (this.#isRemoved) removed()
    else this.#removedListeners.add(removed)
  }

  /** Begins to follow: a replica here, others where there is none. */
  start(host: Pick<GroupHost, 'replica' | 'onChanged'>): void {
    this.#host = host
    this.#unfollow = host.onChanged((group) => {
      if (group === RING_PARTITION) this.#follow()
    })
    this.#follow()
    this.#askAfter(0)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#unfollow?.()
    for (const watch of this.#watches) watch.stop()
    await this.#written
  }

  /** Somebody has a list of this index. */
  hinted(index: number): void {
    if (index <= this.#roster.index) return
    this.#hinted = Math.max(this.#hinted, index)
    this.#refreshSoon()
  }

  /** What this member says to one that asks (`fetchRoster`). */
  answer({ index }: { readonly index: number }): RosterAnswer {
    if (index > this.#roster.index) this.hinted(index)
    if (index >= this.#roster.index) return {}
    const { members, settings, level } = this.#roster
    return { roster: { index: this.#roster.index, members, settings: { ...settings }, level } }
  }

  /** Asks others once; resolves when it has been tried. */
  refresh(): Promise<void> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  #follow(): void {
    const replica = this.#host?.replica(RING_PARTITION)
    if (replica === this.#watched || this.#isStopped) return
    for (const watch of this.#watches) watch.stop()
    this.#watches = []
    this.#watched = replica
    if (replica === undefined) return
    const fromIndex = replica.appliedIndex
    const changed = (): void => this.#readFrom(replica)
    this.#watches = [MEMBERS_PK, SETTINGS_PK, FEATURES_PK].flatMap(
      (pk) => replica.watch({ table: RING_TABLE, pk, fromIndex }, changed) ?? [],
    )
    this.#readFrom(replica)
  }

  #readFrom(replica: Replica): void {
    const list = (pk: string, limit: number): readonly StoredRecord[] =>
      replica.list({ table: RING_TABLE, pk, limit }).items
    const members = list(MEMBERS_PK, ENROLLED_MAX)
    const settings = list(SETTINGS_PK, SETTINGS_ROWS_MAX)
    const level = replica.get(levelKey())
    const rows = [...members, ...settings, ...(level === undefined ? [] : [level])]
    this.#set({
      index: Math.max(0, ...rows.map(({ etag }) => versionOf(etag))),
      members: members.flatMap(({ value }) => readMemberRow(jsonOf(value)) ?? []),
      settings: settingsOf(settings),
      level: levelOf(level),
    })
  }

  /** An older list, which a replica that catches up shows for a moment, changes nothing. */
  #set(roster: Roster): void {
    if (roster.index <= this.#roster.index) return
    this.#roster = roster
    this.#order = new StorageOrder(roster.members)
    const text = JSON.stringify(roster)
    const { file, effects } = this.#options
    this.#written = this.#written
      .then(() => file.write(text))
      .catch((thrown: unknown) => {
        effects.log.warn('roster.unwritten', { problem: String(thrown) })
      })
    for (const listener of this.#listeners) listener(roster)
    if (this.member(this.#options.self)?.state === 'removed') this.#tellRemoved()
  }

  #tellRemoved(): void {
    this.#isRemoved = true
    for (const listener of this.#removedListeners) listener()
    this.#removedListeners.clear()
  }

  #refreshSoon(): void {
    if (this.#timer === undefined || this.#watched !== undefined) return
    if (this.#isAskingSoon || this.#asking !== undefined) return
    this.#isAskingSoon = true
    this.#askAfter(this.#jittered(ASK_AGAIN_MS))
  }

  #askAfter(delayMs: number): void {
    const { clock } = this.#options.effects
    this.#timer?.cancel()
    if (this.#isStopped) return
    this.#timer = clock.after(delayMs, () => {
      this.#isAskingSoon = false
      void this.refresh().then(() => {
        const isBehind = this.#hinted > this.#roster.index || this.#roster.index === 0
        this.#askAfter(this.#jittered(isBehind ? ASK_AGAIN_MS : ASK_EVERY_MS))
      })
    })
  }

  /** Never rejects. */
  async #ask(): Promise<void> {
    if (this.#watched !== undefined && this.#roster.index > 0) return
    try {
      const { index } = this.#roster
      const { roster } = await this.#options.ask(this.#asked(), { index })
      const read = roster === undefined ? undefined : readRoster(roster)
      if (read !== undefined && !this.#isStopped) this.#set(read)
    } catch (thrown) {
      if (isAnilloError(thrown, 'MEMBER_REMOVED')) this.#tellRemoved()
      this.#options.effects.log.debug('roster.unanswered', { problem: String(thrown) })
    }
  }

  /** Those that ought to hold partition 0 first, in an order by chance. */
  #asked(): readonly EnrolledMember[] {
    const { random } = this.#options.effects
    const others = [...this.#order.from(RING_PARTITION)].filter(
      ({ id }) => id !== this.#options.self,
    )
    const holders = others.slice(0, ASKED_MAX)
    return holders
      .map((member) => ({ member, key: random.u32() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ member }) => member)
  }

  #jittered(delayMs: number): number {
    return delayMs * (0.5 + this.#options.effects.random.fraction())
  }
}

/** Greater is newer, over a `recover` too, which raises the generation. */
function versionOf({ generation, index }: Etag): number {
  return generation * 2 ** 40 + index
}

/** As a keeper wrote it to its file; `undefined` where it is no list of members. */
export function readKeptRoster(text: string): Roster | undefined {
  return readRoster(tryJson(text))
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `undefined` where the value is no list of members. */
function readRoster(value: unknown): Roster | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!('index' in value && 'members' in value && 'settings' in value)) return undefined
  const { index, members, settings } = value
  const level = 'level' in value ? readLevel(value.level) : FIRST_LEVEL
  if (typeof index !== 'number' || !Array.isArray(members)) return undefined
  const rows = members.flatMap((row: unknown) => readMemberRow(row) ?? [])
  if (rows.length !== members.length) return undefined
  return { index, members: rows, settings: ringSettingsOf(settings), level }
}
