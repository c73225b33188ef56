/**
 * Files over whole members, of which some die, hang and are cut off: what was written is read at
 * every member from then on, a folder that was moved is at one place, and nothing is left under
 * way when all is quiet.
 */
import { assert } from '../../src/base/assert.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { SeededChance } from '../../src/base/random.ts'
import { SLOT_KEY } from '../../src/services/files/tree/places.ts'
import { CrawlingRing } from '../crawls/ring.ts'
import { seedRun } from '../seed-run.ts'
import { FaultDirector } from '../world/director.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { FilesPerson } from './person.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'

const MEMBERS = 5
const PEOPLE = 3
const LIFE_MS = 50 * SECOND_MS
const ENDED_WITHIN_MS = 5 * MINUTE_MS
/** Leaders look each minute, for moves that began more than a minute before. */
const QUIET_MS = 4 * MINUTE_MS
const FAULTS = { intervalMsMean: 4 * SECOND_MS, durationMsMax: 8 * SECOND_MS, downMax: 2 }
const WEIGHTS = { kill: 2, powerLoss: 1, pause: 1, partition: 1 }

const WANTED = [
  'check: a file is as it was written',
  'check: a folder is at one place',
  'check: nothing is under way',
] as const

/** Options: `planted NAME|all`. */
export const runFilesScenario = seedRun(simulationOf, { bugs: PLANTED_BUGS, hunt: huntPlanted })

export function simulationOf(seed: number): Simulation {
  return { name: 'files', seed, scenario: (world) => live(world, seed) }
}

async function live(world: World, seed: number): Promise<readonly string[]> {
  world.tally.want(WANTED)
  const ring = new CrawlingRing(world, MEMBERS)
  await ring.start(MEMBERS)
  await ring.becomeWhole()
  const chance = new SeededChance(seed)
  const people = Array.from(
    { length: PEOPLE },
    (_, at) => new FilesPerson({ ring, world, chance: chance.fork(), nick: `person${at}` }),
  )
  const weights = WEIGHTS
  const director = new FaultDirector({ world, machines: ring.machines, ...FAULTS, weights })
  director.start()
  const endMs = world.nowMs + LIFE_MS
  const living = Promise.all(people.map((person) => person.live(endMs)))
  await world.until(() => world.nowMs >= endMs, 'time passes', LIFE_MS + SECOND_MS)
  director.heal()
  await world.settle(living, 'people end', ENDED_WITHIN_MS)
  await ring.becomeIdeal()
  await world.pass(QUIET_MS)
  const checked = Promise.all(people.map((person) => person.checkAll()))
  await world.settle(checked, 'all is checked', ENDED_WITHIN_MS)
  const slot = await ring.askMember(({ store }) => store.records.get(SLOT_KEY))
  assert(slot === undefined, 'the slot of moves is given back')
  world.tally.add('check: nothing is under way')
  return [`${MEMBERS} members, ${PEOPLE} people`]
}
