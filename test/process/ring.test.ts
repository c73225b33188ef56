/**
 * The promises of the README, on real processes: pages downloaded once, through deaths and hangs.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { positionOf } from '../../src/base/ids.ts'
import type { Ring } from '../../src/wire/api.ts'
import { startSite } from '../fixtures/site.ts'
import { RealRing } from './ring.ts'
import { isAlive } from './trial.ts'

const allUp = (count: number) => (ring: Ring) =>
  ring.members.filter((member) => member.state === 'up').length === count

/** The member that owns a page, by the very rule: the first at or after its hash, clockwise. */
function ownerOf(ring: Ring, url: string): Ring['members'][number] {
  const position = positionOf(url)
  const owner = ring.members.find((member) => member.position >= position) ?? ring.members[0]
  assert.ok(owner)
  return owner
}

test('a ring downloads a page once, and lives through kill -9 and SIGSTOP', async (t) => {
  await using site = await startSite()
  await using ring = await RealRing.start()

  await t.test('one GET however often and wherever it is asked', async () => {
    const url = `${site.origin}/page`
    for (const index of [0, 1, 2, 3, 4, 0, 1]) {
      const scrape = await ring.scrape(index, url)
      assert.equal(scrape.state, 'done')
      assert.equal(scrape.owner.name, ownerOf(await ring.ring(), url).name)
    }
    assert.equal(site.count('/page'), 1)
  })

  await t.test('50 askers at once over five members share one GET of a slow site', async () => {
    const url = `${site.origin}/held/once`
    const asking = Array.from({ length: 50 }, (_, index) => ring.scrape(index % 5, url))
    await site.asked('/held/once')
    site.release()
    const hows = (await Promise.all(asking)).map((scrape) => scrape.how)
    assert.equal(site.count('/held/once'), 1)
    assert.ok(hows.filter((how) => how === 'fetched').length <= 1, hows.join(' '))
  })

  for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
    await t.test(`${signal} of the owner of pages that are being asked shows nowhere`, async () => {
      const urls = Array.from({ length: 20 }, (_, i) => `${site.origin}/text?${signal}${i}`)
      for (const url of urls) await ring.scrape(0, url)
      const whole = await ring.ring()
      const victim = ownerOf(whole, urls[0] ?? '')
      const others = whole.members.filter((member) => member.name !== victim.name)
      const before = ring.said.length
      const pid = await ring.signal(victim.name, signal)
      const doors = others.map((member) => Number(new URL(member.url).port) - ring.http)
      for (const url of urls) {
        const scrapes = await Promise.all(doors.map((door) => ring.scrape(door, url)))
        for (const scrape of scrapes) assert.equal(scrape.state, 'done', url)
        assert.equal(site.count(new URL(url).pathname + new URL(url).search), 1, url)
      }
      await ring.says(new RegExp(`${victim.name} is ready`), before)
      await ring.until(doors[0] ?? 0, allUp(5))
      assert.notEqual(await ring.pid(victim.name), pid)
      for (const url of urls) assert.equal((await ring.scrape(0, url)).how, 'hit')
      assert.equal(site.log.filter((path) => path.startsWith(`/text?${signal}`)).length, 20)
    })
  }

  await t.test(
    'a ring that is started again has all its pages; none is downloaded anew',
    async () => {
      assert.equal(await ring.stop(), 0)
      await using again = await RealRing.start({ data: ring.data, http: ring.http })
      assert.equal((await again.scrape(3, `${site.origin}/page`)).how, 'hit')
      assert.equal(site.count('/page'), 1)
    },
  )
})

/** So many of each owner, however small its part of the ring is. */
const HELD_BY_EACH = 12

function heldPaths(ring: Ring, origin: string): readonly string[] {
  const byOwner = new Map(ring.members.map(({ id }) => [id, [] as string[]]))
  for (let i = 0; [...byOwner.values()].some((paths) => paths.length < HELD_BY_EACH); i++) {
    const path = `/held/${i}`
    const paths = byOwner.get(ownerOf(ring, `${origin}${path}`).id) ?? []
    if (paths.length < HELD_BY_EACH) paths.push(path)
  }
  return [...byOwner.values()].flat()
}

test('all busy brings one more member, which goes again; the end leaves no process', async () => {
  await using site = await startSite()
  const env = { ANILLO_BUSY_DOWNLOADS: '1', ANILLO_WORKER_IDLE_MS: '1000' }
  await using ring = await RealRing.start({ members: 3, flags: ['--max-members', '4'], env })
  const paths = heldPaths(await ring.ring(), site.origin)
  const asking = paths.map((path, i) => ring.scrape(i % 3, `${site.origin}${path}`))
  const grown = await ring.until(0, allUp(4))
  const worker = grown.members.find((member) => !member.roles.includes('tweeter'))
  assert.ok(worker, 'the one that came is a worker')
  await Promise.all(paths.map((path) => site.asked(path)))
  const pids = await Promise.all(['n1', 'n2', 'n3', worker.name].map((name) => ring.pid(name)))
  site.release()
  await Promise.all(asking)
  await ring.until(0, (now) => now.members.every((member) => member.name !== worker.name))
  for (const [i, path] of paths.entries()) await ring.scrape(i % 3, `${site.origin}${path}`)
  assert.equal(site.log.filter((path) => path.startsWith('/held/')).length, paths.length)
  assert.equal(await ring.stop(), 0)
  assert.deepEqual(pids.filter(isAlive), [])
})
