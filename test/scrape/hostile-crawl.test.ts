import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../src/base/assert.ts'
import { crawlServiceOf } from '../../src/services/scrape/crawl/crawl-ring.test-helper.ts'
import { PageRing } from '../../src/services/scrape/pages/page-ring.test-helper.ts'
import type { CrawlRequest } from '../../src/wire/api-crawls.ts'
import { startHostileSite, type HostileRobots } from '../fixtures/hostile-site.ts'

/** How each URL of a crawl of the site ended, by path. */
async function crawled(robots: HostileRobots, from: string, more: Partial<CrawlRequest> = {}) {
  await using site = await startHostileSite({ robots })
  await using ring = await PageRing.start({ members: 1 })
  const member = present(ring.members[0], 'member')
  await using service = crawlServiceOf(ring, member)
  const { crawls } = service
  const request = { seeds: [site.origin + from], delay: 0, connections: 4, ...more }
  const { id } = await crawls.start(request, { by: undefined })
  let crawl = present(await crawls.get(id), 'crawl')
  while (crawl.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 50))
    crawl = present(await crawls.get(id), 'crawl')
  }
  const { items } = await crawls.urls(id, { limit: 5_000 })
  await site.quiet()
  const { done, failed, queued, skipped } = crawl.counts
  assert.equal(done + failed + skipped, queued, 'a true account')
  assert.equal(items.length, queued)
  const ends = items.map(({ code, state, url }) => [
    url.replace(site.origin, ''),
    state === 'done' ? 'done' : `${state} ${code}`,
  ])
  return { ends: Object.fromEntries(ends) as Record<string, string>, asked: site.asked }
}

test('a robots.txt of 10 MB, one in HTML and one that leads in circles hold no crawl up', async () => {
  for (const robots of ['huge', 'html', 'loop'] as const) {
    const { asked, ends } = await crawled(robots, '/ok', { scope: 'page' })
    assert.deepEqual(ends, { '/ok': 'done' }, robots)
    assert.ok(asked.includes('/ok') && asked.includes('/robots.txt'))
  }
})

test('a crawl ends though the site is a calendar without end and a hall of mirrors', async () => {
  const { asked, ends } = await crawled('none', '/calendar/2020-01-01')
  const counts = Map.groupBy(Object.values(ends), (end) => end)
  const times = (end: string): number => counts.get(end)?.length ?? 0
  assert.equal(times('done'), 1_100)
  assert.equal(times('skipped TRAP_CALENDAR'), 60)
  assert.equal(asked.filter((path) => path !== '/robots.txt').length, 1_100)
  const mirrors = await crawled('none', '/mirror/')
  const ended = Object.values(mirrors.ends).toSorted()
  assert.deepEqual(ended, ['done', 'done', 'done', 'skipped TRAP_REPEATS'])
})

test('sitemaps that are bombs, laugh or never end fail, and the crawl goes on', async () => {
  const { ends } = await crawled('sitemaps', '/ok')
  assert.deepEqual(ends, {
    '/ok': 'done',
    '/sitemap-bomb.xml.gz': 'failed FETCH_BOMB',
    '/sitemap-entities.xml': 'failed SITEMAP_REFUSED',
    '/endless': 'failed FETCH_TOO_LARGE',
  })
})
