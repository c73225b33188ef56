/**
 * Members whose network is cut from a site, and pages fetched by the network that was asked for.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { SiteAnswer, SiteVisit } from '../../sim/world/sites.ts'
import { present } from '../../src/base/assert.ts'
import { utf8 } from '../../src/base/bytes.ts'
import { isAnilloError } from '../../src/base/errors.ts'
import { sha256Hex } from '../../src/base/hash.ts'
import { positionOf } from '../../src/base/ids.ts'
import type { Scrape, ScrapeRequest } from '../../src/wire/api.ts'
import { SITE, SimulatedRing, type SimulatedMember } from './simulated-ring.test-helper.ts'

/** Too much for a record: it goes into chunks. */
const NUMBERS = Array.from({ length: 60_000 }, (_, number) => number).join()
const PAGE: SiteAnswer = { body: utf8(`<title>High water</title>${NUMBERS}`) }
const NEVER = new AbortController().signal

/** Answers but to the members that are cut from it. */
function siteCutFrom(cut: () => readonly SimulatedMember[]) {
  return ({ from }: SiteVisit): SiteAnswer => {
    const isCut = cut().some(({ machine }) => from.startsWith(`${machine.name}.`))
    return isCut ? { refuses: true } : PAGE
  }
}

function ask(
  ring: SimulatedRing,
  member: SimulatedMember,
  request: ScrapeRequest,
): Promise<Scrape> {
  const running = present(member.running, 'a member that runs')
  return ring.world.settle(running.scraper.scrape(request, 60_000, NEVER), request.url, 120_000)
}

test('a page is fetched by another member where the network of its owner is cut', async () => {
  const ring = await SimulatedRing.start(1, 3)
  const url = `${SITE}/tides`
  const owner = ring.ownerOf(positionOf(url))
  ring.world.sites.page(
    url,
    siteCutFrom(() => [owner]),
  )
  const scrape = await ask(ring, present(ring.members[0], 'a member'), { url, maxAge: 0 })
  assert.equal(scrape.state, 'done')
  assert.equal(scrape.owner.id, owner.running?.overlay.self.id)
  assert.notEqual(scrape.page?.fetchedBy.id, scrape.owner.id)
  assert.equal(ring.world.sites.visitsOf(url), 1)
  const body = await ring.bodyAt(present(ring.members[1], 'another'), scrape.id)
  assert.equal(sha256Hex(body), sha256Hex(present(PAGE.body, 'a body')))
})

test('a site that nobody reaches is a failure, and is asked by its owner alone for a while', async () => {
  const ring = await SimulatedRing.start(2, 4)
  const url = `${SITE}/tides`
  let tries = 0
  ring.world.sites.page(url, () => {
    tries++
    return { refuses: true }
  })
  const [member] = ring.members
  const first = await ask(ring, present(member, 'a member'), { url, maxAge: 0 })
  assert.equal(first.failure?.code, 'FETCH_REFUSED')
  assert.equal(tries, 3)
  await ask(ring, present(member, 'a member'), { url, maxAge: 0 })
  assert.equal(tries, 4)
})

test('a site that refuses one member is asked by no other', async () => {
  const ring = await SimulatedRing.start(3, 3)
  const url = `${SITE}/closed`
  ring.world.sites.page(url, { status: 403 })
  const scrape = await ask(ring, present(ring.members[0], 'a member'), { url, maxAge: 0 })
  assert.equal(scrape.page?.status, 403)
  assert.equal(ring.world.sites.visitsOf(url), 1)
})

test('a vantage is a member or a host, and a copy of another network is none of it', async () => {
  const ring = await SimulatedRing.start(4, 3)
  const url = `${SITE}/tides`
  ring.world.sites.page(url, PAGE)
  const asker = present(ring.members[0], 'a member')
  for (const [at, member] of ring.members.entries()) {
    const { address, id, name } = present(member.running, 'it runs').overlay.self
    const named = await ask(ring, asker, { url, vantage: name, maxAge: 3_600 })
    assert.equal(named.page?.fetchedBy.id, id)
    // Host labels are addresses here.
    const held = await ask(ring, asker, { url, vantage: address, maxAge: 3_600 })
    assert.deepEqual([held.how, held.page?.fetchedBy.id], ['hit', id])
    assert.equal(ring.world.sites.visitsOf(url), at + 1)
  }
  const anybody = await ask(ring, asker, { url, maxAge: 3_600 })
  assert.equal(anybody.how, 'hit')
  const unknown = await ask(ring, asker, { url, vantage: 'nobody' }).catch(
    (thrown: unknown) => thrown,
  )
  assert.ok(isAnilloError(unknown, 'VANTAGE_UNKNOWN'))
})

test('several members of a simulated ring see a page together', async () => {
  const ring = await SimulatedRing.start(5, 4)
  const url = `${SITE}/tides`
  ring.world.sites.page(url, PAGE)
  const scrape = await ask(ring, present(ring.members[0], 'a member'), { url, witnesses: 3 })
  assert.deepEqual([scrape.page?.witnesses?.told, scrape.page?.witnesses?.agree], [3, 3])
  const machines = ring.world.sites.visits.map(({ from }) => from)
  assert.equal(new Set(machines).size, 3)
  const { testimonies } = present(ring.members[2]?.running, 'another member')
  const verdict = await ring.world.settle(
    testimonies.verdict(scrape.id, undefined),
    'verdict',
    10_000,
  )
  assert.deepEqual(verdict?.problems, [])
})

test('a crawl gets all pages although one member is cut from the site, each at the pace', async () => {
  const ring = await SimulatedRing.start(6, 3)
  const { sites } = ring.world
  const [cut] = ring.members
  const paths = ['/', '/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h']
  const links = paths.map((path) => `<a href="${path}">${path}</a>`).join('')
  const isCut = ({ from }: SiteVisit): boolean =>
    from.startsWith(`${present(cut, 'a member').machine.name}.`)
  for (const path of paths) {
    const page: SiteAnswer = { body: utf8(`<title>${path}</title>${links}`) }
    sites.page(SITE + path, (visit) => (isCut(visit) ? { refuses: true } : page))
  }
  const { crawls } = present(ring.members[1]?.running, 'another member')
  const settled = <T>(work: Promise<T>): Promise<T> => ring.world.settle(work, 'the crawl', 60_000)
  const { id } = await settled(crawls.start({ seeds: [SITE], delay: 2 }, { by: undefined }))
  let crawl = await settled(crawls.get(id))
  for (let seconds = 0; crawl?.state === 'running' && seconds < 600; seconds++) {
    await ring.world.pass(1_000)
    crawl = await settled(crawls.get(id))
  }
  assert.equal(crawl?.state, 'done')
  const { items } = await settled(crawls.urls(id, { limit: 100 }))
  assert.deepEqual(
    items.map(({ state }) => state),
    paths.map(() => 'done'),
  )
  assert.ok(
    items.some(({ id: page }) => ring.ownerOf(page) === cut),
    'one is the cut member’s',
  )
  const pages = sites.visits.filter(({ url }) => !url.endsWith('/robots.txt'))
  assert.equal(pages.length, paths.length, 'each once')
  const times = pages.map(({ atMs }) => atMs)
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? 0))
  assert.ok(
    gaps.every((gap) => gap >= 1_900),
    String(gaps),
  )
})

test('a crawl by a vantage is fetched by that network, and does not tell its name', async () => {
  const ring = await SimulatedRing.start(7, 3)
  const { world } = ring
  world.sites.page(`${SITE}/`, { body: utf8('<a href="/a">a</a>') })
  world.sites.page(`${SITE}/a`, PAGE)
  const { crawls, overlay, scraper } = present(ring.members[2]?.running, 'a member')
  const settled = <T>(work: Promise<T>): Promise<T> => world.settle(work, 'the crawl', 60_000)
  const asked = { seeds: [SITE], vantage: overlay.self.name }
  const begun = await settled(crawls.start(asked, { by: undefined }))
  assert.deepEqual(begun.request, { seeds: [SITE] })
  let crawl = await settled(crawls.get(begun.id))
  for (let seconds = 0; crawl?.state === 'running' && seconds < 60; seconds++) {
    await world.pass(1_000)
    crawl = await settled(crawls.get(begun.id))
  }
  assert.equal(crawl?.state, 'done')
  for (const path of ['/', '/a']) {
    const found = await settled(scraper.find(scraper.idOf(SITE + path), 0, NEVER))
    assert.equal(found?.page?.fetchedBy.id, overlay.self.id)
  }
  const both = { url: SITE, vantage: overlay.self.name, witnesses: 2 }
  const refused = await settled(scraper.scrape(both, 0, NEVER).catch((thrown: unknown) => thrown))
  assert.ok(isAnilloError(refused, 'BAD_REQUEST'))
})
