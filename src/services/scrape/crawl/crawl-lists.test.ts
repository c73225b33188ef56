import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

import { present } from '../../../base/assert.ts'
import type { CrawlRequest, CrawlUrl } from '../../../wire/api-crawls.ts'
import { PageRing } from '../pages/page-ring.test-helper.ts'
import { crawlServiceOf } from './crawl-ring.test-helper.ts'

const HTML = 'text/html; charset=utf-8'
const XML = 'application/xml'

type Answer = readonly [type: string, body: string | Buffer]

const urls = (paths: readonly string[]): string =>
  `<urlset>${paths.map((path) => `<url><loc>${path}</loc></url>`).join('')}</urlset>`
const index = (paths: readonly string[]): string =>
  `<sitemapindex>${paths.map((path) => `<sitemap><loc>${path}</loc></sitemap>`).join('')}</sitemapindex>`

const SITE: Readonly<Record<string, Answer>> = {
  '/robots.txt': [
    'text/plain',
    'User-agent: *\nDisallow: /secret\nSitemap: /index.xml\nSitemap: /bomb.xml.gz\n' +
      'Sitemap: /entities.xml\nSitemap: /cut.xml.gz\nSitemap: /nothing.xml\n',
  ],
  '/': [
    HTML,
    `<link rel=alternate type=application/rss+xml href=/feed.xml><a href=/feed.xml>feed</a>
     <link rel=alternate type=application/atom+xml href=http://elsewhere.example/feed>
     <link rel=alternate type=application/rss+xml href=/no-feed>`,
  ],
  '/index.xml': [XML, index(['/packed.xml.gz', '/more.xml'])],
  '/more.xml': [XML, index(['/deep.xml'])],
  '/deep.xml': [XML, urls(['/deep'])],
  '/packed.xml.gz': [
    'application/gzip',
    gzipSync(urls(['/packed', '/secret', 'http://elsewhere.example/page'])),
  ],
  '/feed.xml': [
    'application/rss+xml',
    '<rss><channel><item><link>/news</link></item></channel></rss>',
  ],
  '/no-feed': [HTML, '<a href=/from-no-feed>page</a>'],
  '/bomb.xml.gz': ['application/gzip', gzipSync(Buffer.alloc(40 * 1_024 * 1_024, 0x20))],
  '/entities.xml': [XML, `<!DOCTYPE urlset [<!ENTITY a "aaaa">]>${urls(['/entity'])}`],
  '/cut.xml.gz': ['application/gzip', gzipSync(urls(['/cut'])).subarray(0, 30)],
}

/** What a crawl of one member found from `/`, by path; what it was asked for otherwise is 404. */
async function crawled(more: Partial<CrawlRequest>): Promise<Record<string, string>> {
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    const [type, body] = SITE[path] ?? [HTML, 'a page']
    const origin = `http://${request.headers.host}`
    const isXml = typeof body === 'string' && type === XML
    const full = isXml ? body.replaceAll('<loc>/', `<loc>${origin}/`) : body
    response.writeHead(path === '/nothing.xml' ? 404 : 200, { 'content-type': type }).end(full)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await using ring = await PageRing.start({ members: 1 })
  const member = present(ring.members[0], 'member')
  await using service = crawlServiceOf(ring, member)
  const request: CrawlRequest = { seeds: [`${origin}/`], delay: 0, connections: 4, ...more }
  const { id } = await service.crawls.start(request, { by: undefined })
  while ((await service.crawls.get(id))?.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { items } = await service.crawls.urls(id, { limit: 1_000 })
  server.closeAllConnections()
  server.close()
  const told = ({ code, depth, state }: CrawlUrl): string => `${state} ${code ?? depth}`
  return Object.fromEntries(items.map((url) => [url.url.replace(origin, ''), told(url)]))
}

test('a crawl of a host takes what its sitemaps and feeds name, and refuses bad ones', async () => {
  assert.deepEqual(await crawled({}), {
    '/': 'done 0',
    '/index.xml': 'done 0',
    '/more.xml': 'done 0',
    '/deep.xml': 'done 0',
    '/packed.xml.gz': 'done 0',
    '/deep': 'done 1',
    '/packed': 'done 1',
    '/secret': 'skipped ROBOTS',
    '/feed.xml': 'done 0',
    '/news': 'done 1',
    '/no-feed': 'done 0',
    '/from-no-feed': 'done 1',
    '/bomb.xml.gz': 'failed FETCH_BOMB',
    '/entities.xml': 'failed SITEMAP_REFUSED',
    '/cut.xml.gz': 'failed FETCH_BROKEN',
    '/nothing.xml': 'failed 0',
  })
})

test('without them it takes links alone, and one of a page asks for nothing more', async () => {
  assert.deepEqual(await crawled({ sitemaps: false }), { '/': 'done 0', '/feed.xml': 'done 1' })
  assert.deepEqual(await crawled({ scope: 'page' }), { '/': 'done 0' })
  assert.deepEqual(await crawled({ depth: 0, exclude: ['xml', 'no-feed'] }), { '/': 'done 0' })
})
