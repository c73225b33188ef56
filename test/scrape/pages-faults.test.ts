/** Pages while machines die, stop, lose their disks or their links: nothing complete is lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { FaultDirector } from '../../sim/world/director.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { pick } from '../../src/base/random.ts'
import type { Scrape } from '../../src/wire/api.ts'
import { ask, SITE, SimulatedRing } from './simulated-ring.test-helper.ts'

/** A founder is killed in 1, and within its first second in 21. */
const SEEDS = [1, 2, 21]
const PAGES = 20
const STRIKING_MS = 90_000
const BODY = utf8(`<title>Tides</title>${'High water at four. '.repeat(500)}`)

test('with one machine down at a time every asker gets its page, and none is downloaded again', async () => {
  for (const seed of SEEDS) {
    const ring = await SimulatedRing.start(seed, 5)
    const paths = Array.from({ length: PAGES }, (_, i) => `/page/${i}`)
    for (const path of paths) ring.world.sites.page(SITE + path, { body: BODY, delayMs: 300 })
    const director = new FaultDirector({
      world: ring.world,
      machines: ring.members.map(({ machine }) => machine),
      weights: { kill: 2, powerLoss: 2, pause: 1 },
      intervalMsMean: 6_000,
      durationMsMax: 5_000,
      downMax: 1,
    })
    director.start()
    const answers = await askAround(ring, paths)
    director.heal()
    await ring.joined()
    assert.deepEqual(answers.errors, [], `seed ${seed}`)
    assert.ok(answers.done.length > STRIKING_MS / ASK_EVERY_MS / 2)
    assert.ok(answers.done.every(({ state }) => state === 'done'))
    const complete = [...answers.completeAtMs.keys()].map((url) => url.slice(SITE.length))
    for (const member of ring.members) {
      for (const path of complete) assert.equal((await ring.scrape(member, path)).how, 'hit')
    }
    for (const { url, atMs } of ring.world.sites.visits) {
      const completeAtMs = answers.completeAtMs.get(url) ?? Infinity
      assert.ok(atMs <= completeAtMs, `seed ${seed}: ${url} was downloaded again at ${atMs} ms`)
    }
  }
})

const ASK_EVERY_MS = 250

interface Answers {
  /** When anybody was first told that it is done, by address. */
  readonly completeAtMs: Map<string, number>
  readonly done: Scrape[]
  readonly errors: string[]
}

/** Asks at members that run, for the whole time; those whose machine dies never answer. */
async function askAround(ring: SimulatedRing, paths: readonly string[]): Promise<Answers> {
  const answers: Answers = { completeAtMs: new Map(), done: [], errors: [] }
  for (let atMs = 0; atMs < STRIKING_MS; atMs += ASK_EVERY_MS) {
    const members = ring
      .running()
      .filter(({ machine, running }) => !machine.isPaused && running?.overlay.joined === true)
    const member = pick(ring.world.chance, members)
    ask(member, pick(ring.world.chance, paths)).then(
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
  await ring.world.pass(60_000)
  return answers
}
