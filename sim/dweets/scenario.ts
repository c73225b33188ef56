/**
 * The microblog over whole members, of which some die, hang and are cut off: a dweet is published
 * once and stands on its author's profile from the answer on; who follows is shown each once,
 * unseen first; counts are those of what there is; both sides of a relation know the same.
 */
import { assert } from '../../src/base/assert.ts'
import { MINUTE_MS } from '../../src/base/limits.ts'
import { SeededChance } from '../../src/base/random.ts'
import { liveThroughFaults, type Living } from '../crawls/crowd.ts'
import { CrawlingRing } from '../crawls/ring.ts'
import { seedRun } from '../seed-run.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { Board } from './board.ts'
import { DweetDoors, dweeter } from './doors.ts'
import { allPages } from './pages.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { Reader } from './reader.ts'
import { Rivals } from './rivals.ts'
import { Talker } from './talker.ts'

const MEMBERS = 5
const TALKERS = ['ana', 'beto', 'carla'] as const
const READERS = ['rita', 'raul'] as const
const RIVALS = ['tom', 'jerry'] as const
const CHECKED_WITHIN_MS = 5 * MINUTE_MS
/** Messages between partitions have arrived, also those that waited for a leader. */
const QUIET_MS = MINUTE_MS

const WANTED = [
  'check: a profile is what was made of it',
  'check: both know who follows whom',
  'check: everything new was shown',
  'check: home has each dweet once',
  'check: likes are those of people',
  'check: what is new is in order, and not shown before',
  'check: what is public is listed once',
  'check: who is named is told once',
] as const

/** Options: `planted NAME|all`. */
export const runDweetsScenario = seedRun(simulationOf, { bugs: PLANTED_BUGS, hunt: huntPlanted })

export function simulationOf(seed: number): Simulation {
  return { name: 'dweets', seed, scenario: (world) => live(world, seed) }
}

interface Parts {
  readonly world: World
  readonly ring: CrawlingRing
  readonly doors: DweetDoors
  readonly board: Board
}

async function live(world: World, seed: number): Promise<readonly string[]> {
  world.tally.want(WANTED)
  const ring = new CrawlingRing(world, MEMBERS)
  await ring.start(MEMBERS)
  await ring.becomeWhole()
  const doors = new DweetDoors(ring)
  const registered = [...TALKERS, ...READERS, ...RIVALS].map((nick) => doors.register(nick))
  await world.settle(Promise.all(registered), 'all are registered', MINUTE_MS)
  const parts: Parts = { world, ring, doors, board: new Board() }
  const all = crowd(parts, new SeededChance(seed))
  await liveThroughFaults({ world, ring, all, quietMs: QUIET_MS })
  const checks = Promise.all([checkPublic(parts), checkCounts(parts)])
  await world.settle(checks, 'all is checked', CHECKED_WITHIN_MS)
  return [`${MEMBERS} members, ${parts.board.all().length} dweets`]
}

function crowd(parts: Parts, chance: SeededChance): readonly Living[] {
  const talkers = TALKERS.map(
    (nick) => new Talker({ ...parts, chance: chance.fork(), nick, readers: READERS }),
  )
  const readers = READERS.map(
    (nick) => new Reader({ ...parts, chance: chance.fork(), nick, talkers: TALKERS }),
  )
  return [...talkers, ...readers, new Rivals({ ...parts, chance: chance.fork(), nicks: RIVALS })]
}

async function checkPublic({ board, doors, ring, world }: Parts): Promise<void> {
  const wanted = board.all().map(({ id }) => id)
  const { items } = await allPages({ doors, ring }, (dweets, page) =>
    dweets.local(dweeter(READERS[0]), page),
  )
  const listed = items.map(({ id }) => id)
  assert(listed.join() === wanted.join(), `${listed.length} of ${wanted.length} are listed`)
  world.tally.add('check: what is public is listed once')
}

/** By what everybody is told of what they did with it themselves. */
async function checkCounts({ board, doors, world }: Parts): Promise<void> {
  for (const { id } of board.all()) {
    const asked = TALKERS.map((nick) => doors.ask((dweets) => dweets.dweet(dweeter(nick), id)))
    const told = await Promise.all(asked)
    const liked = told.filter(({ mine }) => mine.liked).length
    const redweeted = told.filter(({ mine }) => mine.redweeted).length
    for (const { likes, redweets } of told) {
      assert(likes === liked, `${id} has ${likes} likes of ${liked}`)
      assert(redweets === redweeted, `${id} has ${redweets} redweets of ${redweeted}`)
    }
    world.tally.add('check: likes are those of people')
  }
}
