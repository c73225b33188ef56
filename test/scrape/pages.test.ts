/**
 * Pages over whole simulated members: real ring, real calls, real shelves; machines die and stop.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { pick } from '../../src/base/random.ts'
import { SITE, SimulatedRing } from './simulated-ring.test-helper.ts'

const SEEDS = [1, 2]
const BODY = utf8(`<title>Tides</title>${'High water at four. '.repeat(5_000)}`)

test('a page asked for by 50 askers at five members, the site taking 2 s, is one GET', async () => {
  for (const seed of SEEDS) {
    const ring = await SimulatedRing.start(seed, 5)
    ring.world.sites.page(`${SITE}/slow`, { body: BODY, delayMs: 2_000 })
    const askers = Array.from({ length: 50 }, (_, i) => present(ring.members[i % 5], 'a member'))
    const answers = await ring.scrapeAll(askers, '/slow')
    assert.equal(ring.world.sites.visitsOf(`${SITE}/slow`), 1)
    assert.ok(answers.every(({ page }) => page?.hash === sha256Hex(BODY)))
    assert.equal(answers.filter(({ how }) => how === 'fetched').length, 1)
  }
})

test('pages asked for at once are downloaded at once, each by the member that owns it', async () => {
  const ring = await SimulatedRing.start(1, 5)
  const paths = Array.from({ length: 8 }, (_, i) => `/slow/${i}`)
  for (const path of paths) ring.world.sites.page(SITE + path, { body: BODY, delayMs: 2_000 })
  const asker = present(ring.members[0], 'a member')
  const beganMs = ring.world.scheduler.nowMs
  const answers = await Promise.all(paths.map((path) => ring.scrape(asker, path)))
  assert.ok(ring.world.scheduler.nowMs - beganMs < 4_000, 'none waits for another')
  const owners = answers.map(({ id }) => ring.ownerOf(id).position)
  assert.ok(new Set(owners).size > 1, 'they have several owners')
  for (const [index, { page, owner }] of answers.entries()) {
    assert.equal(page?.hash, sha256Hex(BODY))
    assert.equal(owner.position, owners[index])
  }
  for (const path of paths) assert.equal(ring.world.sites.visitsOf(SITE + path), 1)
})

test('a complete page survives kill -9 of any member, one after another, and is never downloaded again', async () => {
  for (const seed of SEEDS) {
    const ring = await SimulatedRing.start(seed, 5)
    const paths = Array.from({ length: 10 }, (_, i) => `/page/${i}`)
    for (const path of paths) ring.world.sites.page(SITE + path, { body: BODY })
    for (const path of paths) await ring.scrape(pick(ring.world.chance, ring.members), path)
    for (const victim of ring.members) {
      victim.machine.kill()
      for (const path of paths) {
        const answer = await ring.scrape(pick(ring.world.chance, ring.running()), path)
        assert.equal(answer.state, 'done')
      }
      await ring.world.settle(victim.machine.restart(), 'restart', 60_000)
      await ring.joined()
      for (const path of paths) assert.equal((await ring.scrape(victim, path)).state, 'done')
    }
    for (const path of paths) assert.equal(ring.world.sites.visitsOf(SITE + path), 1, path)
  }
})

test('a stopped owner is passed over without an error and without a GET, and goes on afterwards', async () => {
  for (const seed of SEEDS) {
    const ring = await SimulatedRing.start(seed, 5)
    ring.world.sites.page(`${SITE}/page`, { body: BODY })
    const { id } = await ring.scrape(present(ring.members[0], 'a member'), '/page')
    const owner = ring.ownerOf(id)
    owner.machine.pause()
    for (const asker of ring.members) {
      if (asker === owner) continue
      assert.equal((await ring.scrape(asker, '/page')).state, 'done')
      assert.deepEqual(Buffer.from(await ring.bodyAt(asker, id)), Buffer.from(BODY))
    }
    owner.machine.resume()
    await ring.joined()
    assert.equal((await ring.scrape(owner, '/page')).state, 'done')
    assert.equal(ring.world.sites.visitsOf(`${SITE}/page`), 1)
  }
})

test('an owner killed in mid-download costs one more GET and no asker an error', async () => {
  for (const seed of SEEDS) {
    const ring = await SimulatedRing.start(seed, 5)
    ring.world.sites.page(`${SITE}/slow`, { body: BODY, delayMs: 2_000 })
    const id = present(ring.members[0]?.running, 'a member').scraper.idOf(`${SITE}/slow`)
    const owner = ring.ownerOf(id)
    const askers = ring.members.filter((member) => member !== owner)
    const asked = ring.scrapeAll(askers, '/slow')
    ring.world.scheduler.after(1_000, 'kill the owner', () => owner.machine.kill())
    for (const answer of await asked) assert.equal(answer.page?.hash, sha256Hex(BODY))
    assert.equal(ring.world.sites.visitsOf(`${SITE}/slow`), 2)
  }
})

test('newcomers show every page without a GET, as do those that stay when members leave', async () => {
  for (const seed of SEEDS) {
    const ring = await SimulatedRing.start(seed, 6, 2)
    const paths = Array.from({ length: 12 }, (_, i) => `/page/${i}`)
    for (const path of paths) {
      ring.world.sites.page(SITE + path, { body: BODY })
      await ring.scrape(present(ring.members[0], 'a member'), path)
    }
    for (let i = 0; i < 4; i++) {
      const newcomer = await ring.join()
      await ring.joined()
      for (const path of paths) assert.equal((await ring.scrape(newcomer, path)).how, 'hit')
    }
    await ring.complete()
    for (const leaver of ring.members.slice(0, 2)) {
      await ring.world.settle(present(leaver.running, 'it runs').drain(), 'drain', 60_000)
      await ring.world.settle(leaver.machine.stop(), 'stop', 60_000)
      await ring.joined()
      const stayer = present(ring.running()[0], 'a member')
      for (const path of paths) assert.equal((await ring.scrape(stayer, path)).how, 'hit')
    }
    for (const path of paths) assert.equal(ring.world.sites.visitsOf(SITE + path), 1, path)
  }
})
