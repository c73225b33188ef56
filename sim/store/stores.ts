/**
 * Whole stores on virtual machines: each runs the groups, the store and the placement of one
 * member, over virtual disks, clocks and links. Who is enrolled is known to all at once: how
 * members learn of one another is another simulation's subject.
 */
import { assert, present } from '../../src/base/assert.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import type { MemberId } from '../../src/base/ids.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import type { SeededChance } from '../../src/base/random.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { AppliedListener, GroupHost } from '../../src/store/group/types.ts'
import { StorageOrder } from '../../src/store/placement/desired.ts'
import type { EnrolledMember, RingSettings } from '../../src/store/placement/types.ts'
import type { PartitionId } from '../../src/wire/partition.ts'
import { memberIdOf } from '../world/credentials.ts'
import type { Machine } from '../world/machine.ts'
import type { World } from '../world/world.ts'
import type { Doors, Records, Reply } from './doors.ts'
import { RaftWitness } from './invariants.ts'
import { startStoreMember, type RingView, type StoreAddition, type StoreMember } from './member.ts'
import { PeerNetwork, type BundleCodec } from './virtual-peers.ts'

/** Of virtual time: replacements come within a run. */
const RING_SETTINGS: RingSettings = {
  replaceAfterMs: 2 * MINUTE_MS,
  stableMs: 10 * SECOND_MS,
  incomingMax: 2,
}
const RPC_PORT = 9_300

export interface StoresOptions {
  readonly world: World
  readonly groups: readonly PartitionId[]
  readonly codec: BundleCodec | undefined
  /** Appends of one entry, and a log that soon forgets. */
  readonly isTight?: boolean
  readonly addition?: StoreAddition
}

/** A machine, and the member that stands on it. */
export interface Seat {
  readonly machine: Machine
  /** Another one after a wipe. */
  id: MemberId
  member: StoreMember | undefined
  /** `left`: it is no part of the ring any more. */
  state: 'active' | 'draining' | 'left'
}

interface Ask {
  readonly door: number
  readonly isChange: boolean
}

const REVIVE_MS = 1_000
const START_WITHIN_MS = 120_000
/** A client waits so much longer than it told the store to try. */
const SILENCE_MS = 6_000
const CLIENT_DELAY_MS_MAX = 1

export class Stores {
  readonly world: World
  readonly groups: readonly PartitionId[]
  readonly network: PeerNetwork
  readonly witness: RaftWitness
  readonly seats: Seat[] = []
  /** Members whose disks are lost, and that some group still counts on. */
  readonly lost = new Set<MemberId>()
  readonly #addition: StoreAddition | undefined
  readonly #replicaListeners = new Set<(seat: Seat) => void>()
  readonly #replicasBegun = new Map<string, number>()
  readonly #applied = new Set<AppliedListener>()
  readonly #isTight: boolean
  readonly #chance: SeededChance
  readonly #roster = new Map<MemberId, EnrolledMember>()
  #ring: RingView = { order: new StorageOrder([]), members: [], settings: RING_SETTINGS }
  #members = 0

  constructor({ world, groups, codec, isTight = false, addition }: StoresOptions) {
    this.#addition = addition
    this.#isTight = isTight
    this.world = world
    this.groups = groups
    this.network = new PeerNetwork(world, codec)
    this.witness = new RaftWitness(world.tally, (error) => world.scheduler.fail(error))
    this.network.onSent((sent) => this.witness.saw(sent))
    this.#chance = world.chance.fork()
  }

  /** Hears of each replica that begins. @returns what ends it */
  onReplica(begun: (seat: Seat) => void): () => void {
    this.#replicaListeners.add(begun)
    return () => void this.#replicaListeners.delete(begun)
  }

  /** How often: a member that left a group and comes back begins it anew. */
  replicasBegun({ id }: Seat, group: PartitionId): number {
    return this.#replicasBegun.get(`${id} ${group}`) ?? 0
  }

  /** Founds with the first, and lets the others join. */
  async begin(count: number): Promise<void> {
    for (let number = 0; number < count; number++) {
      const seat = this.addSeat()
      await this.world.settle(this.start(seat, number === 0), `${seat.id} starts`, START_WITHIN_MS)
    }
  }

  /** Another machine, enrolled and not started. */
  addSeat(): Seat {
    const machine = this.world.machine()
    const seat: Seat = { machine, id: this.#newId(), member: undefined, state: 'active' }
    this.seats.push(seat)
    this.#enrol(seat, 'active')
    return seat
  }

  /** From then on it is to be emptied. */
  drain(seat: Seat): void {
    seat.state = 'draining'
    this.#enrol(seat, 'draining')
  }

  /** It is empty, and leaves for good. */
  leave(seat: Seat): void {
    seat.state = 'left'
    this.#enrol(seat, 'removed')
    seat.machine.kill()
  }

  async start(seat: Seat, founds = false): Promise<void> {
    seat.member = undefined
    await seat.machine.start(async (effects) => {
      const member = await this.#run(seat, effects, founds)
      seat.member = member
      return member
    })
  }

  /** Starts it again, and again while it fails; what cannot be read is given up. */
  revive(seat: Seat): void {
    if (seat.machine.isRunning || seat.state === 'left') return
    seat.machine.givePower()
    this.start(seat).catch((error: unknown) => {
      if (isAnilloError(error, 'DATA_DAMAGED')) this.#giveUp(seat)
      else if (!isAnilloError(error)) return this.world.scheduler.fail(error)
      this.world.tally.add('store: start failed')
      this.world.scheduler.after(REVIVE_MS, 'revive', () => this.revive(seat))
    })
  }

  /** What it has on its disk cannot be trusted. */
  #giveUp(seat: Seat): void {
    this.world.tally.add('store: damage was noticed')
    this.wipe(seat)
  }

  /** Nothing of it is left, and nothing comes back there. */
  burn(seat: Seat): void {
    seat.machine.wipe()
    this.lost.add(seat.id)
    seat.state = 'left'
    this.#enrol(seat, 'gone')
  }

  /** Its disk is lost: what comes back there is another member. */
  wipe(seat: Seat): void {
    assert(!seat.machine.isRunning, 'it does not run on the disk')
    seat.machine.wipe()
    this.lost.add(seat.id)
    this.#enrol(seat, 'gone')
    seat.id = this.#newId()
    this.#enrol(seat, seat.state === 'left' ? 'removed' : seat.state)
  }

  /** Hears of every entry that any member applies. */
  onApplied(listener: AppliedListener): void {
    this.#applied.add(listener)
  }

  /** Enrolled members: those that may be heard. */
  isEnrolled(id: MemberId): boolean {
    const state = this.#roster.get(id)?.state
    return state === 'active' || state === 'draining'
  }

  /** What placement sees of the ring, as all know it. */
  get ring(): RingView {
    return this.#ring
  }

  seatOf(id: MemberId): Seat | undefined {
    return this.seats.find((seat) => seat.id === id)
  }

  /** Runs, and is not paused. */
  isUp({ machine, member }: Seat): boolean {
    return machine.isRunning && !machine.isPaused && member !== undefined
  }

  get active(): readonly Seat[] {
    return this.seats.filter(({ state }) => state === 'active')
  }

  get up(): readonly Seat[] {
    return this.seats.filter((seat) => this.isUp(seat))
  }

  host(seat: Seat): GroupHost {
    return present(seat.member, 'a running member').host
  }

  leaderOf(group: PartitionId): Seat | undefined {
    const leading = this.up.filter((seat) => this.host(seat).status(group)?.role === 'leader')
    const term = (seat: Seat): number => this.host(seat).status(group)?.term ?? 0
    return leading.toSorted((a, b) => term(b) - term(a))[0]
  }

  /** Every group would still have a majority of undamaged voters if these were lost, too. */
  mayLose(ids: readonly MemberId[]): boolean {
    const unsound = this.seats.filter(({ machine }) => machine.medium.isUnsound)
    return this.#keepsMajorities(new Set([...this.lost, ...unsound.map(({ id }) => id), ...ids]))
  }

  /** Every group would still have a majority of voters that run if these went down, too. */
  mayGoDown(ids: readonly MemberId[]): boolean {
    const away = this.seats.filter((seat) => !this.isUp(seat)).map(({ id }) => id)
    return this.#keepsMajorities(new Set([...this.lost, ...away, ...ids]))
  }

  #keepsMajorities(without: ReadonlySet<MemberId>): boolean {
    return this.#configurations().every((voters) => {
      const missing = voters.filter((id) => without.has(id)).length
      return 2 * (voters.length - missing) > voters.length
    })
  }

  /** Those that were to be emptied and are leave the ring. */
  letLeave(): void {
    const counted = new Set(this.#configurations(true).flat())
    for (const seat of this.seats) {
      if (seat.state === 'draining' && !counted.has(seat.id)) this.leave(seat)
    }
  }

  /** Forgets losses that no group counts on any more. */
  forgetHealed(): void {
    const counted = new Set(this.#configurations(true).flat())
    for (const id of this.lost) if (!counted.has(id)) this.lost.delete(id)
  }

  /** All sets of voters, or of members, that some replica believes in. */
  #configurations(withLearners = false): (readonly MemberId[])[] {
    return this.seats.flatMap((seat) => {
      if (!seat.machine.isRunning || seat.member === undefined) return []
      const { host } = seat.member
      return host.held().flatMap((group) => {
        const configuration = host.status(group)?.configuration
        if (configuration === undefined) return []
        const { voters, outgoing = [], learners } = configuration
        const sets = outgoing.length === 0 ? [voters] : [voters, outgoing]
        return withLearners ? [...sets, learners] : sets
      })
    })
  }

  /** How clients reach these stores. */
  readonly doors: Doors = this.#makeDoors()

  #makeDoors(): Doors {
    const pause = (forMs: number): Promise<void> =>
      new Promise((resolve) => void this.world.scheduler.after(forMs, 'client', resolve))
    const countOf = (): number => this.seats.length
    return {
      get count() {
        return countOf()
      },
      pause,
      ask: (door, run, isChange = false) => this.#ask({ door, isChange }, run),
    }
  }

  #ask<T>(at: Ask, run: (store: Records) => Promise<T>): Promise<Reply<T>> {
    const { scheduler } = this.world
    return new Promise((resolve) => {
      const settle = (reply: Reply<T>): void => {
        silence.cancel()
        resolve(reply)
      }
      const silence = scheduler.after(SILENCE_MS, 'silence', () => settle({ kind: 'silence' }))
      scheduler.after(this.#delayMs(), 'request', () => {
        const seat = this.seats[at.door]
        if (seat === undefined || !seat.machine.isRunning || seat.member === undefined) return
        this.#serve({ seat, isChange: at.isChange }, run, settle)
      })
    })
  }

  /** In the program that stands there; an answer counts only when it leaves the machine. */
  #serve<T>(
    { seat, isChange }: { readonly seat: Seat; readonly isChange: boolean },
    run: (store: Records) => Promise<T>,
    settle: (reply: Reply<T>) => void,
  ): void {
    const { store, life } = present(seat.member, 'member')
    const { moments } = seat.machine
    const leave = (reply: Reply<T>): void => {
      if (!life.alive) return
      life.now('answer', () => {
        if (isChange) moments.reached('before acknowledgement')
        if (!life.alive) return
        this.world.scheduler.after(this.#delayMs(), 'answer', () => settle(reply))
        if (isChange) moments.reached('after acknowledgement')
      })
    }
    life.now('request', () => {
      run(store).then(
        (value) => leave({ kind: 'answer', value }),
        (error: unknown) => {
          if (!isAnilloError(error)) return this.world.scheduler.fail(error)
          if (error.code === 'DISK_FULL') this.world.tally.add('store: refused for a full disk')
          leave({ kind: 'error', code: error.code })
        },
      )
    })
  }

  #delayMs(): number {
    return this.#chance.fraction() * CLIENT_DELAY_MS_MAX
  }

  #enrol({ id, machine }: Seat, state: EnrolledMember['state']): void {
    const address = `${machine.address}:${RPC_PORT}`
    const { name } = machine
    this.#roster.set(id, { id, name, address, host: name, roles: ['tweeter'], state })
    const members = [...this.#roster.values()]
    this.#ring = { order: new StorageOrder(members), members, settings: RING_SETTINGS }
  }

  #newId(): MemberId {
    return memberIdOf(this.#members++)
  }

  #run(seat: Seat, effects: Effects, founds: boolean): Promise<StoreMember> {
    return startStoreMember({
      id: seat.id,
      machine: seat.machine,
      network: this.network,
      witness: this.witness,
      groups: this.groups,
      ring: () => this.#ring,
      isEnrolled: (member) => this.isEnrolled(member),
      effects,
      founds,
      isTight: this.#isTight,
      ...(this.#addition === undefined ? {} : { addition: this.#addition }),
      onReplica: (group) => {
        const place = `${seat.id} ${group}`
        this.#replicasBegun.set(place, (this.#replicasBegun.get(place) ?? 0) + 1)
        for (const begun of this.#replicaListeners) begun(seat)
      },
      onApplied: (group, index, changes) => {
        for (const listener of this.#applied) listener(group, index, changes)
      },
      onDoing: (doing) => {
        if (doing.kind !== 'disk') return
        this.world.tally.add(`store: disk ${doing.isFull ? 'found nearly full' : 'has room again'}`)
      },
      onFailure: (error) => {
        // Everything else than the disk's errors is a bug.
        if (!isAnilloError(error)) this.world.scheduler.fail(error)
        this.world.tally.add('store: ended by its disk')
        this.world.trace.add(this.world.nowMs, `${seat.machine.name} ended: ${String(error)}`)
        seat.machine.kill()
        if (isAnilloError(error, 'DATA_DAMAGED')) this.#giveUp(seat)
        this.world.scheduler.after(REVIVE_MS, 'revive', () => this.revive(seat))
      },
    })
  }
}
