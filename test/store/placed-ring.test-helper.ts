/**
 * Whole stores as far as placement needs them, on virtual machines: host, routing, the ring's list
 * and placement, put together as a member does.
 */
import { PeerNetwork } from '../../sim/store/virtual-peers.ts'
import type { Machine } from '../../sim/world/machine.ts'
import { World } from '../../sim/world/world.ts'
import { present } from '../../src/base/assert.ts'
import { tryText, utf8 } from '../../src/base/bytes.ts'
import { AnilloError } from '../../src/base/errors.ts'
import { parseMemberId, type MemberId } from '../../src/base/ids.ts'
import type { Disk } from '../../src/effects/disk.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { createGroupHost } from '../../src/store/group/host.ts'
import type { GroupHost } from '../../src/store/group/types.ts'
import { ProcedureTable, type AnyProcedure } from '../../src/store/partition/procedures.ts'
import { transact } from '../../src/store/partition/transact.ts'
import type { Peers } from '../../src/store/peers.ts'
import { Placement } from '../../src/store/placement/placement.ts'
import type { EnrolledMember } from '../../src/store/placement/types.ts'
import { RosterKeeper, type RosterAnswer } from '../../src/store/roster/keeper.ts'
import { enrolMember, RING_PROCEDURES, updateMember } from '../../src/store/roster/procedures.ts'
import { Router } from '../../src/store/routing/router.ts'
import { createStore, type RecordStore } from '../../src/store/store.ts'
import { LEVELS, type Levels } from '../../src/wire/levels.ts'
import { RING_PARTITION, type PartitionId } from '../../src/wire/partition.ts'
import { fetchRoster } from '../../src/wire/roster.ts'

const KEY = new Uint8Array(32).fill(3)
const STEP_MS = 60_000
const ROSTER = 'roster.json'

export function idOf(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

/** What a member runs: procedures, and the feature levels at which they work. */
export interface Build {
  readonly levels: Levels
  readonly procedures: readonly AnyProcedure[]
}

const THIS_BUILD: Build = { levels: LEVELS, procedures: [] }

export interface PlacedRingOptions {
  readonly seed: number
  readonly groups?: readonly PartitionId[]
  readonly build?: Build
}

interface Running {
  readonly host: GroupHost
  readonly store: RecordStore
  readonly keeper: RosterKeeper
  readonly placement: Placement
}

export class PlacedRing {
  readonly world: World
  readonly groups: readonly PartitionId[] | undefined
  chunksSafe = (_group: PartitionId, _staying: readonly MemberId[]): boolean => true
  readonly #network: PeerNetwork
  readonly #machines = new Map<number, Machine>()
  readonly #running = new Map<number, Running>()

  constructor(options: PlacedRingOptions) {
    this.build = options.build ?? THIS_BUILD
    this.world = new World({ seed: options.seed })
    this.groups = options.groups
    this.#network = new PeerNetwork(this.world)
  }

  /** A ring of one, in its own list. */
  static async founded(options: PlacedRingOptions): Promise<PlacedRing> {
    const ring = new PlacedRing(options)
    await ring.start(1)
    await ring.settle(ring.at(1).host.found(), 'founding')
    await ring.enrol(1)
    return ring
  }

  isUp(number: number): boolean {
    return this.#running.has(number)
  }

  at(number: number): Running {
    return present(this.#running.get(number), `member ${number}`)
  }

  /** Of members that start from then on. */
  build: Build

  /** Runs and is in the list. */
  async join(number: number): Promise<void> {
    await this.enrol(number)
    await this.start(number)
  }

  /** Through the first member that runs. */
  async enrol(number: number): Promise<void> {
    const member = {
      id: idOf(number),
      name: `n${number}`,
      address: `10.9.0.${number}:9300`,
      host: `h${number}`,
      roles: ['chord' as const, 'tweeter' as const],
      levels: this.build.levels,
    }
    const { store } = present([...this.#running.values()][0], 'running member')
    await this.settle(store.call(RING_PARTITION, enrolMember, { member }), `n${number} is enrolled`)
  }

  async start(number: number): Promise<void> {
    const machine = this.#machines.get(number) ?? this.world.machine()
    this.#machines.set(number, machine)
    await this.world.start(machine, (effects) => this.#run(number, machine, effects))
  }

  /** Stops in good order, and starts with the build of then. */
  async restart(number: number): Promise<void> {
    const machine = present(this.#machines.get(number), 'machine')
    await this.settle(machine.stop(), `n${number} stops`)
    this.#running.delete(number)
    await this.start(number)
    await this.enrolAgain(number)
  }

  /** Tells what its build knows, as a member does after each start. */
  async enrolAgain(number: number): Promise<void> {
    const { store } = this.at(number)
    const { levels } = this.build
    const told = { id: idOf(number), name: `n${number}`, address: `10.9.0.${number}:9300`, levels }
    const timeoutMs = STEP_MS / 2
    const updated = store.call(RING_PARTITION, updateMember, told, { timeoutMs })
    await this.settle(updated, `n${number} tells its levels`)
  }

  kill(number: number): void {
    this.#running.delete(number)
    present(this.#machines.get(number), 'machine').kill()
  }

  settle<T>(promise: Promise<T>, what: string): Promise<T> {
    return this.world.settle(promise, what, STEP_MS)
  }

  until(holds: () => boolean, what: string, withinMs = STEP_MS): Promise<void> {
    return this.world.until(holds, what, withinMs)
  }

  /** Of each group, as its leader has it. */
  configurations(): readonly (readonly [voters: number, learners: number])[] {
    return this.led().map(({ voters, learners }) => [voters.length, learners.length])
  }

  led(): readonly {
    readonly leader: number
    readonly voters: readonly MemberId[]
    readonly learners: readonly MemberId[]
  }[] {
    return [...this.#running].flatMap(([leader, { host }]) =>
      host.held().flatMap((group) => {
        const status = host.status(group)
        const isSettled = status?.role === 'leader' && status.isReady && !status.isChanging
        if (!isSettled || status.configuration === undefined) return []
        return [{ leader, ...status.configuration }]
      }),
    )
  }

  /** Groups that name the member. */
  holds(number: number): number {
    const id = idOf(number)
    return this.led().filter(({ voters, learners }) => [...voters, ...learners].includes(id)).length
  }

  async #run(
    number: number,
    machine: Machine,
    effects: Effects,
  ): Promise<{ stop(): Promise<void> }> {
    const self = idOf(number)
    const peers = this.#network.join(machine, effects, self)
    const keeper = await RosterKeeper.open({
      effects,
      self,
      file: fileOn(effects.disk),
      ask: (members, question) => this.#ask(peers, members, question),
    })
    const router = new Router({
      effects,
      self,
      peers,
      members: () => keeper.roster.members.map(({ id }) => id),
    })
    const host = await createGroupHost(effects, {
      self,
      generation: 1,
      path: 'store',
      key: KEY,
      peers,
      procedures: new ProcedureTable({
        procedures: [transact, ...RING_PROCEDURES, ...this.build.procedures],
        levels: this.build.levels,
      }),
      directions: router,
      isEnrolled: (member) => keeper.isAllowed(member),
      onFailure: (error) => effects.log.error('host failed', { problem: String(error) }),
      ...(this.groups === undefined ? {} : { settings: { groups: this.groups } }),
    })
    const nameOf = (id: MemberId): string => keeper.member(id)?.name ?? id
    const store = createStore({ effects, self, host, peers, router, nameOf })
    const placement = new Placement({
      effects,
      self,
      host,
      peers,
      keeper,
      store,
      whereabouts: (group) => router.whereabouts(group),
      chunksSafe: (group, staying) => this.chunksSafe(group, staying),
      chunkCopies: () => undefined,
      chunkCare: () => ({ bytesLeft: 0, doneInMs: null, damaged: 0, healed: 0 }),
      ...(this.groups === undefined ? {} : { groups: this.groups }),
    })
    keeper.start(host)
    router.start(host)
    placement.start()
    this.#running.set(number, { host, store, keeper, placement })
    return {
      stop: async () => {
        placement.stop()
        await keeper.stop()
        router.stop()
        await host.close()
      },
    }
  }

  /** A newcomer that knows nobody asks where it was let in. */
  async #ask(
    peers: Peers,
    members: readonly EnrolledMember[],
    question: { readonly index: number },
  ): Promise<RosterAnswer> {
    const running = [...this.#running.keys()].map(idOf)
    const known = members.length > 0 ? members.map(({ id }) => id) : running
    for (const id of known) {
      try {
        return await peers.ask(id, fetchRoster, question)
      } catch {
        continue
      }
    }
    throw new AnilloError('RING_NOT_READY')
  }
}

function fileOn(disk: Disk): {
  read(): Promise<string | undefined>
  write(text: string): Promise<void>
} {
  return {
    read: async () => {
      const bytes = await disk.read(ROSTER)
      return bytes === undefined ? undefined : tryText(bytes)
    },
    write: async (text) => {
      const file = await disk.open(`${ROSTER}.new`, 'write')
      await file.truncate(0)
      await file.write(0, utf8(text))
      await file.sync()
      await file.close()
      await disk.rename(`${ROSTER}.new`, ROSTER)
      await disk.syncDirectory('')
    },
  }
}
