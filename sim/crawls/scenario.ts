/**
 * A crawl over whole members, of which some die, hang and are cut off while another joins: every
 * page is downloaded, none twice but what the dead had begun, no host is asked more often than it
 * bears, the crawl ends and its account is true. A second crawl is cancelled, and asks for nothing
 * a second later.
 */
import { assert } from '../../src/base/assert.ts'
import { SECOND_MS } from '../../src/base/limits.ts'
import type { Crawl, CrawlRequest } from '../../src/wire/api-crawls.ts'
import { seedRun } from '../seed-run.ts'
import { FaultDirector } from '../world/director.ts'
import type { Simulation } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { huntPlanted, PLANTED_BUGS } from './planted.ts'
import { CrawlingRing } from './ring.ts'
import { CrawledSites } from './site.ts'

const MEMBERS = 5
const DELAY_MS = 250
const CONNECTIONS = 2
/** Before the last member joins, and before the first fault. */
const CALM_MS = 4 * SECOND_MS
const FAULTS_MS = 45 * SECOND_MS
const FAULTS = { intervalMsMean: 3 * SECOND_MS, durationMsMax: 8 * SECOND_MS, downMax: 2 }
const DEATHS = { kill: 2, powerLoss: 1, pause: 1 }
const NETWORK = { kill: 1, pause: 1, partition: 1, oneWayPartition: 1, brokenConnections: 1 }
/** Of the crawl that is cancelled. */
const BEFORE_CANCEL_MS = 5 * SECOND_MS
const QUIET_WITHIN_MS = SECOND_MS
const QUIET_MS = 20 * SECOND_MS

const WANTED = [
  'check: every page is downloaded',
  'check: rate of a host',
  'check: the account is true',
  'check: nothing is asked after the end',
] as const

/** Options: `planted NAME|all`. */
export const runCrawlScenario = seedRun(simulationOf, { bugs: PLANTED_BUGS, hunt: huntPlanted })

export function simulationOf(seed: number): Simulation {
  return { name: 'crawl', seed, scenario: (world) => live(world, seed) }
}

async function live(world: World, seed: number): Promise<readonly string[]> {
  world.tally.want(WANTED)
  const ring = new CrawlingRing(world, MEMBERS)
  await ring.start(MEMBERS - 1)
  const sites = new CrawledSites(world, ring.machines)
  const seeds = [sites.seed]
  const delay = DELAY_MS / SECOND_MS
  const asked: CrawlRequest = { seeds, scope: 'domain', connections: CONNECTIONS, delay }
  const first = await ring.ask((crawls) => crawls.start(asked, { by: 'ana' }))
  await world.pass(CALM_MS)
  await ring.start(1)
  // Who is cut off downloads what others do, too.
  const isCut = seed % 2 === 0
  if (!isCut) world.tally.want(['check: downloaded once'])
  const weights = isCut ? NETWORK : DEATHS
  const director = new FaultDirector({ world, machines: ring.machines, ...FAULTS, weights })
  director.start()
  await world.pass(FAULTS_MS)
  director.heal()
  await ring.becomeIdeal()
  const crawl = await ring.over(first.id)
  const visits = sites.visits()
  await checkAccount(world, { ring, sites, crawl })
  const twice = isCut ? visits.length - sites.urls.length : sites.checkOnce(visits)
  await checkCancelled(world, { ring, sites, request: asked })
  sites.checkRate(DELAY_MS)
  const tookMs = Date.parse(crawl.endedAt ?? '') - Date.parse(crawl.startedAt)
  return [`${sites.urls.length} pages in ${Math.round(tookMs / SECOND_MS)} s, ${twice} twice`]
}

interface Checking {
  readonly ring: CrawlingRing
  readonly sites: CrawledSites
}

/** What the crawl tells is what the sites saw. */
async function checkAccount(
  world: World,
  { crawl, ring, sites }: Checking & { readonly crawl: Crawl },
): Promise<void> {
  const { length } = sites.urls
  const seen = new Set(sites.visits().map(({ url }) => url))
  const lost = sites.urls.filter((url) => !seen.has(url))
  assert(
    lost.length === 0,
    `${lost.length} pages were not downloaded: ${lost.slice(0, 3).join(' ')}`,
  )
  world.tally.add('check: every page is downloaded', length)
  assert(crawl.state === 'done' && crawl.endedBy === 'all', `it ended by ${crawl.endedBy}`)
  const { done, failed, queued, skipped } = crawl.counts
  const told = `${done} done, ${failed} failed, ${skipped} skipped of ${queued}`
  assert(done === length && queued === length && failed + skipped === 0, told)
  const { items } = await ring.ask((crawls) => crawls.hosts(crawl.id, { limit: 100 }))
  const hosts = Map.groupBy(sites.urls, (url) => new URL(url).origin)
  for (const host of items) {
    const truth = hosts.get(host.host)?.length
    assert(host.done === truth, `${host.host}: ${host.done} told, ${truth} in truth`)
  }
  const urls = await ring.urls(crawl.id)
  const good = urls.filter(({ state, status }) => state === 'done' && status === 200)
  assert(new Set(good.map(({ url }) => url)).size === length, `${good.length} URLs are done`)
  world.tally.add('check: the account is true')
}

async function checkCancelled(
  world: World,
  { request, ring, sites }: Checking & { readonly request: CrawlRequest },
): Promise<void> {
  const { id } = await ring.ask((crawls) => crawls.start(request, { by: 'ana' }))
  const fromMs = world.nowMs
  await world.pass(BEFORE_CANCEL_MS)
  await ring.ask((crawls) => crawls.steer(id, 'cancelled'))
  const endMs = world.nowMs
  await world.pass(QUIET_MS)
  assert(sites.visits(fromMs).length > 0, 'the second crawl began')
  const late = sites.visits(endMs + QUIET_WITHIN_MS)
  assert(late.length === 0, `${late.length} requests after it was cancelled`)
  world.tally.add('check: nothing is asked after the end')
}
