/** Coordinators on virtual stores: who believes what, what was planned, what came of it. */
import { assert, present } from '../../src/base/assert.ts'
import type { MemberId } from '../../src/base/ids.ts'
import { parseRingId } from '../../src/base/ids.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { Effects } from '../../src/effects/effects.ts'
import { listed } from '../../src/effects/listed.ts'
import { Coordinator } from '../../src/store/coordinator/coordinator.ts'
import type { Broadcast } from '../../src/store/coordinator/election.ts'
import { SCHEDULE_PROCEDURES, scheduleKey } from '../../src/store/coordinator/procedures.ts'
import { Scheduler, type TaskWork } from '../../src/store/coordinator/schedule.ts'
import { jsonOf } from '../../src/store/roster/rows.ts'
import { DISCOVERY_PORT } from '../../src/wire/discovery.ts'
import {
  PLAN_PREFIX,
  readPlanRow,
  SCHEDULE_PARTITION,
  type PlanRow,
} from '../../src/wire/schedule.ts'
import type { AddedTo } from '../store/member.ts'
import { Stores, type Seat } from '../store/stores.ts'
import type { World } from '../world/world.ts'
import { noteTick, tickMessage, TICKS_HOME, TICKS_PARTITION, timesIn } from './ticks.ts'

const RING = parseRingId('c'.repeat(32))
export const PLAN = 'tick'
const INTERVAL_MS = 2 * SECOND_MS
const WORK_MS_MAX = 3 * SECOND_MS
/** One of so many tasks fails at its first attempts. */
const FAILING_OF = 10
const PAGE = 500

/** Networks differ in whether broadcasts are heard. */
export type Air = 'all hear broadcasts' | 'some hear broadcasts' | 'no broadcasts'

interface Standing {
  readonly coordinator: Coordinator
}

export class CoordinatedRing {
  readonly stores: Stores
  readonly #world: World
  readonly #air: Air
  readonly #standing = new Map<MemberId, Standing>()
  /** By the task's number: under which fence it was planned. */
  readonly #fences = new Map<number, number>()
  readonly #failed = new Set<number>()
  /** Tasks that were begun, each as often as it was. */
  begun = 0

  constructor(world: World, air: Air) {
    this.#world = world
    this.#air = air
    this.stores = new Stores({
      world,
      groups: [SCHEDULE_PARTITION, TICKS_PARTITION],
      codec: undefined,
      addition: {
        procedures: [...SCHEDULE_PROCEDURES, noteTick],
        attach: (added) => this.#attach(added),
      },
    })
  }

  /** Of the members that run, those that believe they coordinate. */
  get believers(): readonly MemberId[] {
    return this.stores.up.map(({ id }) => id).filter((id) => this.#belief(id)?.coordinator === id)
  }

  get highest(): MemberId {
    return present(
      this.stores.up
        .map(({ id }) => id)
        .toSorted()
        .at(-1),
      'a member',
    )
  }

  /** All agree on the highest, and know that it has the lease. */
  get isSettled(): boolean {
    const { highest } = this
    return this.stores.up.every(({ id }) => {
      const belief = this.#belief(id)
      return belief?.coordinator === highest && belief.fence > 0
    })
  }

  /** Who believes what, for a run that fails. */
  describe(): string {
    const beliefs = this.stores.seats.map(({ id }) => {
      const belief = this.#belief(id)
      return `${id.slice(-1)} ${belief?.coordinator.slice(-1)} under ${belief?.fence}`
    })
    return `${beliefs.join(', ')}; ${this.planned} planned, ${this.ended} ended`
  }

  get planned(): number {
    return this.#plan()?.number ?? 0
  }

  /** The fences of tasks only grow with their numbers: nobody planned under an older lease. */
  look(): void {
    const plan = this.#plan()
    if (plan === undefined || plan.number === 0) return
    const { number, fence, last } = plan
    const known = this.#fences.get(number)
    assert(known === undefined || known === fence, `task ${number} was planned twice`)
    this.#fences.set(number, fence)
    if (last?.outcome === 'failed') this.#failed.add(last.number)
    for (const [earlier, older] of this.#fences) {
      const isInOrder = earlier >= number || older <= fence
      assert(isInOrder, `task ${number} was planned under an older lease than ${earlier}`)
    }
    this.#world.tally.add('check: no plan under an older lease')
  }

  /** How often each task that ended came about: once, or never where all its attempts failed. */
  async checkTicks(upTo: number): Promise<void> {
    const times = await this.#ticks()
    for (let number = 1; number <= upTo; number++) {
      const noted = times.get(number) ?? 0
      const expected = this.#failed.has(number) ? 0 : 1
      assert(noted === expected, `task ${number} came about ${noted} times, not ${expected}`)
      this.#world.tally.add('check: task came about once')
    }
  }

  /** The number of the last task that ended. */
  get ended(): number {
    return this.#plan()?.last?.number ?? 0
  }

  async #ticks(): Promise<ReadonlyMap<number, number>> {
    const { store } = present(this.stores.up[0]?.member, 'a member that runs')
    const times = new Map<number, number>()
    const ticks = listed((after) => store.list({ ...TICKS_HOME, limit: PAGE, ...after }))
    for await (const { sk, value } of ticks) times.set(Number(sk), timesIn(value))
    return times
  }

  #belief(id: MemberId): Coordinator['belief'] {
    return this.#standing.get(id)?.coordinator.belief
  }

  /** As the replica shows it that has applied most. */
  #plan(): PlanRow | undefined {
    const replicas = this.stores.up.flatMap(
      (seat: Seat) => this.stores.host(seat).replica(SCHEDULE_PARTITION) ?? [],
    )
    const [newest] = replicas.toSorted((a, b) => b.appliedIndex - a.appliedIndex)
    const record = newest?.get(scheduleKey(PLAN_PREFIX + PLAN))
    return record === undefined ? undefined : readPlanRow(jsonOf(record.value))
  }

  async #attach(added: AddedTo): Promise<{ stop(): Promise<void> }> {
    const { effects, id, peers, store } = added
    const heard: { coordinator?: Coordinator } = {}
    const broadcast = await this.#broadcast(added, (bytes) => {
      heard.coordinator?.received(bytes)
    })
    const coordinator = new Coordinator({
      effects,
      self: id,
      ringId: RING,
      peers,
      candidates: () => this.stores.active.map((seat) => seat.id),
      ...(broadcast === undefined ? {} : { broadcast }),
      store,
      onElected: () => this.#world.tally.add('coordinator: has the lease'),
    })
    heard.coordinator = coordinator
    const scheduler = new Scheduler({ effects, self: id, store })
    scheduler.every(PLAN, INTERVAL_MS, this.#work(effects))
    coordinator.start()
    scheduler.start()
    this.#standing.set(id, { coordinator })
    return {
      async stop() {
        await scheduler.stop()
        await coordinator.stop()
      },
    }
  }

  #work({ clock, random }: Effects): TaskWork {
    return async ({ number, attempt, signal }) => {
      this.begun++
      await new Promise<void>((resolve) => {
        clock.after(WORK_MS_MAX * random.fraction(), resolve)
        signal.addEventListener('abort', () => resolve())
      })
      signal.throwIfAborted()
      const isToFail = number % FAILING_OF === 0 && attempt < 2
      assert(!isToFail, 'a task that fails at first')
      return [tickMessage(number)]
    }
  }

  async #broadcast(
    { effects, id }: AddedTo,
    received: (bytes: Uint8Array) => void,
  ): Promise<Broadcast | undefined> {
    const isMute = this.#air === 'some hear broadcasts' && Number.parseInt(id, 16) % 2 === 0
    if (this.#air === 'no broadcasts' || isMute) return undefined
    const endpoint = { host: '0.0.0.0', port: DISCOVERY_PORT }
    const socket = await effects.net.datagrams({
      endpoint,
      shared: true,
      received: (bytes) => {
        this.#world.tally.add('coordinator: datagram heard')
        received(bytes)
      },
    })
    return {
      send: (bytes) => {
        for (const host of effects.net.broadcastAddresses()) {
          socket.send(bytes, { host, port: DISCOVERY_PORT })
        }
      },
    }
  }
}
