import assert from 'node:assert/strict'
import { test } from 'node:test'

import { crawlProgress, estimateMs } from './crawl-progress.ts'

const counts = { queued: 120, done: 30, failed: 10, skipped: 20, bytes: 0 }
const crawl = { counts, request: { seeds: ['http://a/'] }, state: 'running' as const }

test('crawlProgress() leaves out what is passed over, and what is beyond the pages asked for', () => {
  assert.deepEqual(crawlProgress(crawl), { ended: 40, known: 100 })
  const few = { ...crawl, request: { ...crawl.request, pages: 50 } }
  assert.deepEqual(crawlProgress(few), { ended: 40, known: 50 })
  const over = { ...crawl, request: { ...crawl.request, pages: 30 } }
  assert.deepEqual(crawlProgress(over), { ended: 40, known: 40 })
})

test('estimateMs() tells what is left at this rate, and nothing of a crawl that stands', () => {
  assert.equal(estimateMs(crawl, 2), 30_000)
  assert.equal(estimateMs(crawl, 0), undefined)
  assert.equal(estimateMs({ ...crawl, state: 'paused' }, 2), undefined)
})
