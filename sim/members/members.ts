/**
 * Whole members (calls, ring, pages) on machines that fail, with sites that they download from. One
 * joins late, one leaves and returns; then machines die, lose power and hang, one at a time. Then
 * the network falls apart in every way. No page that an asker was shown is ever downloaded again.
 * After the healing the ring is ideal in bounded time, look-ups are right, every page is answered
 * at every member.
 */
import { assert, present } from '../../src/base/assert.ts'
import { isAnilloError, type ErrorCode } from '../../src/base/errors.ts'
import { positionOf } from '../../src/base/ids.ts'
import type { Effects } from '../../src/effects/effects.ts'
import type { RunningMember } from '../../src/node/member-parts.ts'
import { searchTasks } from '../../src/services/scrape/search/tasks.ts'
import type { ScenarioRun } from '../scenario.ts'
import { FaultDirector, type DirectorOptions } from '../world/director.ts'
import type { Machine } from '../world/machine.ts'
import { runTwice } from '../world/simulate.ts'
import type { World } from '../world/world.ts'
import { addressOf, enrolAll, memberProgram } from './enrolled.ts'
import { isIdeal } from './ideal.ts'
import { Pages } from './pages.ts'

const MEMBERS = 5
const PAGES = 40
const PHASE_MS = 60_000
const ASK_MS_MEAN = 400
const ASK_WAIT_MS = 20_000
const LOOKUPS = 50
/** A cut connection is pinged once a question over it timed out, and given up 2 s later. */
const LOOKED_UP_WITHIN_MS = 10_000
const LOOK_AGAIN_MS = 500
/** Long enough for the askers to have asked for all pages. */
const ALONE_MS = 15_000
const IDEAL_WITHIN_MS = 60_000
const ANSWERED_WITHIN_MS = 120_000

/** What an asker may be told while machines and links fail. */
const EXPECTED_CODES: ReadonlySet<ErrorCode> = new Set([
  'BUSY',
  'LOOKUP_EXHAUSTED',
  'RING_NOT_READY',
  'RPC_CANCELLED',
  'RPC_TIMEOUT',
  'RPC_UNREACHABLE',
  'OUTCOME_UNKNOWN',
  'STORE_UNAVAILABLE',
])

const DEATHS = { kill: 2, powerLoss: 1, pause: 1 }
const NETWORK = {
  partition: 1,
  oneWayPartition: 1,
  nonTransitivePartition: 1,
  lossyLinks: 1,
  slowLinks: 1,
  brokenConnections: 1,
  clockDrift: 1,
  slowDisk: 1,
  kill: 1,
}

/** Options: `--seconds` of each phase. Each seed runs twice and must do the same. */
export const run: ScenarioRun = (seed, options) => {
  const phaseMs = Number(options.get('seconds') ?? PHASE_MS / 1_000) * 1_000
  return runTwice({
    name: 'members',
    seed,
    tasks: searchTasks,
    scenario: (world) => live(world, phaseMs),
  })
}

async function live(world: World, phaseMs: number): Promise<readonly string[]> {
  const ring = new MemberRing(world)
  await ring.start()
  await ring.leaveAndReturn()
  await ring.suffer(
    { weights: DEATHS, intervalMsMean: phaseMs / 10, durationMsMax: 6_000, downMax: 1 },
    phaseMs,
  )
  await ring.becomeIdeal()
  ring.checkDownloadedOnce()
  await ring.suffer(
    { weights: NETWORK, intervalMsMean: phaseMs / 25, durationMsMax: 10_000, downMax: 1 },
    phaseMs,
  )
  await ring.becomeIdeal()
  await ring.lookUp()
  await ring.answerAll()
  ring.checkDownloadedOnce()
  const { asked, pages } = ring
  return [
    `${MEMBERS} members, ${asked} asked for ${PAGES} pages in ${(world.nowMs / 1_000).toFixed(0)} s`,
    `${world.sites.visits.length} downloads, ${pages.downloadsAnew} of them anew after partitions`,
  ]
}

type Suffering = Omit<DirectorOptions, 'world' | 'machines'>

class MemberRing {
  readonly pages: Pages
  asked = 0
  readonly #world: World
  readonly #machines: readonly Machine[]
  readonly #members = new Map<Machine, RunningMember>()
  /** Started, and not gone by their own will. */
  readonly #present = new Set<Machine>()

  constructor(world: World) {
    this.#world = world
    this.#machines = Array.from({ length: MEMBERS }, () => world.machine())
    this.pages = new Pages(world, PAGES)
    world.tally.want([
      'check: page is what the site has',
      'check: downloaded once',
      'check: ring is ideal',
      'check: look-up is right',
      'check: every page at every member',
    ])
  }

  async start(): Promise<void> {
    await enrolAll(this.#world, this.#machines)
    const [first] = this.#machines
    let hasBegun = false
    for (const machine of this.#machines) {
      const isLast = machine === this.#machines.at(-1)
      if (isLast) await this.#world.pass(ALONE_MS)
      const begins = (): boolean => machine === first && !hasBegun
      const started = (member: RunningMember, effects: Effects): void => {
        hasBegun = true
        this.#members.set(machine, member)
        this.#askOn(machine, effects)
      }
      await this.#world.start(machine, memberProgram({ machine, begins, started }))
      this.#present.add(machine)
      await this.becomeIdeal()
    }
  }

  /** With time in between for its pages to be asked for elsewhere. */
  async leaveAndReturn(): Promise<void> {
    const leaving = present(this.#machines[1], 'machine')
    const member = this.#member(leaving)
    await this.#world.settle(member.drain(), 'hand-over', ANSWERED_WITHIN_MS)
    await this.#world.settle(leaving.stop(), 'leave', ANSWERED_WITHIN_MS)
    this.#present.delete(leaving)
    await this.becomeIdeal()
    await this.#world.pass(ALONE_MS)
    await this.#world.settle(leaving.restart(), 'return', ANSWERED_WITHIN_MS)
    this.#present.add(leaving)
    await this.becomeIdeal()
    this.checkDownloadedOnce()
  }

  /** No page that an asker was shown complete was downloaded after that. */
  checkDownloadedOnce(): void {
    const anew = this.pages.downloadsAnew
    assert(anew === 0, `${anew} downloads of pages that had been shown complete`)
  }

  async suffer(suffering: Suffering, forMs: number): Promise<void> {
    const director = new FaultDirector({
      world: this.#world,
      machines: this.#machines,
      ...suffering,
    })
    director.start()
    await this.#world.pass(forMs)
    director.heal()
  }

  /** Each knows its neighbours as they really follow one another. */
  async becomeIdeal(): Promise<void> {
    await this.#world.until(() => this.#isIdeal(), 'the ring is ideal', IDEAL_WITHIN_MS)
    this.#world.tally.add('check: ring is ideal')
  }

  /**
   * A connection that a wall cut in silence is noticed by the first question over it; a look-up
   * that waits for that one in vain goes round the member behind it.
   */
  async lookUp(): Promise<void> {
    for (let number = 0; number < LOOKUPS; number++) {
      const position = positionOf(`key ${number}`)
      const expected = this.#ownerOf(position)
      const { overlay } = this.#member(this.#machines[number % MEMBERS])
      const untilMs = this.#world.nowMs + LOOKED_UP_WITHIN_MS
      for (;;) {
        const looking = overlay.owner(position)
        const { owner } = await this.#world.settle(looking, 'look-up', ANSWERED_WITHIN_MS)
        if (owner.address === expected) break
        const isLate = this.#world.nowMs > untilMs
        assert(!isLate, `key ${number}: ${owner.address} is not ${expected}`)
        this.#world.tally.add('look-up that went round a live member')
        await this.#world.pass(LOOK_AGAIN_MS)
      }
      this.#world.tally.add('check: look-up is right')
    }
  }

  /** Once the ring has healed: a page may be fetched once more, then all members show that copy. */
  async answerAll(): Promise<void> {
    for (const url of this.pages.urls) {
      await this.#ask(this.#machines[0], url)
      const visits = this.#world.sites.visitsOf(url)
      for (const machine of this.#machines) {
        await this.#ask(machine, url)
        this.#world.tally.add('check: every page at every member')
      }
      const again = this.#world.sites.visitsOf(url) - visits
      assert(again === 0, `${url} was downloaded ${again} times more`)
    }
  }

  async #ask(machine: Machine | undefined, url: string): Promise<void> {
    const { scraper } = this.#member(machine)
    const { signal } = new AbortController()
    const asking = scraper.scrape({ url }, ANSWERED_WITHIN_MS, signal)
    const scrape = await this.#world.settle(asking, url, 2 * ANSWERED_WITHIN_MS)
    assert(scrape.state === 'done', `${url} at ${machine?.name}: ${scrape.state}`)
    this.pages.shown(url, scrape)
  }

  /** Somebody at this machine who asks for pages as long as it lives. */
  #askOn(machine: Machine, { clock, random }: Effects): void {
    const member = this.#member(machine)
    const next = (): void => {
      if (member.overlay.joined) void this.#askOnce(member, this.pages.pick(random))
      clock.after(2 * ASK_MS_MEAN * random.fraction(), next)
    }
    next()
  }

  async #askOnce({ scraper }: RunningMember, url: string): Promise<void> {
    this.asked++
    try {
      const { signal } = new AbortController()
      this.pages.shown(url, await scraper.scrape({ url }, ASK_WAIT_MS, signal))
    } catch (error) {
      const isExpected = isAnilloError(error) && EXPECTED_CODES.has(error.code)
      if (!isExpected) throw error
      this.#world.tally.add(`scrape: ${error.code}`)
    }
  }

  #isIdeal(): boolean {
    return isIdeal(this.#present, (machine) => this.#member(machine).overlay)
  }

  #ownerOf(position: string): string {
    const places = this.#machines.map(addressOf).map((address) => ({
      address,
      position: positionOf(address) as string,
    }))
    places.sort((a, b) => (a.position < b.position ? -1 : 1))
    const owner = places.find((place) => place.position >= position) ?? places[0]
    return present(owner, 'owner').address
  }

  #member(machine: Machine | undefined): RunningMember {
    return present(this.#members.get(present(machine, 'machine')), 'member')
  }
}
