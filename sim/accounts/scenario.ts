/**
 * Accounts over whole stores, under faults that interrupt: a nick has one winner, and who was
 * logged out, suspended or robbed is nobody at any member from then on.
 */
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { SeededChance } from '../../src/base/random.ts'
import { seedRun } from '../seed-run.ts'
import { areWhole, interrupt } from '../store/interrupted.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { Person } from './person.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { race } from './race.ts'
import { AccountRing } from './ring.ts'

const MEMBERS = 5
const RACES = 2
const PEOPLE = 4
const LIFE_MS = 3 * MINUTE_MS
/** A majority of five stays. */
const INTERRUPTIONS = {
  intervalMsMean: 6 * SECOND_MS,
  durationMsMax: 12 * SECOND_MS,
  downMax: 2,
}
const READY_WITHIN_MS = 2 * MINUTE_MS
const RACED_WITHIN_MS = 3 * MINUTE_MS
const ENDED_WITHIN_MS = 5 * MINUTE_MS

const WANTED = [
  'accounts: a member ended in a race',
  'check: a nick has one winner',
  'check: the winner has the account',
  'check: who is logged in is somebody',
] as const

/** Options: `planted NAME|all`. */
export const runAccountsScenario = seedRun(simulationOf, { bugs: PLANTED_BUGS, hunt: huntPlanted })

export function simulationOf(seed: number): Simulation {
  return { name: 'accounts', seed, scenario: (world) => live(world, seed) }
}

async function live(world: World, seed: number): Promise<readonly string[]> {
  world.tally.want(WANTED)
  const ring = new AccountRing(world)
  const chance = new SeededChance(seed)
  await ring.stores.begin(MEMBERS)
  await world.until(() => isWhole(ring), 'all vote', READY_WITHIN_MS)
  for (let number = 0; number < RACES; number++) {
    const raced = race(ring, chance.fork())
    await world.settle(raced, `race ${number}`, RACED_WITHIN_MS)
    await world.until(() => isWhole(ring), 'all are up again', READY_WITHIN_MS)
  }
  const director = interrupt(world, ring.stores, INTERRUPTIONS)
  director.start()
  const endMs = world.nowMs + LIFE_MS
  const people = Array.from({ length: PEOPLE }, () => new Person({ ring, chance: chance.fork() }))
  const living = Promise.all(people.map((person) => person.live(endMs)))
  await world.until(() => world.nowMs >= endMs, 'time passes', LIFE_MS + SECOND_MS)
  director.heal()
  await world.settle(living, 'people end', ENDED_WITHIN_MS)
  await world.until(() => isWhole(ring), 'all are up again', READY_WITHIN_MS)
  return [`${MEMBERS} members, ${RACES} races, ${PEOPLE} people`]
}

function isWhole({ stores }: AccountRing): boolean {
  return areWhole(stores, MEMBERS)
}
