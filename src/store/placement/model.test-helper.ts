/** Groups and members without logs or messages, so that planning can be run to its end. */
import { present } from '../../base/assert.ts'
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { pick, type Chance } from '../../base/random.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import { StorageOrder } from './desired.ts'
import { marginOf } from './may-fail.ts'
import type { Plan, PlanGroup, PlanRing } from './plan-types.ts'
import { planGroup } from './plan.ts'
import type { EnrolledMember } from './types.ts'

export const GRACE_MS = 900_000
export const STABLE_MS = 60_000
const LOG_END = 10_000

export function idOf(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

/** Whom the ring wants to hold the partition while all are well. */
export function desiredHolders(
  partition: PartitionId,
  members: readonly EnrolledMember[],
): readonly MemberId[] {
  return new StorageOrder(members).holders(partition, () => 0)
}

/** A storing member on a host of its own. */
export function storing(number: number, more: Partial<EnrolledMember> = {}): EnrolledMember {
  return {
    id: idOf(number),
    name: `n${number}`,
    address: `10.0.0.${number}:9300`,
    host: `h${number}`,
    roles: ['chord', 'tweeter'],
    state: 'active',
    ...more,
  }
}

export function storingRing(size: number): readonly EnrolledMember[] {
  return Array.from({ length: size }, (_, i) => storing(i + 1))
}

/**
 * One ring, whose groups are planned by one leader each, and whose learners copy at once or not.
 */
export class Model {
  readonly chance: Chance
  readonly downSinceMs = new Map<MemberId, number>()
  readonly configurations = new Map<PartitionId, Configuration>()
  /** Learners that have not copied yet. */
  readonly copying = new Map<PartitionId, Set<MemberId>>()
  chunksSafe: (group: PartitionId, staying: readonly MemberId[]) => boolean = () => true
  nowMs = 1_000_000
  order: StorageOrder
  stableSinceMs = 0
  steps = 0

  constructor(chance: Chance, members: readonly EnrolledMember[]) {
    this.chance = chance
    this.order = new StorageOrder(members)
  }

  found(group: PartitionId, configuration: Configuration): void {
    this.configurations.set(group, configuration)
  }

  enrol(members: readonly EnrolledMember[]): void {
    this.order = new StorageOrder(members)
    this.stableSinceMs = this.nowMs
  }

  kill(member: MemberId): void {
    this.downSinceMs.set(member, this.nowMs)
    this.stableSinceMs = this.nowMs
  }

  isLive(id: MemberId): boolean {
    return !this.downSinceMs.has(id)
  }

  configuration(group: PartitionId): Configuration {
    return present(this.configurations.get(group), 'group')
  }

  margin(group: PartitionId): number {
    return marginOf(this.configuration(group), (id) => this.isLive(id))
  }

  plan(
    group: PartitionId,
    more: Partial<PlanRing> = {},
    status: Partial<PlanGroup['status']> = {},
  ): Plan {
    const configuration = this.configuration(group)
    const self = present(
      configuration.voters.find((id) => this.isLive(id)),
      'live voter',
    )
    const copying = this.copying.get(group) ?? new Set()
    const members = [...configuration.voters, ...configuration.learners]
    const progress = members.map((member) => ({
      member,
      match: copying.has(member) ? 0 : LOG_END,
      needsSnapshot: copying.has(member),
      lastAnswerAtMs: this.nowMs,
      hasAnswered: true,
    }))
    const last = { index: LOG_END, term: 1 }
    return planGroup(
      {
        id: group,
        self: this.#leaders.get(group) ?? self,
        configuration,
        status: { isChanging: false, isReady: true, last, progress, ...status },
        chunksSafe: (staying) => this.chunksSafe(group, staying),
      },
      {
        order: this.order,
        nowMs: this.nowMs,
        downSinceMs: this.downSinceMs,
        stableSinceMs: this.stableSinceMs,
        graceMs: GRACE_MS,
        stableMs: STABLE_MS,
        hasRepairs: false,
        hasPlace: () => true,
        ...more,
      },
    )
  }

  readonly #leaders = new Map<PartitionId, MemberId>()

  /** Takes the step of a plan. `false` where there was none. */
  take(group: PartitionId, { step }: Plan): boolean {
    if (step.kind === 'none') return false
    this.steps += 1
    if (step.kind === 'transfer') {
      this.#leaders.set(group, step.to)
      return true
    }
    const before = this.configuration(group)
    const known = new Set([...before.voters, ...before.learners])
    const copying = this.copying.get(group) ?? new Set()
    const after = [...step.voters, ...step.learners]
    for (const id of after) if (!known.has(id)) copying.add(id)
    this.copying.set(group, new Set([...copying].filter((id) => after.includes(id))))
    this.configurations.set(group, { voters: step.voters.toSorted(), learners: step.learners })
    const leader = this.#leaders.get(group)
    if (leader !== undefined && !step.voters.includes(leader)) this.#leaders.delete(group)
    return true
  }

  /** A leader that died is followed by another. */
  elect(group: PartitionId): void {
    const leader = this.#leaders.get(group)
    if (leader !== undefined && !this.isLive(leader)) this.#leaders.delete(group)
  }

  /** One learner of the group, if any answers, has copied. */
  copyOne(group: PartitionId): boolean {
    const copying = this.copying.get(group) ?? new Set()
    const able = [...copying].filter((id) => this.isLive(id))
    if (able.length === 0) return false
    return copying.delete(pick(this.chance, able))
  }

  /** Plans and copies until nothing happens any more; each step is told. */
  settle(group: PartitionId, told: (plan: Plan, before: number) => void = () => {}): Plan {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      this.elect(group)
      const plan = this.plan(group)
      const before = this.margin(group)
      const isStep = this.take(group, plan)
      told(plan, before)
      if (!isStep && !this.copyOne(group)) return plan
      this.nowMs += 1_000
    }
    throw new Error(`no end after ${ROUNDS_MAX} rounds`)
  }
}

/** Ten members come and ten go, each with a few steps: far from it. */
const ROUNDS_MAX = 200
