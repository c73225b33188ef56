/** Hosts on the machines of a virtual world, and a client that knows how to go on. */
import { PeerNetwork } from '../../../sim/store/virtual-peers.ts'
import { memberIdOf } from '../../../sim/world/credentials.ts'
import type { Machine } from '../../../sim/world/machine.ts'
import { World } from '../../../sim/world/world.ts'
import { assert, present } from '../../base/assert.ts'
import { utf8 } from '../../base/bytes.ts'
import type { MemberId } from '../../base/ids.ts'
import { decodeBundle, encodeBundle } from '../../wire/bundle-codec.ts'
import { decodeAnswer, encodeCommand } from '../../wire/command-codec.ts'
import type { Answer } from '../../wire/command.ts'
import { partitionOf, type PartitionId } from '../../wire/partition.ts'
import { ProcedureTable, type AnyProcedure } from '../partition/procedures.ts'
import { packTransact, readTransactOutcome } from '../partition/transact-codec.ts'
import { transact } from '../partition/transact.ts'
import type { TransactOutcome, TransactRequest } from '../types.ts'
import { createGroupHost } from './host.ts'
import type { GroupHost, GroupSettings } from './types.ts'

export const TABLE = 'things'
export const SK = 'value'
const KEY = new Uint8Array(32).fill(7)
const TRY_MS = 2_000
const PAUSE_MS = 50
const SETTLE_MS = 30_000

export class TestMember {
  readonly id: MemberId
  readonly machine: Machine
  readonly ring: TestRing
  readonly failures: unknown[] = []
  /** Of this life; absent while it does not run. */
  running: GroupHost | undefined

  constructor(ring: TestRing, index: number) {
    this.ring = ring
    this.id = memberIdOf(index)
    this.machine = ring.world.machine()
  }

  get host(): GroupHost {
    return present(this.running, `host of ${this.machine.name}`)
  }

  start(): Promise<void> {
    return this.ring.world.start(this.machine, async (effects) => {
      const { ring, id, machine } = this
      const host = await createGroupHost(effects, {
        self: id,
        generation: ring.generation,
        path: 'store',
        key: KEY,
        peers: ring.network.join(machine, effects, id),
        procedures: ring.procedures,
        directions: { leaderOf: (group) => ring.leaderOf(group)?.id, wrong: () => undefined },
        isEnrolled: (member) => !ring.strangers.has(member),
        onFailure: (error) => {
          this.failures.push(error)
          this.kill()
        },
        settings: ring.settings,
      })
      this.running = host
      return { stop: () => host.close() }
    })
  }

  /** As kill -9. */
  kill(): void {
    this.running = undefined
    this.machine.kill()
  }

  async stop(): Promise<void> {
    const { world } = this.ring
    await world.settle(this.machine.stop(), `${this.machine.name} stops`, SETTLE_MS)
    this.running = undefined
  }
}

export interface TestRingOptions {
  readonly seed?: number
  readonly members: number
  readonly groups?: readonly PartitionId[]
  readonly settings?: Partial<GroupSettings>
  readonly procedures?: readonly AnyProcedure[]
}

export class TestRing {
  readonly world: World
  readonly network: PeerNetwork
  readonly settings: Partial<GroupSettings>
  readonly procedures: ProcedureTable
  readonly members: readonly TestMember[]
  /** Of members that start from then on. */
  generation = 1
  /** Not enrolled: nobody hears them. */
  readonly strangers = new Set<MemberId>()
  readonly #sessions = new Map<PartitionId, { readonly session: number; sequence: number }>()

  constructor({ seed = 1, members, groups, settings, procedures = [] }: TestRingOptions) {
    this.world = new World({ seed })
    const codec = { encode: encodeBundle, decode: decodeBundle }
    this.network = new PeerNetwork(this.world, codec)
    this.settings = { ...(groups === undefined ? {} : { groups }), ...settings }
    this.procedures = new ProcedureTable({ procedures: [transact, ...procedures] })
    this.members = Array.from({ length: members }, (_, index) => new TestMember(this, index))
  }

  /** All run; the first has founded the groups, and all vote in them where `all` says so. */
  static async founded(options: TestRingOptions): Promise<TestRing> {
    const ring = new TestRing(options)
    for (const member of ring.members) await member.start()
    await ring.settle(ring.member(0).host.found(), 'founding')
    const ids = ring.members.map(({ id }) => id)
    if (ids.length > 1) for (const group of ring.groups) await ring.change(group, ids)
    return ring
  }

  get groups(): readonly PartitionId[] {
    return this.settings.groups ?? this.member(0).host.held()
  }

  member(index: number): TestMember {
    return present(this.members[index], `member ${index}`)
  }

  /** Who leads the group with the highest term, as far as anybody that runs says so. */
  leaderOf(group: PartitionId): TestMember | undefined {
    let found: { readonly member: TestMember; readonly term: number } | undefined
    for (const member of this.members) {
      const status = member.running?.status(group)
      if (status?.role !== 'leader') continue
      if (found === undefined || status.term > found.term) found = { member, term: status.term }
    }
    return found?.member
  }

  settle<T>(promise: Promise<T>, what: string): Promise<T> {
    return this.world.settle(promise, what, SETTLE_MS)
  }

  until(holds: () => boolean, what: string): Promise<void> {
    return this.world.until(holds, what, SETTLE_MS)
  }

  /** Begins the change again until it is made: voters, and nobody else. */
  async change(
    group: PartitionId,
    voters: readonly MemberId[],
    learners: readonly MemberId[] = [],
  ): Promise<void> {
    const isMade = (): boolean => {
      const status = this.leaderOf(group)?.running?.status(group)
      const { configuration } = status ?? {}
      if (status?.isReady !== true || status.isChanging || configuration === undefined) return false
      return isEqual(configuration.voters, voters) && isEqual(configuration.learners, learners)
    }
    for (let tries = 0; !isMade(); tries++) {
      assert(tries < 200, `group ${group} does not change`)
      this.leaderOf(group)?.running?.change(group, { voters, learners })
      await this.world.pass(PAUSE_MS)
    }
  }

  /** A recovery ends them. */
  forgetSessions(): void {
    this.#sessions.clear()
  }

  /** Through this member, again and again until it is known what became of it. */
  async transact(
    through: TestMember,
    request: Omit<TransactRequest, 'table' | 'conditions'> & Partial<TransactRequest>,
  ): Promise<TransactOutcome> {
    const whole = { table: TABLE, conditions: [], ...request }
    const group = partitionOf(whole.table, whole.pk)
    const answer = await this.call(through, group, {
      procedure: 'transact',
      input: packTransact(whole),
    })
    assert(answer.kind === 'done', `done, not ${JSON.stringify(answer)}`)
    return present(readTransactOutcome(answer.value), 'outcome')
  }

  async put(through: TestMember, pk: string, text: string): Promise<void> {
    const writes = [{ kind: 'put', sk: SK, value: utf8(text) }] as const
    const outcome = await this.transact(through, { pk, writes })
    assert(outcome.kind === 'done', 'an unconditional put')
  }

  /** Linearizable, at the replica of this member. */
  async get(at: TestMember, pk: string): Promise<string | undefined> {
    const group = partitionOf(TABLE, pk)
    for (let tries = 0; tries < 100; tries++) {
      const asked = at.host.confirmRead(group, { timeoutMs: TRY_MS })
      const outcome = await this.settle(asked, `read at ${at.machine.name}`)
      if (outcome === 'ready') {
        const record = at.host.replica(group)?.get({ table: TABLE, pk, sk: SK })
        return record && new TextDecoder().decode(record.value)
      }
      await this.world.pass(PAUSE_MS)
    }
    throw new Error(`no read of ${pk} at ${at.machine.name}`)
  }

  async call(
    through: TestMember,
    group: PartitionId,
    call: { readonly procedure: string; readonly input: unknown },
  ): Promise<Answer> {
    const line = this.#sessions.get(group) ?? (await this.#openSession(through, group))
    const sequence = ++line.sequence
    const request = { session: line.session, sequence, floor: sequence }
    const data = encodeCommand({ kind: 'call', request, ...call })
    const { answer } = await this.submit(through, group, data)
    return present(decodeAnswer(answer), 'answer')
  }

  async submit(
    through: TestMember,
    group: PartitionId,
    data: Uint8Array,
  ): Promise<{ readonly index: number; readonly answer: Uint8Array }> {
    for (let tries = 0; tries < 200; tries++) {
      const { host } = through
      const at = host.status(group)?.leader ?? this.leaderOf(group)?.id
      if (at !== undefined) {
        const asked = host.submit(group, at, data, { timeoutMs: TRY_MS })
        const outcome = await this.settle(asked, `submit at ${through.machine.name}`)
        if (outcome.kind === 'applied') return outcome
      }
      await this.world.pass(PAUSE_MS)
    }
    throw new Error(`nobody takes a command of group ${group}`)
  }

  async #openSession(
    through: TestMember,
    group: PartitionId,
  ): Promise<{ readonly session: number; sequence: number }> {
    const data = encodeCommand({ kind: 'openSession', owner: 'test' })
    const { index } = await this.submit(through, group, data)
    const line = { session: index, sequence: 0 }
    this.#sessions.set(group, line)
    return line
  }
}

function isEqual(one: readonly MemberId[], other: readonly MemberId[]): boolean {
  return one.toSorted().join() === other.toSorted().join()
}
