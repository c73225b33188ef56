/** Pages while machines die, stop, lose their disks or their links: nothing complete is lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { FaultDirector } from '../../sim/world/director.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { pick } from '../../src/base/random.ts'
import type { Scrape } from '../../src/wire/api.ts'
import { ask, SITE, SimulatedRing } from './simulated-ring.test-helper.ts'

/** A founder is killed in 1, and within its first second in 21. */
const SEEDS = [1, 21]
const STRIKING_MS = 60_000
/** Often enough for a member to be asked before its neighbours have given it what is its own. */
const ASK_EVERY_MS = 100
/** One more is asked for each time, so that some are made while any machine is down. */
const PAGE_EVERY_MS = 500
/** Askers ask for the newest of those. */
const ASKED_PAGES = 20
const PATHS = Array.from({ length: STRIKING_MS / PAGE_EVERY_MS }, (_, i) => `/page/${i}`)
const BODY = utf8(`<title>Tides</title>${'High water at four. '.repeat(500)}`)

test('with one machine down at a time every asker gets its page, and none is downloaded again', async () => {
  for (const seed of SEEDS) {
    const ring = await SimulatedRing.start(seed, 5)
    for (const path of PATHS) ring.world.sites.page(SITE + path, { body: BODY, delayMs: 300 })
    const director = new FaultDirector({
      world: ring.world,
      machines: ring.members.map(({ machine }) => machine),
      weights: { kill: 2, powerLoss: 2, pause: 1 },
      intervalMsMean: 4_000,
      durationMsMax: 5_000,
      downMax: 1,
    })
    director.start()
    const answers = await askAround(ring)
    director.heal()
    await ring.joined()
    assert.deepEqual(answers.errors, [], `seed ${seed}`)
    assert.ok(answers.done.length > STRIKING_MS / ASK_EVERY_MS / 2)
    assert.ok(answers.done.every(({ state }) => state === 'done'))
    for (const url of answers.completeAtMs.keys()) {
      const member = pick(ring.world.chance, ring.members)
      assert.equal((await ring.scrape(member, url.slice(SITE.length))).how, 'hit')
    }
    for (const { url, atMs } of ring.world.sites.visits) {
      const completeAtMs = answers.completeAtMs.get(url) ?? Infinity
      assert.ok(atMs <= completeAtMs, `seed ${seed}: ${url} was downloaded again at ${atMs} ms`)
    }
  }
})

interface Answers {
  /** When anybody was first told that it is done, by address. */
  readonly completeAtMs: Map<string, number>
  readonly done: Scrape[]
  readonly errors: string[]
}

/** Asks at members that run, for the whole time; those whose machine dies never answer. */
async function askAround(ring: SimulatedRing): Promise<Answers> {
  const answers: Answers = { completeAtMs: new Map(), done: [], errors: [] }
  for (let atMs = 0; atMs < STRIKING_MS; atMs += ASK_EVERY_MS) {
    const members = ring
      .running()
      .filter(({ machine, running }) => !machine.isPaused && running?.overlay.joined === true)
    const member = pick(ring.world.chance, members)
    const newest = Math.floor(atMs / PAGE_EVERY_MS) + 1
    const path = pick(ring.world.chance, PATHS.slice(Math.max(0, newest - ASKED_PAGES), newest))
    ask(member, path).then(
      (scrape) => {
        answers.done.push(scrape)
        if (!answers.completeAtMs.has(scrape.url)) {
          answers.completeAtMs.set(scrape.url, ring.world.nowMs)
        }
      },
      (thrown: unknown) => answers.errors.push(`${member.machine.name}: ${String(thrown)}`),
    )
    await ring.world.pass(ASK_EVERY_MS)
  }
  // All that were asked have answered by then, at members that live.
  await ring.world.pass(60_000)
  return answers
}
