import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import type { CrawlRequest, CrawlUrl } from '../../../wire/api-crawls.ts'
import { pageCounts } from '../../../wire/crawl-progress.ts'
import { PageRing } from '../pages/page-ring.test-helper.ts'
import { crawlServiceOf } from './crawl-ring.test-helper.ts'

const CSS = 'text/css'
const HTML = 'text/html; charset=utf-8'

/** By path; what is not there is a page that is not found. */
type Site = Readonly<Record<string, readonly [type: string, body: string]>>

const SITE: Site = {
  '/robots.txt': ['text/plain', 'User-agent: *\nDisallow: /secret'],
  '/dir/': [
    HTML,
    `<link rel=stylesheet href=/css/a.css><style>p{background:url(/img/inline.png)}</style>
     <p style="background:url('/img/attribute.png')"><img src=/img/a.png srcset="/img/b.png 2x">
     <script src=/a.js></script><object data=/dir/embedded></object><object data=/out/embedded></object>
     <a href=next>next</a><a href=/out/linked>out</a><img src=/secret.png>`,
  ],
  '/dir/next': [HTML, '<img src=/img/next.png>'],
  '/dir/embedded': [HTML, '<a href=deeper>deeper</a>'],
  '/dir/deeper': [HTML, 'deep'],
  '/out/embedded': [HTML, '<a href=/dir/never>never</a>'],
  '/css/a.css': [CSS, '@import "b.css"; a{background:url("../img/c.png")}'],
  '/css/b.css': [CSS, '@import url(c.css); @font-face{font-family:f;src:url(f.woff2)}'],
  '/css/c.css': [CSS, 'a{background:url(never.png)}'],
}

/** What a crawl of one member found of `/dir/`, by path. */
async function crawled(more: Partial<CrawlRequest>): Promise<ReadonlyMap<string, CrawlUrl>> {
  return (await outcomeOf(more)).found
}

/** @param missing paths that are answered with 404 */
async function outcomeOf(more: Partial<CrawlRequest>, missing: ReadonlySet<string> = new Set()) {
  const server = createServer((request, response) => {
    const [type, body] = SITE[request.url ?? ''] ?? ['image/png', 'none']
    const status = missing.has(request.url ?? '') ? 404 : 200
    response.writeHead(status, { 'content-type': type }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await using ring = await PageRing.start({ members: 1 })
  const member = present(ring.members[0], 'member')
  await using service = crawlServiceOf(ring, member)
  const seeds = [`${origin}/dir/`]
  const request: CrawlRequest = { seeds, scope: 'prefix', delay: 0, ...more }
  const { id } = await service.crawls.start(request, { by: undefined })
  while ((await service.crawls.get(id))?.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { items } = await service.crawls.urls(id, { limit: 1_000 })
  const crawl = await service.crawls.get(id)
  const hosts = await service.crawls.hosts(id, { limit: 10 })
  server.closeAllConnections()
  server.close()
  const found = new Map(items.map((url) => [new URL(url.url).pathname, url]))
  return { found, counts: present(crawl, 'crawl').counts, hosts: hosts.items }
}

const PAGES = ['/dir/', '/dir/next']

test('a crawl takes what its pages show, wherever it lies, at the depth of the page', async () => {
  const found = await crawled({})
  const images = ['a', 'attribute', 'b', 'c', 'inline', 'next'].map((name) => `/img/${name}.png`)
  const sheets = ['/css/a.css', '/css/b.css', '/css/c.css', '/css/f.woff2']
  const embedded = ['/dir/deeper', '/dir/embedded', '/out/embedded', '/secret.png', '/a.js']
  const all = [...PAGES, ...images, ...sheets, ...embedded].toSorted()
  assert.deepEqual([...found.keys()].toSorted(), all)
  assert.equal(found.get('/img/c.png')?.depth, 0)
  assert.equal(found.get('/css/c.css')?.depth, 0)
  assert.equal(found.get('/img/next.png')?.depth, 1)
  assert.equal(found.get('/secret.png')?.code, 'ROBOTS')
  assert.equal(found.get('/out/embedded')?.state, 'done')
})

test('a crawl without resources takes pages alone', async () => {
  const found = await crawled({ resources: false })
  assert.deepEqual([...found.keys()].toSorted(), PAGES)
})

test('a crawl of one page takes what it shows, and follows nothing', async () => {
  const found = await crawled({ scope: 'page' })
  assert.ok(found.has('/img/c.png'))
  assert.ok(!found.has('/dir/next'))
  assert.ok(!found.has('/dir/deeper'))
})

test('a picture that is missing is a resource that failed, and no page that did', async () => {
  const { counts, found, hosts } = await outcomeOf({}, new Set(['/img/a.png', '/css/b.css']))
  const { bytes: _bytes, held: _held, ...sums } = counts
  const resources = { queued: 14, done: 11, failed: 2, skipped: 1 }
  assert.deepEqual(sums, { queued: 17, done: 14, failed: 2, skipped: 1, resources })
  assert.deepEqual(pageCounts(counts), { queued: 3, done: 3, failed: 0, skipped: 0 })
  assert.deepEqual(hosts[0]?.resources, resources)
  assert.equal(found.get('/img/a.png')?.isResource, true)
  assert.equal(found.get('/dir/next')?.isResource, undefined)
})

test('a crawl without resources tells of none', async () => {
  const { counts, found } = await outcomeOf({ resources: false })
  assert.equal(counts.resources, undefined)
  assert.ok([...found.values()].every(({ isResource }) => isResource === undefined))
})
