import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Crawl } from '../wire/api-crawls.ts'
import { crawlLines, crawlText, hostLines, urlLine } from './crawl-lines.ts'

const CRAWL: Crawl = {
  id: 'ab',
  request: { seeds: ['http://x/'] },
  by: null,
  state: 'running',
  counts: { queued: 340, done: 12, failed: 3, skipped: 5, bytes: 1_572_864 },
  hosts: 2,
  startedAt: '2026-11-21T10:00:00.000Z',
  changedAt: '2026-11-21T10:00:30.000Z',
}
const paint = (_colour: string, text: string): string => text

test('crawlText() tells what it has of what it knows', () => {
  assert.equal(crawlText(CRAWL), '15 of 335 pages (3 failed, 5 passed over), 1.5 MiB')
  assert.match(crawlText({ ...CRAWL, state: 'paused' }), /^paused: 15 of/)
})

test('crawlText() tells resources apart from pages, and sums of both as they are', () => {
  const resources = { queued: 30, done: 4, failed: 2, skipped: 1 }
  assert.equal(
    crawlText({ ...CRAWL, counts: { ...CRAWL.counts, resources } }),
    '9 of 306 pages (1 failed, 4 passed over), 6 of 29 resources (2 failed, 1 passed over), 1.5 MiB',
  )
})

test('crawlText() says which copies were used without a request', () => {
  const text = crawlText({ ...CRAWL, counts: { ...CRAWL.counts, held: 2 } })
  assert.match(text, /, 2 from copies that were held, without a request, 1\.5 MiB$/)
})

test('hostLines() tells resources apart from pages, as the whole crawl does', () => {
  const resources = { queued: 30, done: 4, failed: 2, skipped: 1 }
  const hosts = [
    { ...CRAWL.counts, host: 'http://x', resources },
    { ...CRAWL.counts, host: 'http://y' },
  ]
  assert.deepEqual(
    hostLines(hosts).map((text) => text.replaceAll(/ {2,}/g, '  ')),
    [
      'HOST  PAGES  FAILED  PASSED OVER  RESOURCES  SIZE',
      'http://x  9 of 306  1  4  6 of 29  1.5 MiB',
      'http://y  15 of 335  3  5  -  1.5 MiB',
    ],
  )
})

test('crawlLines() tells the end and why', () => {
  const ended = { state: 'done', endedBy: 'pages', endedAt: '2026-11-21T10:01:00.000Z' } as const
  const text = crawlLines({ ...CRAWL, ...ended }, paint).join('\n')
  assert.match(text, /^done, for it has as many pages as it was to have {2}15 of 335/)
  assert.match(text, /begun +2026-11-21 10:00 UTC by a guest, from http:\/\/x\/$/m)
  assert.match(text, /time +60 s$/m)
})

test('urlLine() tells a status, or why there is none', () => {
  const url = { url: 'http://x/', id: 'i', depth: 0, tries: 1 }
  const done = urlLine({ ...url, state: 'done', status: 200, bytes: 2_048, title: 'X' })
  assert.equal(done, 'done    200  2.0 KiB  http://x/  X')
  assert.match(
    urlLine({ ...url, state: 'failed', code: 'FETCH_REFUSED' }),
    /^failed {2}FETCH_REFUSED +http:\/\/x\/$/,
  )
})
