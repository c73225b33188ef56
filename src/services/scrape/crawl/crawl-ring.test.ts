import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startLinkedSite, type LinkedSite } from '../../../../test/fixtures/linked-site.ts'
import { present } from '../../../base/assert.ts'
import type { Crawl, CrawlRequest } from '../../../wire/api-crawls.ts'
import { storeOf } from '../pages/page-ring.test-helper.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'
import { CrawlRing } from './crawl-ring.test-helper.ts'
import { hostOf } from './hosts.ts'
import { CRAWLS_TABLE, frontierPk, HOSTS_TABLE } from './places.ts'

const CONNECTIONS = 6
const NOBODY = { by: undefined }

function requestFor(site: LinkedSite, more: Partial<CrawlRequest> = {}): CrawlRequest {
  const seeds = [`${site.origin}/p/0`]
  return { seeds, delay: 0, connections: CONNECTIONS, ...more }
}

test('a crawl fetches every page of a site once, and no more at once than it may', async () => {
  await using site = await startLinkedSite(120, { answerMs: 5 })
  await using ring = await CrawlRing.start(3)
  const { id } = await ring.at(0).crawls.start(requestFor(site), { by: 'ana' })
  const crawl = await ring.over(1, id)
  assert.equal(crawl.state, 'done')
  assert.equal(crawl.endedBy, 'all')
  assert.equal(crawl.by, 'ana')
  assert.deepEqual({ ...crawl.counts, bytes: 0 }, counts({ queued: 120, done: 120 }))
  assert.equal(site.asked.length, 120)
  assert.ok(site.openMost <= CONNECTIONS, `${site.openMost} at once`)
  assert.ok(site.openMost > 1)
  const { items } = await ring.at(2).crawls.urls(id, { limit: 1_000 })
  assert.equal(items.length, 120)
  assert.ok(items.every(({ state, status }) => state === 'done' && status === 200))
  assert.equal(items.filter(({ title }) => title === 'Page 7').length, 1)
  const { items: crawls } = await ring.at(2).crawls.list({ limit: 10 })
  assert.deepEqual(
    crawls.map((each) => each.id),
    [id],
  )
})

test('a crawl keeps to its pages, its depth and its delay', async () => {
  await using site = await startLinkedSite(120)
  await using ring = await CrawlRing.start(2)
  const few = await ring.at(0).crawls.start(requestFor(site, { pages: 10 }), NOBODY)
  const ended = await ring.over(0, few.id)
  assert.equal(ended.endedBy, 'pages')
  assert.equal(ended.counts.done, 10)
  assert.equal(site.asked.length, 10)
  const request = requestFor(site, { depth: 1, delay: 0.15, connections: 1 })
  const shallow = await ring.at(1).crawls.start(request, NOBODY)
  const { counts: found } = await ring.over(0, shallow.id)
  assert.equal(found.done, 3)
  const times = site.asked.slice(10).map(({ atMs }) => atMs)
  for (const [at, atMs] of times.entries()) {
    if (at > 0) assert.ok(atMs - present(times[at - 1], 'time') >= 140, `${times.join(' ')}`)
  }
})

test('the death of whoever schedules in the middle loses nothing, and nothing is fetched twice but what it had open', async () => {
  await using site = await startLinkedSite(150, { answerMs: 10 })
  await using ring = await CrawlRing.start(4)
  const { id } = await ring.at(0).crawls.start(requestFor(site), { by: 'ana' })
  while (site.asked.length < 40) await new Promise((resolve) => setTimeout(resolve, 10))
  const { ring: members } = ring
  const scheduler = present(
    members.members.find((member) => ring.services.get(member)?.hasHost(`${site.origin}`)),
    'somebody schedules',
  )
  await ring.kill(scheduler)
  const left = members.members.indexOf(present(members.known()[0], 'a member'))
  const crawl = await ring.over(left, id)
  assert.equal(crawl.counts.done, 150)
  assert.equal(new Set(site.asked.map(({ path }) => path)).size, 150)
  assert.ok(site.duplicates.size <= CONNECTIONS, JSON.stringify([...site.duplicates]))
})

test('patterns narrow a crawl, and a wrong one begins none', async () => {
  await using site = await startLinkedSite(30)
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  const request = requestFor(site, { include: ['/p/[1-4]$', '/p/1\\d$'], exclude: ['/p/13$'] })
  const { id } = await crawls.start(request, NOBODY)
  await ring.over(0, id)
  const paths = site.asked.map(({ path }) => path)
  const wanted = ['/p/0', '/p/1', '/p/10', '/p/14', '/p/2', '/p/3', '/p/4']
  assert.deepEqual(paths.toSorted(), wanted)
  const wrong = crawls.start(requestFor(site, { include: ['a(?=b)'] }), NOBODY)
  await assert.rejects(wrong, { code: 'BAD_REQUEST' })
  assert.equal((await crawls.list({ limit: 9 })).items.length, 1)
})

test('what robots.txt forbids is passed over, and told', async () => {
  const robots = 'User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /p/1\nAllow: /p/1$\n'
  await using site = await startLinkedSite(30, { robots })
  await using ring = await CrawlRing.start(2)
  const { id } = await ring.at(0).crawls.start(requestFor(site), { by: 'ana' })
  const { counts: found } = await ring.over(1, id)
  const forbidden = new Set(Array.from({ length: 10 }, (_, at) => `/p/${10 + at}`))
  assert.ok(site.asked.every(({ path }) => !forbidden.has(path)))
  assert.ok(found.skipped > 0)
  assert.equal(found.done + found.skipped, found.queued)
  const { items } = await ring.at(0).crawls.urls(id, { limit: 100, state: 'skipped' })
  assert.ok(items.every(({ code }) => code === 'ROBOTS'))
})

test('a host that wants to be asked more seldom than once a minute is left alone', async () => {
  await using site = await startLinkedSite(5, { robots: 'User-agent: *\nCrawl-delay: 90\n' })
  await using ring = await CrawlRing.start(1)
  const { id } = await ring.at(0).crawls.start(requestFor(site), NOBODY)
  const crawl = await ring.over(0, id)
  assert.deepEqual(crawl.counts, counts({ queued: 1, skipped: 1 }))
  assert.equal(site.asked.length, 0)
  const { items } = await ring.at(0).crawls.urls(id, { limit: 10 })
  assert.equal(items[0]?.code, 'CRAWL_DELAY')
})

test('a crawl that is paused asks for nothing more, goes on, and ends when it is cancelled', async () => {
  await using site = await startLinkedSite(2_000, { answerMs: 5 })
  await using ring = await CrawlRing.start(2)
  const { id } = await ring.at(0).crawls.start(requestFor(site, { connections: 2 }), { by: 'ana' })
  while (site.asked.length < 10) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.equal((await ring.at(1).crawls.steer(id, 'paused')).state, 'paused')
  await quiet(site)
  const before = site.asked.length
  assert.equal((await ring.at(0).crawls.steer(id, 'running')).state, 'running')
  while (site.asked.length < before + 10) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.equal((await ring.at(1).crawls.steer(id, 'cancelled')).state, 'cancelled')
  await quiet(site)
  assert.equal((await ring.at(1).crawls.steer(id, 'running')).state, 'cancelled')
  assert.ok(site.asked.length < 2_000)
  assert.equal(site.duplicates.size, 0)
})

test('the hosts of a crawl that is paused are let go, and taken up when it goes on', async () => {
  await using site = await startLinkedSite(200, { answerMs: 5 })
  await using ring = await CrawlRing.start(2)
  const { id } = await ring.at(0).crawls.start(requestFor(site), { by: 'ana' })
  while (site.asked.length < 10) await new Promise((resolve) => setTimeout(resolve, 10))
  await ring.at(1).crawls.steer(id, 'paused')
  while (ring.schedules(site.origin)) await new Promise((resolve) => setTimeout(resolve, 10))
  await ring.at(0).crawls.steer(id, 'running')
  // In the middle of being told: neither word is lost.
  await ring.at(0).crawls.steer(id, 'paused')
  await ring.at(1).crawls.steer(id, 'running')
  assert.equal((await ring.over(0, id)).counts.done, 200)
  assert.equal(site.duplicates.size, 0)
})

test('a crawl that is deleted ends, and leaves no rows behind', async () => {
  await using site = await startLinkedSite(2_000, { answerMs: 2 })
  await using ring = await CrawlRing.start(2)
  const { crawls } = ring.at(0)
  const { id } = await crawls.start(requestFor(site), { by: 'ana' })
  while (site.asked.length < 50) await new Promise((resolve) => setTimeout(resolve, 10))
  await ring.at(1).crawls.remove(id)
  assert.equal(await crawls.get(id), undefined)
  assert.deepEqual((await crawls.list({ limit: 5 })).items, [])
  await quiet(site)
  const host = hostOf(canonicalUrl(site.origin))
  const store = storeOf(present(ring.ring.members[0], 'member'))
  const pk = frontierPk({ crawl: id, host })
  const rows = async () => (await store.list({ table: HOSTS_TABLE, pk, limit: 10 })).items.length
  while ((await rows()) > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal((await store.list({ table: CRAWLS_TABLE, pk: id, limit: 10 })).items.length, 0)
  while (ring.schedules(site.origin)) await new Promise((resolve) => setTimeout(resolve, 10))
  await assert.rejects(crawls.remove(id), { code: 'NOT_FOUND' })
  assert.ok(site.asked.length < 2_000)
})

test('crawls of an account that are over are listed by their end, whoever else crawls', async () => {
  await using site = await startLinkedSite(3)
  await using ring = await CrawlRing.start(1)
  const { crawls } = ring.at(0)
  const begin = async (by: string): Promise<string> =>
    (await crawls.start(requestFor(site), { by })).id
  const [first, second] = [await begin('ana'), await begin('ana')]
  await crawls.steer(second, 'paused')
  await ring.over(0, first)
  for (let others = 0; others < 3; others++) await ring.over(0, await begin('anabel'))
  // Begun before, ended behind them.
  await crawls.steer(second, 'cancelled')
  const third = await begin('ana')
  await ring.over(0, third)
  const told: string[] = []
  let cursor: string | undefined
  do {
    const page = await crawls.ended('ana', {
      limit: 1,
      ...(cursor === undefined ? {} : { cursor }),
    })
    assert.ok(page.items.every(({ by, endedAt }) => by === 'ana' && endedAt !== undefined))
    told.push(...page.items.map(({ id }) => id))
    cursor = page.cursor
  } while (cursor !== undefined)
  assert.deepEqual(told, [third, second, first])
  await crawls.remove(second)
  const { items } = await crawls.ended('ana', { limit: 9 })
  assert.deepEqual(
    items.map(({ id }) => id),
    [third, first],
  )
  assert.equal((await crawls.ended('anabel', { limit: 9 })).items.length, 3)
  assert.deepEqual((await crawls.ended('an', { limit: 9 })).items, [])
})

/** Nothing was asked for half a second, which comes before long. */
async function quiet(site: LinkedSite): Promise<void> {
  for (let before = -1; site.asked.length !== before;) {
    before = site.asked.length
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

function counts(some: Partial<Crawl['counts']>): Crawl['counts'] {
  return { queued: 0, done: 0, failed: 0, skipped: 0, held: 0, bytes: 0, ...some }
}

test('hosts of one address are asked over two connections in all, and each has its turn', async () => {
  const sites = await Promise.all(
    [6, 6, 6, 6].map((pages) => startLinkedSite(pages, { answerMs: 20 })),
  )
  await using ring = await CrawlRing.start(3)
  try {
    const seeds = sites.map(({ origin }) => `${origin}/p/0`)
    const { id } = await ring.at(0).crawls.start({ seeds, delay: 0 }, NOBODY)
    const { counts: found } = await ring.over(1, id)
    assert.equal(found.done, 24)
    const spans = sites.flatMap(({ spans }) => spans)
    const most = Math.max(
      ...spans.map(
        ({ fromMs }) => spans.filter((one) => one.fromMs <= fromMs && fromMs < one.toMs).length,
      ),
    )
    assert.ok(most <= 2, `${most} at once`)
  } finally {
    for (const site of sites) await site[Symbol.asyncDispose]()
  }
})
