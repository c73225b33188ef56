/**
 * Coordinators on whole stores, under faults of machines, links and clocks. While they last several
 * may believe; no plan is made under an older lease, and each task comes about once. After the
 * healing all agree on the highest, which has the lease, in bounded time.
 */
import { assert, present } from '../../src/base/assert.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { seedRun } from '../seed-run.ts'
import { FaultDirector } from '../world/director.ts'
import type { Machine } from '../world/machine.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { CoordinatedRing, type Air } from './ring.ts'

const MEMBERS = 5
const STORM_MS = 5 * MINUTE_MS
const FAULT_EVERY_MS = 6 * SECOND_MS
const FAULT_MS_MAX = 25 * SECOND_MS
const LOOK_MS = SECOND_MS / 2
const VOTERS_WITHIN_MS = 3 * MINUTE_MS
/**
 * An election after the healing, then the end of a lease whose holder does not give it back; a
 * store that lost its leader answers before.
 */
const SETTLED_WITHIN_MS = 40 * SECOND_MS
/** Every task that was planned until the healing ends: five attempts and the pauses between. */
const ENDED_WITHIN_MS = 10 * MINUTE_MS
const READ_WITHIN_MS = 30 * SECOND_MS
const PLANNED_MIN = 5

const AIRS: readonly Air[] = ['all hear broadcasts', 'some hear broadcasts', 'no broadcasts']

const WEIGHTS = {
  kill: 3,
  powerLoss: 1,
  pause: 2,
  partition: 3,
  oneWayPartition: 2,
  nonTransitivePartition: 2,
  lossyLinks: 2,
  clockDrift: 1,
}

/** Of one machine; were most clocks set back, logged time and with it every lease would wait. */
const CLOCK_JUMP_EVERY_MS = MINUTE_MS
const CLOCK_JUMP_MS_MAX = 60 * MINUTE_MS

/** Options: `planted NAME|all`. */
export const runCoordinatorScenario = seedRun(simulationOf, {
  bugs: PLANTED_BUGS,
  hunt: huntPlanted,
})

export function simulationOf(seed: number): Simulation {
  return { name: 'coordinator', seed, scenario: (world) => live(world, seed) }
}

async function live(world: World, seed: number): Promise<readonly string[]> {
  world.tally.want([
    'check: no plan under an older lease',
    'check: task came about once',
    'check: one believes, and has the lease',
    'coordinator: has the lease',
  ])
  const air = present(AIRS[seed % AIRS.length], 'a kind of network')
  const ring = new CoordinatedRing(world, air)
  await ring.stores.begin(MEMBERS)
  await world.until(() => haveVoters(ring), 'all are voters', VOTERS_WITHIN_MS)
  await settle(world, ring)
  const believedMost = await storm(world, ring)
  const planned = ring.planned
  assert(planned >= PLANNED_MIN, `only ${planned} tasks were planned`)
  await settle(world, ring)
  await lookUntil(world, ring, { holds: () => ring.ended >= planned, withinMs: ENDED_WITHIN_MS })
  await world.pass(SECOND_MS)
  await world.settle(ring.checkTicks(planned), 'ticks are read', READ_WITHIN_MS)
  return [
    `${MEMBERS} members, ${air}; at most ${believedMost} believed at once`,
    `${planned} tasks planned, ${ring.begun} begun, in ${(world.nowMs / MINUTE_MS).toFixed(0)} min`,
  ]
}

/** The most that believed at once. */
async function storm(world: World, ring: CoordinatedRing): Promise<number> {
  const { stores } = ring
  const director = new FaultDirector({
    world,
    machines: stores.seats.map(({ machine }) => machine),
    weights: WEIGHTS,
    intervalMsMean: FAULT_EVERY_MS,
    durationMsMax: FAULT_MS_MAX,
    downMax: 2,
    revive: (machine: Machine) =>
      stores.start(
        present(
          stores.seats.find((seat) => seat.machine === machine),
          'seat',
        ),
      ),
  })
  director.start()
  let believedMost = 0
  const endMs = world.nowMs + STORM_MS
  let jumpMs = world.nowMs
  while (world.nowMs < endMs) {
    if (world.nowMs >= jumpMs) {
      jumpMs += CLOCK_JUMP_EVERY_MS
      const byMs = (2 * world.chance.fraction() - 1) * CLOCK_JUMP_MS_MAX
      present(stores.seats[0], 'seat').machine.time.jump(byMs)
    }
    await world.pass(LOOK_MS)
    ring.look()
    believedMost = Math.max(believedMost, ring.believers.length)
  }
  director.heal()
  return believedMost
}

/** All run, and agree. */
async function settle(world: World, ring: CoordinatedRing): Promise<void> {
  const isSettled = (): boolean => ring.stores.up.length === MEMBERS && ring.isSettled
  await lookUntil(world, ring, { holds: isSettled, withinMs: SETTLED_WITHIN_MS })
  assert(ring.believers.length === 1, 'exactly one believes')
  assert(ring.believers[0] === ring.highest, 'it is the highest')
  world.tally.add('check: one believes, and has the lease')
}

async function lookUntil(
  world: World,
  ring: CoordinatedRing,
  { holds, withinMs }: { readonly holds: () => boolean; readonly withinMs: number },
): Promise<void> {
  const endMs = world.nowMs + withinMs
  while (!holds()) {
    assert(world.nowMs < endMs, `not within ${withinMs} ms: ${ring.describe()}`)
    await world.pass(LOOK_MS)
    ring.look()
  }
}

function haveVoters({ stores }: CoordinatedRing): boolean {
  return stores.groups.every((group) => {
    const leader = stores.leaderOf(group)
    if (leader === undefined) return false
    const configuration = stores.host(leader).status(group)?.configuration
    return configuration?.voters.length === MEMBERS && configuration.outgoing === undefined
  })
}
