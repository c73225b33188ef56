/**
 * Files over whole members, of which some die, hang and are cut off: what was written is read at
 * every member from then on, with its versions; a folder that was moved is at one place; a change
 * that comes again is done once; who may not see does not; locks have one holder; what accounts use
 * is what they have; and nothing is left under way when all is quiet.
 */
import { assert } from '../../src/base/assert.ts'
import { KIB, MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { SeededChance } from '../../src/base/random.ts'
import { SLOT_KEY } from '../../src/services/files/tree/places.ts'
import { liveThroughFaults, type Living } from '../crawls/crowd.ts'
import { CrawlingRing } from '../crawls/ring.ts'
import { seedRun } from '../seed-run.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { personOf } from './asker.ts'
import { Locker, type LockHolder } from './locker.ts'
import { FilesPerson } from './person.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { Repeater } from './repeater.ts'
import { Sharer } from './sharer.ts'

const MEMBERS = 5
/** Accounts with the folders that people who are them write in, and what an account may have. */
const ACCOUNTS = [
  { nick: 'wide', boxes: ['box'] },
  { nick: 'tight', boxes: ['box', 'chest'], bytesMax: 250 * KIB },
] as const
const LOCKERS = ['lea', 'leo'] as const
/** Other members follow a new limit so late. */
const LIMITS_KNOWN_MS = 6 * SECOND_MS
/** What was promised to somebody whose member died lapses by then. */
const LAPSED_MS = 11 * MINUTE_MS
/** Leaders look each minute, for moves that began more than a minute before. */
const QUIET_MS = 4 * MINUTE_MS

const WANTED = [
  'check: a change that comes again is done once',
  'check: a file is as it was written',
  'check: a folder is at one place',
  'check: a link opens',
  'check: a link that was revoked opens nothing',
  'check: a lock is had by one',
  'check: nothing is under way',
  'check: usage is what stands',
  'check: versions are what was replaced',
  'check: who may not see does not',
  'check: who may see does',
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
  await limit(world, ring)
  const { all, people } = crowd(world, ring, new SeededChance(seed))
  await liveThroughFaults({ world, ring, all, quietMs: QUIET_MS })
  for (const { nick } of ACCOUNTS) {
    await checkAccount({ world, ring, nick, people: people.filter(({ who }) => who.nick === nick) })
  }
  const slot = await ring.askMember(({ store }) => store.records.get(SLOT_KEY))
  assert(slot === undefined, 'the slot of moves is given back')
  world.tally.add('check: nothing is under way')
  return [`${MEMBERS} members, ${all.length} people`]
}

function crowd(
  world: World,
  ring: CrawlingRing,
  chance: SeededChance,
): { readonly all: readonly Living[]; readonly people: readonly FilesPerson[] } {
  const people = ACCOUNTS.flatMap(({ boxes, nick }) =>
    boxes.map((box) => new FilesPerson({ ring, world, chance: chance.fork(), nick, box })),
  )
  const holder: LockHolder = { nick: undefined }
  const lockers = LOCKERS.map(
    (nick) => new Locker({ ring, world, chance: chance.fork(), nick, holder }),
  )
  const sharer = new Sharer({ ring, world, chance: chance.fork() })
  const repeater = new Repeater({ ring, world, chance: chance.fork() })
  return { all: [...people, ...lockers, sharer, repeater], people }
}

async function limit(world: World, ring: CrawlingRing): Promise<void> {
  const boss = { ...personOf('boss'), isManager: true }
  for (const { nick, ...limits } of ACCOUNTS) {
    if (!('bytesMax' in limits)) continue
    const { bytesMax } = limits
    await ring.askMember(({ files }) => files.setLimits(boss, nick, { bytesMax }))
  }
  await world.pass(LIMITS_KNOWN_MS)
}

interface AccountParts {
  readonly world: World
  readonly ring: CrawlingRing
  readonly nick: string
  readonly people: readonly FilesPerson[]
}

/** What it threw away is there once, and what it has is what is counted. */
async function checkAccount({ nick, people, ring, world }: AccountParts): Promise<void> {
  const who = personOf(nick)
  const trash = await ring.askMember(({ files }) => files.trash(who))
  const ids = trash.map(({ id }) => id).toSorted()
  const wanted = people.flatMap(({ thrownAway }) => thrownAway).toSorted()
  assert(ids.join() === wanted.join(), `the trash of ${nick} has ${ids.length} entries`)
  const usage = await ring.askMember(({ files }) => files.usage(who))
  const isPromised = usage.claimedBytes > 0
  if (isPromised) await world.pass(LAPSED_MS)
  const { bytes, claimedBytes, files } = isPromised
    ? await ring.askMember((member) => member.files.usage(who))
    : usage
  const told = [bytes, files, claimedBytes]
  const takes = people.map((person) => person.takes)
  const sum = [
    takes.reduce((all, each) => all + each.bytes, 0),
    takes.reduce((all, each) => all + each.files, 0),
    0,
  ]
  assert(told.join() === sum.join(), `${nick} uses ${told.join()}, and has ${sum.join()}`)
  world.tally.add('check: usage is what stands')
}
