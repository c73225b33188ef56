/**
 * Runs the plan of every group that this member leads: on ticks, often while something moves, and
 * when a group changes. Repairs, growth, draining and balance are one thing here: the difference
 * between the configuration that is and the one that is to be (plan.ts).
 */
import type { MemberId } from '../../base/ids.ts'
import { SECOND_MS } from '../../base/limits.ts'
import type { Progress, RaftStatus } from '../../consensus/types.ts'
import type { Timer } from '../../effects/clock.ts'
import type { Effects } from '../../effects/effects.ts'
import { RING_PARTITION, type PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import { askPlace, type LedReport, type PlaceQuestion } from '../../wire/roster.ts'
import type { GroupHost } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import type { StorageOrder } from './desired.ts'
import { Heard } from './heard.ts'
import { begunOf, keyOf, replicaMoveOf, type Begun } from './move-report.ts'
import { PLACE_TELL_MS, type HeldPlace } from './places.ts'
import type { Move, Plan, PlanGroup, PlanRing, Step } from './plan-types.ts'
import { isCaughtUpIn, planGroup } from './plan.ts'
import { nextHandover, type LedGroup } from './spread.ts'
import type { RingSettings } from './types.ts'

/** After a step: a fresh group copies in less. Doubles while nothing comes of it. */
const TICK_MIN_MS = 50
/** While nothing moves. */
const TICK_MAX_MS = SECOND_MS
/** A step that is not done by then is planned again: a transfer may come to nothing. */
const STEP_TIMEOUT_MS = 2 * SECOND_MS
/** Between two leaderships handed over: the others have noticed the last by then. */
const HANDOVER_EVERY_MS = 100
/** A log so short, of a group as it was founded, is copied at once and takes no place. */
const SMALL_ENTRIES = 64
/** A member that had no place is asked again after half to one and a half of this. */
const FULL_FOR_MS = 200
/** A newcomer that did not answer is asked again: soon, for it may be starting, then seldom. */
const PROBE_MIN_MS = 100
const PROBE_MAX_MS = 5 * SECOND_MS

export interface MoverOptions {
  readonly effects: Pick<Effects, 'clock' | 'random' | 'log'>
  readonly self: MemberId
  readonly host: Pick<GroupHost, 'held' | 'status' | 'change' | 'transfer' | 'onChanged' | 'isFull'>
  readonly peers: Pick<Peers, 'ask'>
  readonly ring: () => {
    /** Of the list, where there is one that others may lack. */
    readonly index?: number
    readonly order: StorageOrder
    readonly settings: RingSettings
  }
  /** Who leads which group, as far as it is known here. */
  readonly leaders: () => ReadonlyMap<PartitionId, MemberId>
  /** Each chunk of the group has the copies that it needs among `staying`. */
  readonly chunksSafe: (group: PartitionId, staying: readonly MemberId[]) => boolean
}

/** Of a group that is led here. */
type LeaderStatus = RaftStatus & { readonly configuration: Configuration }

interface Led {
  readonly group: PartitionId
  /** As of the last tick. */
  status: LeaderStatus
  plan: Plan
  /** With these, and all alive, there was nothing to do. */
  restsWith: { readonly configuration: Configuration; readonly order: StorageOrder } | undefined
  /** No step before. */
  notBeforeMs: number
  /** A place is being asked for. */
  isAsking: boolean
  /** By `kind to from`. */
  begun: Map<string, Begun>
}

export class Mover {
  readonly #options: MoverOptions
  readonly #heard: Heard
  readonly #led = new Map<PartitionId, Led>()
  /** Groups that may be led here since the last tick. */
  readonly #changed = new Set<PartitionId>()
  /** By member: places held there. */
  readonly #places = new Map<MemberId, Map<PartitionId, HeldPlace>>()
  /** Members without a place, until when. */
  readonly #fullUntilMs = new Map<MemberId, number>()
  readonly #probes = new Map<MemberId, { readonly dueMs: number; readonly pauseMs: number }>()
  #order: StorageOrder | undefined
  #stableSinceMs: number
  #handoverAtMs = 0
  #hasRepairs = true
  #timer: Timer | undefined
  #dueMs = Infinity
  #paceMs = TICK_MIN_MS
  #tickedAtMs = -Infinity
  #unfollow: (() => void) | undefined
  #isStopped = false

  constructor(options: MoverOptions) {
    this.#options = options
    this.#heard = new Heard(options.effects.clock)
    this.#stableSinceMs = options.effects.clock.nowMs()
  }

  start(): void {
    for (const group of this.#options.host.held()) this.#changed.add(group)
    this.#unfollow = this.#options.host.onChanged((group) => {
      this.#changed.add(group)
      const led = this.#led.get(group)
      if (led !== undefined) led.notBeforeMs = 0
      this.#hurry()
    })
    this.#hurry()
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#unfollow?.()
  }

  /** The list of members, or what chunks need, changed. */
  changed(): void {
    this.#hurry()
  }

  /** Groups led here, what is to move in them, and what each move waits for (`describeLed`). */
  report(): readonly LedReport[] {
    const nowMs = this.#options.effects.clock.nowMs()
    return [...this.#led.values()].flatMap((led) => {
      const status = this.#options.host.status(led.group)
      if (status?.configuration === undefined) return []
      const { voters, learners, outgoing } = status.configuration
      const named = [...voters, ...learners, ...(outgoing ?? [])]
      return {
        group: led.group,
        term: status.term,
        voters: [...voters],
        learners: [...learners],
        ...(outgoing === undefined ? {} : { outgoing: [...outgoing] }),
        down: [...new Set(named)].filter((id) => !this.#isLive(id)),
        moves: led.plan.moves.map((move) => replicaMoveOf(move, led.begun.get(keyOf(move)), nowMs)),
      }
    })
  }

  #isLive(member: MemberId): boolean {
    return !this.#heard.downSinceMs.has(member)
  }

  /**
   * Something happened: look at once, and often for a while. Where many groups change together, as
   * after a restart, they are looked at together.
   */
  #hurry(): void {
    this.#paceMs = TICK_MIN_MS / 2
    const nowMs = this.#options.effects.clock.nowMs()
    this.#wake(Math.max(0, this.#tickedAtMs + TICK_MIN_MS - nowMs))
  }

  #hurryOn(): void {
    this.#paceMs = TICK_MIN_MS
    this.#wake(TICK_MIN_MS)
  }

  #wake(delayMs: number): void {
    if (this.#isStopped) return
    const { clock } = this.#options.effects
    const dueMs = clock.nowMs() + delayMs
    if (dueMs >= this.#dueMs) return
    this.#timer?.cancel()
    this.#dueMs = dueMs
    this.#timer = clock.after(delayMs, () => {
      this.#dueMs = Infinity
      this.#tick()
    })
  }

  #tick(): void {
    this.#tickedAtMs = this.#options.effects.clock.nowMs()
    this.#lookAround()
    const ring = this.#ring()
    for (const led of this.#led.values()) this.#plan(led, ring)
    const moves = [...this.#led.values()].flatMap(({ plan }) => plan.moves)
    this.#hasRepairs = moves.some(isRepair)
    this.#tellPlaces()
    this.#probe(moves)
    const isSpreading = this.#spread()
    const isMoving = [...this.#led.values()].some(({ plan }) => isOnTheMove(plan)) || isSpreading
    this.#paceMs = isMoving ? Math.min(2 * this.#paceMs, TICK_MAX_MS) : TICK_MAX_MS
    this.#wake(this.#paceMs)
  }

  /** Which groups are led here, and who was heard. */
  #lookAround(): void {
    const { effects, ring } = this.#options
    const nowMs = effects.clock.nowMs()
    for (const group of this.#changed) {
      const status = this.#statusOf(group)
      if (status !== undefined && !this.#led.has(group)) this.#led.set(group, newLed(group, status))
    }
    this.#changed.clear()
    const followers: Progress[] = []
    for (const [group, led] of this.#led) {
      const status = this.#statusOf(group)
      if (status === undefined) this.#led.delete(group)
      else {
        led.status = status
        followers.push(...status.progress)
      }
    }
    const { order } = ring()
    const isOther = this.#heard.look(followers) || order !== this.#order
    this.#order = order
    if (isOther) this.#stableSinceMs = nowMs
  }

  #ring(): PlanRing {
    const { effects, ring } = this.#options
    const { order, settings } = ring()
    const nowMs = effects.clock.nowMs()
    return {
      order,
      nowMs,
      downSinceMs: this.#heard.downSinceMs,
      stableSinceMs: this.#stableSinceMs,
      graceMs: settings.replaceAfterMs,
      stableMs: settings.stableMs,
      hasRepairs: this.#hasRepairs,
      hasPlace: (member) =>
        (this.#fullUntilMs.get(member) ?? 0) <= nowMs &&
        (this.#places.get(member)?.size ?? 0) < settings.incomingMax,
    }
  }

  /** `undefined`: it is not led here. */
  #statusOf(group: PartitionId): LeaderStatus | undefined {
    const status = this.#options.host.status(group)
    return isOfLeader(status) ? status : undefined
  }

  #planGroup(id: PartitionId, status = this.#statusOf(id)): PlanGroup | undefined {
    if (status === undefined) return undefined
    const { self, chunksSafe } = this.#options
    const { configuration } = status
    return { id, self, configuration, status, chunksSafe: (staying) => chunksSafe(id, staying) }
  }

  #plan(led: Led, ring: PlanRing): void {
    if (this.#isAtRest(led, ring)) return
    const group = this.#planGroup(led.group, led.status)
    if (group === undefined) return
    const isSmall = isSmallIn(led.status)
    led.plan = planGroup(group, isSmall ? { ...ring, hasPlace: () => true } : ring)
    led.begun = begunOf(led, ring.nowMs)
    const { order } = ring
    const isIdle = led.plan.step.kind === 'none' && led.plan.moves.length === 0
    const rests = isIdle && ring.downSinceMs.size === 0
    led.restsWith = rests ? { configuration: group.configuration, order } : undefined
    if (!isSmall) this.#leavePlaces(group, led.plan)
    if (led.isAsking || ring.nowMs < led.notBeforeMs) return
    this.#take(led, led.plan.step)
  }

  /** The same plan would come of it: nobody is down, so that time alone brings nothing. */
  #isAtRest({ restsWith, status }: Led, { order, downSinceMs }: PlanRing): boolean {
    if (restsWith?.configuration !== status.configuration || restsWith.order !== order) return false
    return downSinceMs.size === 0 && this.#places.size === 0
  }

  #take(led: Led, step: Step): void {
    const { host, effects } = this.#options
    if (step.kind === 'none') return
    led.notBeforeMs = effects.clock.nowMs() + STEP_TIMEOUT_MS
    switch (step.kind) {
      case 'add':
        void this.#add(led, step)
        return
      case 'change':
        this.#change(led, step)
        return
      case 'transfer':
        host.transfer(led.group, step.to)
    }
  }

  #change(led: Led, target: Pick<Step & { kind: 'change' }, 'voters' | 'learners'>): void {
    const { host, effects } = this.#options
    const { voters, learners } = target
    const outcome = host.change(led.group, { voters: voters.toSorted(byId), learners })
    if (outcome.kind === 'taken') {
      effects.log.info('placement.changed', { group: led.group, voters, learners })
    } else {
      led.notBeforeMs = effects.clock.nowMs() + TICK_MIN_MS
    }
  }

  /**
   * Asks the newcomer for a place, then adds it if that is still the step to take. Never rejects.
   */
  async #add(led: Led, { member }: Extract<Step, { kind: 'add' }>): Promise<void> {
    const { clock } = this.#options.effects
    const isSmall = isSmallIn(led.status)
    led.isAsking = true
    if (!isSmall) {
      this.#placesAt(member).set(led.group, { group: led.group, toldAtMs: clock.nowMs() })
    }
    const phase = isSmall ? 'look' : 'begin'
    const isGranted = await this.#askPlace(member, { group: led.group, phase })
    led.isAsking = false
    if (this.#isStopped) return
    led.notBeforeMs = 0
    if (isGranted !== true) {
      this.#placesAt(member).delete(led.group)
      if (isGranted === false) this.#fullUntilMs.set(member, clock.nowMs() + this.#fullForMs())
      this.#hurryOn()
      return
    }
    const group = this.#planGroup(led.group)
    const ring = { ...this.#ring(), hasPlace: (id: MemberId) => id === member }
    const step = group === undefined ? undefined : planGroup(group, ring).step
    if (step?.kind === 'add' && step.member === member) {
      led.notBeforeMs = clock.nowMs() + STEP_TIMEOUT_MS
      this.#change(led, step)
    } else if (!isSmall) this.#givePlaceBack(member, led.group)
    this.#hurryOn()
  }

  /** `undefined` where it did not answer. */
  async #askPlace(
    member: MemberId,
    { group, phase }: { readonly group: PartitionId; readonly phase: PlaceQuestion['phase'] },
  ): Promise<boolean | undefined> {
    try {
      const question = { group, phase, roster: this.#options.ring().index ?? 0 }
      const { isGranted } = await this.#options.peers.ask(member, askPlace, question)
      this.#heard.answered(member)
      return isGranted
    } catch {
      this.#heard.unanswered(member)
      return undefined
    }
  }

  /** A copy that goes on keeps its place, under a leader that did not begin it too. */
  #leavePlaces(group: PlanGroup, { moves }: Plan): void {
    const copying = moves.flatMap(({ waitsFor }) =>
      waitsFor?.kind === 'copying' ? [waitsFor.member] : [],
    )
    const { clock } = this.#options.effects
    for (const member of copying) {
      const places = this.#placesAt(member)
      if (!places.has(group.id)) places.set(group.id, { group: group.id, toldAtMs: -Infinity })
    }
    const led = this.#led.get(group.id)
    const notBeforeMs = led?.notBeforeMs ?? 0
    if (led?.isAsking === true || group.status.isChanging || clock.nowMs() < notBeforeMs) return
    for (const [member, places] of this.#places) {
      if (places.has(group.id) && !copying.includes(member)) this.#givePlaceBack(member, group.id)
    }
  }

  #givePlaceBack(member: MemberId, group: PartitionId): void {
    this.#placesAt(member).delete(group)
    void this.#askPlace(member, { group, phase: 'end' })
  }

  #tellPlaces(): void {
    const nowMs = this.#options.effects.clock.nowMs()
    for (const [member, places] of this.#places) {
      for (const place of places.values()) {
        if (!this.#led.has(place.group)) places.delete(place.group)
        else if (nowMs - place.toldAtMs >= PLACE_TELL_MS) {
          place.toldAtMs = nowMs
          void this.#askPlace(member, { group: place.group, phase: 'goOn' })
        }
      }
      if (places.size === 0) this.#places.delete(member)
    }
  }

  /** Newcomers that did not answer are in no group, so nothing else tells when they are back. */
  #probe(moves: readonly Move[]): void {
    const nowMs = this.#options.effects.clock.nowMs()
    const down = new Set(
      moves.flatMap(({ waitsFor }) => (waitsFor?.kind === 'down' ? [waitsFor.member] : [])),
    )
    for (const member of this.#probes.keys()) if (!down.has(member)) this.#probes.delete(member)
    for (const member of down) {
      const probe = this.#probes.get(member) ?? { dueMs: nowMs, pauseMs: PROBE_MIN_MS }
      const [group] = this.#led.keys()
      if (nowMs < probe.dueMs || group === undefined) continue
      const pauseMs = Math.min(2 * probe.pauseMs, PROBE_MAX_MS)
      this.#probes.set(member, { dueMs: nowMs + probe.pauseMs, pauseMs })
      void this.#askPlace(member, { group, phase: 'look' }).then((isThere) => {
        if (isThere === true) this.#hurry()
        else this.#wake(probe.pauseMs)
      })
    }
  }

  /** `true` while leaders are not spread evenly. */
  #spread(): boolean {
    const { effects, leaders, self, host } = this.#options
    const nowMs = effects.clock.nowMs()
    const known = leaders()
    const able = [...this.#options.ring().order.from(RING_PARTITION)].filter(
      ({ id }) => this.#isLive(id) && !host.isFull(id),
    )
    const share = Math.ceil(known.size / Math.max(1, able.length))
    if (this.#led.size <= share) return false
    // A group on the move is moved by who began it.
    const led: LedGroup[] = [...this.#led.values()].map(({ group: id, plan }) => ({
      id,
      heirs: isOnTheMove(plan) ? [] : this.#heirsOf(id),
    }))
    const handover = nextHandover({ led, leads: countLeads(known, self), share })
    if (handover === undefined) return false
    if (nowMs < this.#handoverAtMs) return true
    this.#handoverAtMs = nowMs + HANDOVER_EVERY_MS * (0.5 + effects.random.fraction())
    host.transfer(handover.group, handover.to)
    return true
  }

  /** Who may lead the group instead: nearest in the order of the ring first. */
  #heirsOf(id: PartitionId): readonly MemberId[] {
    const group = this.#planGroup(id)
    if (group === undefined || group.status.isChanging || !group.status.isReady) return []
    const { host, ring, self } = this.#options
    const { order } = ring()
    const voters = new Set(group.configuration.voters)
    const heirs: MemberId[] = []
    for (const { id: member } of order.from(id)) {
      const isFit = voters.has(member) && member !== self && this.#isLive(member)
      if (isFit && !host.isFull(member) && isCaughtUpIn(group, member)) heirs.push(member)
    }
    return heirs
  }

  #placesAt(member: MemberId): Map<PartitionId, HeldPlace> {
    const places = this.#places.get(member) ?? new Map<PartitionId, HeldPlace>()
    this.#places.set(member, places)
    return places
  }

  #fullForMs(): number {
    return FULL_FOR_MS * (0.5 + this.#options.effects.random.fraction())
  }
}

function isOfLeader(status: RaftStatus | undefined): status is LeaderStatus {
  return status?.role === 'leader' && status.configuration !== undefined
}

function isSmallIn({ base, last }: RaftStatus): boolean {
  return base.index === 0 && last.index <= SMALL_ENTRIES
}

function newLed(group: PartitionId, status: LeaderStatus): Led {
  return {
    group,
    status,
    plan: { step: { kind: 'none' }, moves: [] },
    restsWith: undefined,
    notBeforeMs: 0,
    isAsking: false,
    begun: new Map(),
  }
}

/** Something that can be mended: balance waits for it. */
function isRepair({ kind, waitsFor }: Move): boolean {
  const isUrgent = kind === 'repair' || kind === 'grow' || kind === 'drain'
  return isUrgent && waitsFor?.kind !== 'noMember' && waitsFor?.kind !== 'grace'
}

const IMPATIENT: ReadonlySet<string> = new Set(['change', 'copying', 'incoming', 'move', 'pair'])

/** What lasts for minutes needs no frequent look. */
function isPatient(wait: string | undefined): boolean {
  return wait !== undefined && !IMPATIENT.has(wait)
}

function isOnTheMove({ moves }: Plan): boolean {
  return moves.some(({ waitsFor }) => !isPatient(waitsFor?.kind))
}

function countLeads(
  leaders: ReadonlyMap<PartitionId, MemberId>,
  self: MemberId,
): ReadonlyMap<MemberId, number> {
  const counts = new Map<MemberId, number>()
  for (const leader of leaders.values()) {
    if (leader !== self) counts.set(leader, (counts.get(leader) ?? 0) + 1)
  }
  return counts
}

function byId(a: MemberId, b: MemberId): number {
  return a < b ? -1 : 1
}
