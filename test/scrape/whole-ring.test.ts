/** A whole ring that dies at one moment: all of it comes back by itself, with every page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { utf8 } from '../../src/base/bytes.ts'
import { pick } from '../../src/base/random.ts'
import { ask, SITE, SimulatedRing, type SimulatedMember } from './simulated-ring.test-helper.ts'

const SEEDS = [1, 2]
const PATHS = Array.from({ length: 12 }, (_, i) => `/page/${i}`)
const BODY = utf8(`<title>Tides</title>${'High water at four. '.repeat(500)}`)
/** A few periods of the ring and of looking for one another. */
const WHOLE_WITHIN_MS = 10_000
const ASK_EVERY_MS = 100
const ANSWERED_WITHIN_MS = 60_000

for (const { members, apartMs } of [
  { members: 3, apartMs: 0 },
  { members: 3, apartMs: 2_000 },
  { members: 5, apartMs: 300 },
]) {
  const title = `${members} members killed at once, started within ${apartMs} ms, are a ring again`
  test(`${title} and download nothing anew`, async () => {
    for (const seed of SEEDS) await killAndStart(await ringWithPages(seed, members), apartMs)
  })
}

async function ringWithPages(seed: number, members: number): Promise<SimulatedRing> {
  const ring = await SimulatedRing.start(seed, members)
  for (const path of PATHS) {
    ring.world.sites.page(SITE + path, { body: BODY })
    await ring.scrape(pick(ring.world.chance, ring.members), path)
  }
  return ring
}

async function killAndStart(ring: SimulatedRing, apartMs: number): Promise<void> {
  const { world, members } = ring
  for (const { machine } of members) machine.kill()
  const visits = world.sites.visits.length
  for (const { machine } of members) {
    world.scheduler.after(world.chance.fraction() * apartMs, 'start again', () => {
      void machine.restart()
    })
  }
  assert.deepEqual(await askWhileItHeals(ring), [], `seed ${world.seed}`)
  assert.equal(ring.running().length, members.length)
  await ring.joined(0)
  for (const member of members) {
    for (const path of PATHS) assert.equal((await ring.scrape(member, path)).how, 'hit')
  }
  assert.equal(world.sites.visits.length, visits, `seed ${world.seed}: downloaded again`)
}

/** Asks at members that stand on the ring, from the first on; gives what they were told amiss. */
async function askWhileItHeals(ring: SimulatedRing): Promise<string[]> {
  const { world } = ring
  const asked: Promise<string | undefined>[] = []
  for (let passedMs = 0; passedMs < WHOLE_WITHIN_MS; passedMs += ASK_EVERY_MS) {
    const standing = ring.running().filter(({ running }) => running?.overlay.joined === true)
    if (standing.length > 0)
      asked.push(amissOf(pick(world.chance, standing), pick(world.chance, PATHS)))
    await world.pass(ASK_EVERY_MS)
  }
  const all = await world.settle(Promise.all(asked), 'all are answered', ANSWERED_WITHIN_MS)
  return all.filter((amiss) => amiss !== undefined)
}

async function amissOf(member: SimulatedMember, path: string): Promise<string | undefined> {
  try {
    const { state } = await ask(member, path)
    return state === 'done' ? undefined : `${path}: ${state}`
  } catch (thrown) {
    return `${path}: ${String(thrown)}`
  }
}
