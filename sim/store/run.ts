/** One run of whole stores: begin, suffer, heal, and what must then hold. */
import { assert, present } from '../../src/base/assert.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { pick, SeededChance } from '../../src/base/random.ts'
import { decodeBundle, encodeBundle } from '../../src/wire/bundle-codec.ts'
import { ALL_PARTITIONS, partitionOf, type PartitionId } from '../../src/wire/partition.ts'
import { VIRTUAL_MINUTES } from '../scenario.ts'
import type { World } from '../world/world.ts'
import { Convergence, CONVERGENCE_CHECKS } from './convergence.ts'
import { CORE_CHECK, CoreAlone } from './core-alone.ts'
import { checkHandOvers, HAND_OVER_CHECK } from './hand-overs.ts'
import { RAFT_CHECKS } from './invariants.ts'
import { keySpaceIn, KV_TABLE, type KeySpace } from './keys.ts'
import { STORE_FAULT_NAMES, STORE_FAULTS, type StoreFault } from './nemesis.ts'
import { planFaults, planWorkload, RUN_MS, type PlannedFault, type WorkloadPlan } from './plan.ts'
import { Stores } from './stores.ts'
import { Nemesis } from './striking.ts'
import { Watchers, WATCH_CHECKS } from './watchers.ts'
import { Workload, WORKLOAD_CHECKS } from './workload.ts'

export interface StorePlan {
  readonly seed: number
  readonly machines: number
  readonly groups: number
  /** Bundles go through the real encoding. */
  readonly isEncoded: boolean
  /** Appends of one entry, and a log that soon forgets: much that seldom happens does often. */
  readonly isTight: boolean
  /** A majority alone must go on, while the rest stays frozen. */
  readonly provesCore: boolean
  readonly workload: WorkloadPlan
  readonly faults: readonly PlannedFault<StoreFault>[]
}

export const CHECKS: readonly string[] = [
  ...WORKLOAD_CHECKS,
  ...RAFT_CHECKS,
  ...CONVERGENCE_CHECKS,
  CORE_CHECK,
  HAND_OVER_CHECK,
  ...WATCH_CHECKS,
]

const GROUPS = 4
const FAULT_EVERY_MS = 15 * SECOND_MS
const FAULT_MS_MAX = 20 * SECOND_MS
/** For the last words, and the last fault that cuts them short. */
const LAST_MS = 8 * SECOND_MS
const LAST_FAULTS = ['leadersTurnOver', 'powerLossOfAllAtAcknowledgement'] as const
const LOOK_MS = 20 * SECOND_MS
/** A fault so long before a burst is meant for it. */
const AHEAD_MS = 2 * SECOND_MS
const BEGIN_WITHIN_MS = 2 * MINUTE_MS
const END_WITHIN_MS = 5 * MINUTE_MS
const CONVERGED_WITHIN_MS = 3 * MINUTE_MS
/** How long until all is read again after the healing. */
const READ_WITHIN_MS = MINUTE_MS
/** Until each watcher has come to a member that tells it the last changes. */
const TOLD_WITHIN_MS = MINUTE_MS

/** Members of a run: five as a rule. */
const SIZES = [5, 5, 5, 5, 3, 4, 6, 7] as const

export interface StoreRunOptions {
  readonly groups?: number
  readonly machines?: number
  readonly lengthMs?: number
  /** Weights of faults in the place of the usual ones. */
  readonly weights?: Readonly<Partial<Record<StoreFault, number>>>
  readonly faultEveryMs?: number
  readonly isTight?: boolean
}

export function planStore(seed: number, options: StoreRunOptions = {}): StorePlan {
  const chance = new SeededChance(seed)
  const { groups = GROUPS, lengthMs = RUN_MS, faultEveryMs = FAULT_EVERY_MS } = options
  const machines = options.machines ?? present(SIZES[chance.below(SIZES.length)], 'size')
  const isEncoded = chance.below(8) === 0
  const provesCore = chance.below(3) === 0
  const workload = planWorkload(chance.fork(), lengthMs)
  const dealt = planFaults(chance.fork(), {
    names: STORE_FAULT_NAMES,
    weights: { ...STORE_FAULTS, ...options.weights },
    bursts: workload.bursts,
    lengthMs,
    intervalMsMean: faultEveryMs,
    durationMsMax: FAULT_MS_MAX,
  })
  const last: PlannedFault<StoreFault> = {
    name: pick(chance, LAST_FAULTS),
    atMs: lengthMs,
    durationMs: LAST_MS / 2,
    seed: chance.u32(),
  }
  const faults = [...dealt, last]
  const isTight = options.isTight ?? chance.below(4) === 0
  return { seed, machines, groups, isEncoded, isTight, provesCore, workload, faults }
}

/** @throws when a check fails */
export async function runStore(world: World, plan: StorePlan): Promise<readonly string[]> {
  for (const check of CHECKS) world.tally.add(check, 0)
  checkHandOvers(world)
  const groups = ALL_PARTITIONS.slice(0, plan.groups)
  const space = keySpaceIn(groups)
  const codec = plan.isEncoded ? { encode: encodeBundle, decode: decodeBundle } : undefined
  const stores = new Stores({ world, groups, codec, isTight: plan.isTight })
  const convergence = new Convergence(stores, space)
  await stores.begin(plan.machines)
  await converge(world, convergence, BEGIN_WITHIN_MS)
  const workload = new Workload({ world, doors: stores.doors, space, plan: plan.workload })
  const nemesis = new Nemesis(stores, groupsOf(plan.workload, space))
  const watchers = new Watchers(stores, space.heads)
  workload.start()
  nemesis.schedule(plan.faults)
  const endMs = world.nowMs + plan.workload.lengthMs + LAST_MS
  while (world.nowMs < endMs) await look(world, convergence, workload)
  nemesis.heal()
  if (plan.provesCore) await new CoreAlone(stores, new SeededChance(plan.seed)).prove()
  await converge(world, convergence, CONVERGED_WITHIN_MS)
  await world.until(() => workload.isOver, 'all clients are done', END_WITHIN_MS)
  await converge(world, convergence, CONVERGED_WITHIN_MS)
  world.tally.add('check: all replicas converge')
  world.tally.add(HAND_OVER_CHECK)
  await world.settle(workload.readAll(), 'all keys are read', READ_WITHIN_MS)
  workload.checkHistory()
  await world.until(
    () => watchers.missing() === undefined,
    'watchers were told all',
    TOLD_WITHIN_MS,
  )
  for (const seat of stores.up.slice(0, 1)) {
    const { store } = present(seat.member, 'member')
    await world.settle(workload.checkLedger(store), 'accounts are read', READ_WITHIN_MS)
  }
  const { operations, unknown } = workload.history
  const minutes = (world.nowMs / MINUTE_MS).toFixed(0)
  world.tally.add(VIRTUAL_MINUTES, Math.floor(world.nowMs / MINUTE_MS))
  return [
    `${plan.machines} members, ${plan.groups} groups, ${nemesis.struck} faults in ${minutes} min`,
    `${operations} operations on records, ${unknown} of them without a known end`,
  ]
}

/** The group that clients ask most at a time of the run. */
function groupsOf(
  { bursts }: WorkloadPlan,
  { heads }: KeySpace,
): (sinceMs: number) => PartitionId | undefined {
  return (sinceMs) => {
    const burst = bursts.findLast(({ atMs }) => atMs - AHEAD_MS <= sinceMs)
    const head = burst === undefined ? undefined : heads[burst.focus]
    return head === undefined ? undefined : partitionOf(KV_TABLE, head)
  }
}

async function look(world: World, convergence: Convergence, workload: Workload): Promise<void> {
  await world.pass(LOOK_MS)
  workload.checkClients()
  convergence.compare()
}

/** Lets time pass until nothing is missing. */
async function converge(world: World, convergence: Convergence, withinMs: number): Promise<void> {
  const endMs = world.nowMs + withinMs
  let missing = convergence.missing()
  while (missing !== undefined) {
    assert(world.nowMs < endMs, `not within ${withinMs} ms: ${missing}`)
    await world.pass(SECOND_MS / 2)
    missing = convergence.missing()
  }
  convergence.compare()
}
