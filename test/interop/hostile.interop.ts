/**
 * A real member against a site that does all that a site should not: what each asker is told, and
 * the memory of the member meanwhile; then a crawl of the whole site, to its end.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import { MIB } from '../../src/base/limits.ts'
import type { Crawl, CrawlUrl } from '../../src/wire/api-crawls.ts'
import type { Scrape } from '../../src/wire/api.ts'
import { HOSTILE_CASES, type HostileCase } from '../fixtures/hostile-cases.ts'
import { startHostileSite, type HostileSite } from '../fixtures/hostile-site.ts'
import { RealRing } from '../process/ring.ts'

/** Resident memory over what the member had before, eight downloads at once, garbage included. */
const GROWN_BYTES_MAX = 192 * MIB
const LOOK_EVERY_MS = 500

/** Resident memory of the member, as it tells it itself. */
async function memory(ring: RealRing): Promise<number> {
  const answer = await ring.fetch(`${ring.door(0)}/metrics`)
  const line = /^process_resident_memory_bytes (\S+)$/m.exec(await answer.text())
  return Number(line?.[1])
}

async function told(ring: RealRing, url: string): Promise<string> {
  let scrape: Scrape | undefined
  const body = JSON.stringify({ url, maxAge: 0 })
  const headers = { 'content-type': 'application/json', prefer: 'wait=60' }
  const answer = await ring.fetch(`${ring.door(0)}/v1/scrapes`, { method: 'POST', headers, body })
  scrape = (await answer.json()) as Scrape
  while (scrape.state === 'running') {
    const again = await ring.fetch(`${ring.door(0)}/v1/scrapes/${scrape.id}`, { headers })
    scrape = (await again.json()) as Scrape
  }
  return scrape.failure?.code ?? `kept ${scrape.page?.status}`
}

async function crawled(ring: RealRing, site: HostileSite): Promise<Crawl> {
  // Its calendar is tried in hostile-crawl.test.ts.
  const exclude = ['/calendar/']
  const request = { seeds: [`${site.origin}/`], delay: 0, connections: 8, exclude }
  const headers = { 'content-type': 'application/json' }
  const answer = await ring.fetch(`${ring.door(0)}/v1/crawls`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request),
  })
  let crawl = (await answer.json()) as Crawl
  while (crawl.state === 'running') {
    await pause(LOOK_EVERY_MS)
    crawl = (await (await ring.fetch(`${ring.door(0)}/v1/crawls/${crawl.id}`)).json()) as Crawl
  }
  return crawl
}

async function urlsOf(ring: RealRing, id: string): Promise<readonly CrawlUrl[]> {
  const urls: CrawlUrl[] = []
  let cursor = ''
  do {
    const path = `${ring.door(0)}/v1/crawls/${id}/urls?limit=100${cursor}`
    const page = (await (await ring.fetch(path)).json()) as { items: CrawlUrl[]; cursor?: string }
    urls.push(...page.items)
    cursor = page.cursor === undefined ? '' : `&cursor=${encodeURIComponent(page.cursor)}`
  } while (cursor !== '')
  return urls
}

test('a member refuses all that a hostile site does, in bounded memory, and crawls it to its end', async () => {
  await using ring = await RealRing.start({ members: 1 })
  const { members } = await ring.ring()
  const ringPort = Number(members[0]?.address.split(':').at(-1))
  await using site = await startHostileSite({ robots: 'sitemaps', ringPort })
  const before = await memory(ring)
  let most = before
  const stop = new AbortController()
  const watching = (async () => {
    while (!stop.signal.aborted) {
      most = Math.max(most, await memory(ring))
      await pause(LOOK_EVERY_MS)
    }
  })()
  const check = async ({ does, path, told: expected }: HostileCase): Promise<void> => {
    const code = await told(ring, site.origin + path)
    const grown = Math.round((most - before) / MIB)
    console.log(`${code.padEnd(18)} ${`+${grown} MiB`.padStart(9)}  ${path.padEnd(20)} ${does}`)
    assert.equal(code, expected, path)
  }
  // Those that take as long as a limit of time are waited for together.
  const slow = Promise.all(HOSTILE_CASES.filter(({ isSlow }) => isSlow).map(check))
  slow.catch(() => undefined)
  for (const one of HOSTILE_CASES.filter(({ isSlow = false }) => !isSlow)) await check(one)
  await slow
  await site.quiet()
  const crawl = await crawled(ring, site)
  const { done, failed, queued, skipped } = crawl.counts
  const ended = `${done} done, ${failed} failed, ${skipped} skipped of ${queued}`
  stop.abort()
  await watching
  const grown = Math.round((most - before) / MIB)
  console.log(`crawl ${crawl.state}: ${ended}; +${grown} MiB over ${Math.round(before / MIB)} MiB`)
  assert.equal(crawl.endedBy, 'all')
  assert.equal(done + failed + skipped, queued)
  const ends = new Map(
    (await urlsOf(ring, crawl.id)).map((url) => [url.url.replace(site.origin, ''), url]),
  )
  for (const { path, told: expected } of HOSTILE_CASES) {
    const { code, status } = ends.get(path) ?? {}
    assert.equal(code ?? `kept ${status}`, expected, `${path} in the crawl`)
  }
  await site.quiet()
  assert.ok(most - before < GROWN_BYTES_MAX, `${grown} MiB`)
})
