import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Crawl } from '../wire/api-crawls.ts'
import { crawlLines, crawlText, urlLine } from './crawl-lines.ts'

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
  assert.equal(crawlText(CRAWL), '12 of 340 pages, 3 failed, 5 passed over, 1.5 MiB')
  assert.match(crawlText({ ...CRAWL, state: 'paused' }), /^paused: 12 of/)
})

test('crawlText() tells resources apart from pages, and sums of both as they are', () => {
  const resources = { queued: 30, done: 4, failed: 2, skipped: 1 }
  assert.equal(
    crawlText({ ...CRAWL, counts: { ...CRAWL.counts, resources } }),
    '8 of 310 pages, 1 failed, 4 passed over, 4 of 30 resources, 2 failed, 1 passed over, 1.5 MiB',
  )
})

test('crawlLines() tells the end and why', () => {
  const ended = { state: 'done', endedBy: 'pages', endedAt: '2026-11-21T10:01:00.000Z' } as const
  const text = crawlLines({ ...CRAWL, ...ended }, paint).join('\n')
  assert.match(text, /^done, for it has as many pages as it was to have {2}12 of 340/)
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
