/**
 * A schedule over whole members that die, hang and are cut off, most of all whoever sees to it when
 * a time comes; the clock of one is wrong by up to an hour. Each due time begins one crawl, none
 * begins before its time, and a webhook that fails for a while is told of all in the end.
 */
import { assert, present } from '../../src/base/assert.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/base/limits.ts'
import { SCHEDULES_POSITION } from '../../src/services/scrape/schedules/schedule-rows.ts'
import type { Schedule } from '../../src/wire/api-schedules.ts'
import { CrawlingRing } from '../crawls/ring.ts'
import { seedRun } from '../seed-run.ts'
import { FaultDirector } from '../world/director.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'

const MEMBERS = 5
const RUNS = 2
/** From one time to the next. */
const STEP_MS = 5 * MINUTE_MS
/** Of the hour: soon after the ring stands, so that no time passes in waiting for it. */
const FIRST_MS = 2 * MINUTE_MS
const FAULTS = { intervalMsMean: 20 * SECOND_MS, durationMsMax: 15 * SECOND_MS, downMax: 2 }
const WEIGHTS = { kill: 3, powerLoss: 1, pause: 2, partition: 1, clockDrift: 1 }
/** Whoever sees to schedules dies so long before a time, or less. */
const BEFORE_MS = 3 * SECOND_MS
const JUMP_MS_MAX = 60 * MINUTE_MS
const TOLD_WITHIN_MS = 20 * MINUTE_MS
/** A death and the ring that heals, with the message that begins the crawl. */
const BEGUN_WITHIN_MS = 2 * MINUTE_MS
const LOOK_EVERY_MS = SECOND_MS

const WANTED = [
  'check: one crawl for each due time',
  'check: none before its time',
  'check: a webhook is told of all',
  'fault: whoever saw to it died',
] as const

/** Options: `planted NAME|all`. */
export const runSchedulesScenario = seedRun(simulationOf, {
  bugs: PLANTED_BUGS,
  hunt: huntPlanted,
})

export function simulationOf(seed: number): Simulation {
  return { name: 'schedules', seed, scenario: live }
}

async function live(world: World): Promise<readonly string[]> {
  world.tally.want(WANTED)
  const ring = new CrawlingRing(world, MEMBERS)
  await ring.start(MEMBERS)
  // Of a group with one voter that voter’s clock would be the time.
  await ring.becomeWhole()
  const site = openSite(world)
  present(ring.machines[0], 'machine').time.jump(world.chance.below(2 * JUMP_MS_MAX) - JUMP_MS_MAX)
  const crawl = { seeds: [PAGE], delay: 0, resources: false, webhook: { url: HOOK } }
  const times = { cron: '2-59/5 * * * *', zone: 'UTC' }
  const { id } = await ring.askMember(({ schedules }) => schedules.make(crawl, times, ANA))
  const director = new FaultDirector({
    world,
    machines: ring.machines,
    ...FAULTS,
    weights: WEIGHTS,
  })
  director.start()
  await killAtEachTime(world, { director, ring })
  director.heal()
  await ring.becomeIdeal()
  await ring.askMember(({ schedules }) => schedules.steer(id, 'paused'))
  const runs = await checkRuns(world, { ring, id })
  site.isUp = true
  await checkTold(world, runs)
  return [`${runs.length} runs, ${told(world).length} calls of the webhook`]
}

const ANA = { by: 'ana' }
const PAGE = 'http://docs.example/'
const HOOK = 'http://hooks.example/hook'

function openSite(world: World): { isUp: boolean } {
  const state = { isUp: false }
  world.sites.name('docs.example', '93.184.215.14')
  world.sites.name('hooks.example', '93.184.215.15')
  world.sites.page(PAGE, { body: Buffer.from('<title>a</title>') })
  world.sites.page(HOOK, () => ({ status: state.isUp ? 204 : 503 }))
  return state
}

interface Scheduled {
  readonly ring: CrawlingRing
  readonly id: string
}

/** Since the last time of the schedule. */
function sinceDueMs(wallMs: number): number {
  return (wallMs - FIRST_MS) % STEP_MS
}

/** Nobody is asked meanwhile: whoever is asked may die of it. */
async function killAtEachTime(
  world: World,
  { director, ring }: { readonly director: FaultDirector; readonly ring: CrawlingRing },
): Promise<void> {
  const { time } = present(ring.machines[1], 'a machine whose clock is right')
  for (let runs = 0; runs < RUNS; runs++) {
    const leftMs = STEP_MS - sinceDueMs(time.wallMs)
    await world.pass(Math.max(0, leftMs - world.chance.below(BEFORE_MS)))
    for (const machine of ring.ownersOf(SCHEDULES_POSITION)) {
      if (director.kill(machine)) world.tally.add('fault: whoever saw to it died')
    }
    await world.pass(BEGUN_WITHIN_MS)
  }
}

async function known({ id, ring }: Scheduled): Promise<Schedule> {
  return present(await ring.askMember(({ schedules }) => schedules.get(id)), 'schedule')
}

/** Each has a time of its own, a crawl of its own, and there are no other crawls. */
async function checkRuns(world: World, { id, ring }: Scheduled): Promise<readonly string[]> {
  const { runs } = await known({ ring, id })
  assert(runs.length >= RUNS, `${runs.length} runs`)
  const begun = runs.flatMap(({ crawl }) => crawl ?? [])
  const { items } = await ring.ask((crawls) => crawls.list({ limit: 50 }))
  assert(new Set(runs.map(({ at }) => at)).size === runs.length, 'a time is one run')
  const all = new Set(items.map((crawl) => crawl.id))
  assert(all.size === begun.length && begun.every((crawl) => all.has(crawl)), 'a run is one crawl')
  world.tally.add('check: one crawl for each due time', runs.length)
  for (const { at, crawl } of runs) {
    if (crawl === undefined) continue
    const { startedAt } = await ring.over(crawl)
    const lateMs = Date.parse(startedAt) - Date.parse(at)
    assert(sinceDueMs(Date.parse(at)) === 0, `${at} is a time of the schedule`)
    assert(lateMs >= 0 && lateMs < BEGUN_WITHIN_MS, `begun at ${startedAt}, due at ${at}`)
    world.tally.add('check: none before its time')
  }
  return begun
}

/** Begin and end of each crawl, in order, under ids that stay the same. */
async function checkTold(world: World, crawls: readonly string[]): Promise<void> {
  const untilMs = world.nowMs + TOLD_WITHIN_MS
  const events = 2 * crawls.length
  const ids = () => [...new Set(told(world).map((headers) => headers.get('webhook-id')))]
  const isTold = () =>
    told(world).some((headers) => headers.get('webhook-id')?.endsWith(`_${events}`))
  while (!isTold()) {
    assert(world.nowMs < untilMs, `${ids().length} of ${events} events are told`)
    await world.pass(LOOK_EVERY_MS)
  }
  const numbers = ids().map((id) => Number(id?.split('_').at(-1)))
  const isInOrder = numbers.every((number, n) => number === n + 1)
  assert(isInOrder && numbers.length === events, `told in order: ${numbers.join(' ')}`)
  world.tally.add('check: a webhook is told of all', events)
}

function told(world: World): readonly ReadonlyMap<string, string>[] {
  const posts = world.sites.visits.filter(({ method, url }) => method === 'POST' && url === HOOK)
  return posts.map(({ headers }) => new Map(headers))
}
