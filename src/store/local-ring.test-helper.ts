/**
 * Members around 64 real partition machines without logs between them: whoever leads applies at
 * once. Where groups are, who leads, and what is lost on the way is the test's to say.
 */
import { present } from '../base/assert.ts'
import { AnilloError } from '../base/errors.ts'
import { parseMemberId, type MemberId } from '../base/ids.ts'
import type { RaftStatus } from '../consensus/types.ts'
import type { Effects } from '../effects/effects.ts'
import { readDeliverAnswer } from '../wire/command-codec.ts'
import type { Method } from '../wire/method.ts'
import { ALL_PARTITIONS, type PartitionId } from '../wire/partition.ts'
import type { ReadOutcome, Replica, SubmitOutcome } from './group/types.ts'
import { Machine } from './partition/machine.test-helper.ts'
import type { AnyProcedure } from './partition/procedures.ts'
import type { Peers } from './peers.ts'
import { Router } from './routing/router.ts'
import type { StoreHost } from './store-host.ts'
import { createStore, type RecordStore } from './store.ts'

const MESSAGE_BYTES = 100_000

/** What happens to a command on its way; `undefined`: it gets there and back. */
export type Fate = SubmitOutcome | 'applied, then lost' | undefined

type Handler = (question: never, from: MemberId) => unknown

interface Member {
  readonly id: MemberId
  readonly handlers: Map<string, Handler>
  readonly changed: Set<(group: PartitionId) => void>
  isDown: boolean
  store: RecordStore
  router: Router
}

export interface LocalRingOptions {
  readonly effects: Pick<Effects, 'clock' | 'random'>
  readonly members: number
  /** Members of each group, by number from 1; the first leads. */
  readonly holders: (group: PartitionId) => readonly number[]
  /** Beside those of every partition. */
  readonly procedures?: readonly AnyProcedure[]
}

export function memberIdOf(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

export class LocalRing {
  readonly #options: LocalRingOptions
  readonly #machines = new Map<PartitionId, Machine>()
  readonly #leaders = new Map<PartitionId, MemberId>()
  readonly #members: readonly Member[]
  /** Asked before each sending. */
  fateOf: (group: PartitionId, at: MemberId) => Fate = () => undefined
  /** Asked at each confirmation. */
  reads: (group: PartitionId, at: MemberId) => ReadOutcome | Promise<ReadOutcome> = () => 'ready'
  /** Whose disk is rotten: what is read there is told to be damaged. */
  isRotten: (at: MemberId) => boolean = () => false
  /** Where commands were sent, in order. */
  readonly sent: { readonly group: PartitionId; readonly at: MemberId }[] = []
  /** What members asked of one another, in order. */
  readonly asked: { readonly method: string; readonly at: MemberId; readonly question: unknown }[] =
    []
  /** Members whose version knows this method. */
  knows: (method: string, at: MemberId) => boolean = () => true

  constructor(options: LocalRingOptions) {
    this.#options = options
    for (const group of ALL_PARTITIONS) {
      const { procedures = [] } = options
      const machine = new Machine({ partition: group, procedures })
      machine.timeMs = options.effects.clock.wallMs()
      this.#machines.set(group, machine)
      this.#leaders.set(group, memberIdOf(present(options.holders(group)[0], 'a holder')))
    }
    this.#members = Array.from({ length: options.members }, (_, i) => this.#make(memberIdOf(i + 1)))
  }

  store(number: number): RecordStore {
    return this.#member(memberIdOf(number)).store
  }

  router(number: number): Router {
    return this.#member(memberIdOf(number)).router
  }

  machine(group: PartitionId): Machine {
    return present(this.#machines.get(group), 'machine')
  }

  lead(group: PartitionId, number: number): void {
    this.#leaders.set(group, memberIdOf(number))
    for (const { changed } of this.#members) for (const tell of changed) tell(group)
  }

  setDown(number: number, isDown: boolean): void {
    this.#member(memberIdOf(number)).isDown = isDown
  }

  /** Logged time moves, and what expired by it goes. */
  expire(byMs: number): void {
    for (const machine of this.#machines.values()) {
      machine.timeMs += byMs
      machine.apply({ kind: 'expire' })
    }
  }

  /** All messages between partitions, until there are none. */
  deliver(): void {
    for (let isQuiet = false; !isQuiet;) {
      isQuiet = true
      for (const [from, source] of this.#machines) {
        for (const to of source.partition.destinations()) {
          const messages = source.partition.outboxOf(to, MESSAGE_BYTES)
          const told = this.machine(to).apply({ kind: 'deliver', source: from, messages })
          const value = told.kind === 'done' ? told.value : undefined
          const { backup, mark } = present(readDeliverAnswer(value), 'answer')
          source.apply({ kind: 'delivered', destination: to, through: mark, backup })
          isQuiet = false
        }
      }
    }
  }

  stop(): void {
    for (const { router } of this.#members) router.stop()
  }

  #make(id: MemberId): Member {
    const { effects } = this.#options
    const member = { id, handlers: new Map(), changed: new Set(), isDown: false }
    const peers = this.#peersOf(id, member.handlers)
    const members = (): readonly MemberId[] => this.#members.map((other) => other.id)
    const router = new Router({ effects, self: id, peers, members })
    const host = this.#hostOf(id, member.changed as Member['changed'])
    router.start(host)
    const nameOf = (of: MemberId): string => `n${Number.parseInt(of, 16)}`
    const store = createStore({ effects, self: id, host, peers, router, nameOf })
    return { ...member, store, router } as Member
  }

  #member(id: MemberId): Member {
    return present(
      this.#members.find((member) => member.id === id),
      'member',
    )
  }

  #holds(group: PartitionId, id: MemberId): boolean {
    return this.#options.holders(group).some((number) => memberIdOf(number) === id)
  }

  #replicaAt(group: PartitionId, self: MemberId): Replica {
    const { partition } = this.machine(group)
    const check = (): void => {
      if (!this.isRotten(self)) return
      throw new AnilloError('DATA_DAMAGED', { path: 'store/state', problem: 'a row does not open' })
    }
    return {
      get appliedIndex() {
        return partition.appliedIndex
      },
      generation: partition.generation,
      featureLevel: partition.featureLevel,
      destinations: () => partition.destinations(),
      changedSince: (what, index) => partition.changedSince(what, index),
      get: (key) => {
        check()
        return partition.get(key)
      },
      list: (range) => {
        check()
        return partition.list(range)
      },
      watch: (what, tell) => partition.watch(what, tell),
    }
  }

  #hostOf(self: MemberId, changed: Member['changed']): StoreHost {
    return {
      held: () => ALL_PARTITIONS.filter((group) => this.#holds(group, self)),
      status: (group) => (this.#holds(group, self) ? this.#status(group) : undefined),
      replica: (group) => (this.#holds(group, self) ? this.#replicaAt(group, self) : undefined),
      submit: (group, at, data) => this.#submit(group, at, data),
      confirmRead: async (group): Promise<ReadOutcome> =>
        this.#holds(group, self) ? this.reads(group, self) : 'notHere',
      onChanged: (tell) => {
        changed.add(tell)
        return () => changed.delete(tell)
      },
    }
  }

  #status(group: PartitionId): RaftStatus {
    const voters = this.#options.holders(group).map(memberIdOf)
    const index = this.machine(group).partition.appliedIndex
    return {
      role: 'follower',
      term: 1,
      vote: undefined,
      leader: this.#leaders.get(group),
      configuration: { voters, learners: [] },
      isChanging: false,
      commit: index,
      applied: index,
      last: { index, term: 1 },
      base: { index: 0, term: 0 },
      isReady: false,
      progress: [],
    }
  }

  async #submit(group: PartitionId, at: MemberId, data: Uint8Array): Promise<SubmitOutcome> {
    this.sent.push({ group, at })
    const fate = this.fateOf(group, at)
    if (typeof fate === 'object') return fate
    if (this.#members.some(({ id, isDown }) => id === at && isDown)) {
      return { kind: 'refused', why: 'unreachable', hint: undefined }
    }
    if (!this.#holds(group, at)) return { kind: 'refused', why: 'notMember', hint: undefined }
    const leader = this.#leaders.get(group)
    if (leader !== at) return { kind: 'refused', why: 'notLeader', hint: leader }
    const machine = this.machine(group)
    machine.applyBytes(data)
    if (fate === 'applied, then lost') return { kind: 'lost' }
    const { answer, index } = present(machine.applied, 'applied')
    return { kind: 'applied', index, answer: present(answer, 'answer') }
  }

  #peersOf(self: MemberId, handlers: Member['handlers']): Peers {
    return {
      send: () => undefined,
      onBundle: () => undefined,
      onLost: () => undefined,
      isLost: (id) => this.#member(id).isDown,
      handle: (method, answer) => void handlers.set(method.name, answer),
      ask: async <Q, A>(to: MemberId, method: Method<Q, A>, question: Q): Promise<A> => {
        const member = this.#member(to)
        this.asked.push({ method: method.name, at: to, question })
        if (!this.knows(method.name, to)) {
          throw new AnilloError('RPC_UNKNOWN_METHOD', { method: method.name })
        }
        const handler = member.handlers.get(method.name)
        if (member.isDown || handler === undefined) {
          throw new AnilloError('RPC_UNREACHABLE', { address: to, problem: 'it is down' })
        }
        const asked = method.readQuestion(structuredClone(question))
        if (asked === undefined) throw new AnilloError('BAD_REQUEST', { problem: method.name })
        const answer = method.readAnswer(await handler(asked as never, self))
        if (answer !== undefined) return answer
        throw new AnilloError('RPC_GARBLED', { address: to, problem: method.name })
      },
    }
  }
}
