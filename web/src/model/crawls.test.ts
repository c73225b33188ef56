import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Crawl } from '../../../src/wire/api-crawls.ts'
import {
  elapsedMs,
  rateOf,
  SAMPLES_MAX,
  watchCrawl,
  type CrawlWatch,
} from '../../../src/wire/crawl-watch.ts'
import { PERMISSIONS_OF, type AccountRole } from '../../../src/wire/permissions.ts'
import type { Who } from './accounts.ts'
import { curveOf, failuresOf, maySteer, milestones } from './crawls.ts'

const BEGUN_MS = Date.parse('2026-11-21T08:00:00.000Z')
const at = (ms: number): string => new Date(BEGUN_MS + ms).toISOString()

function crawlAt(ranMs: number, done: number, more: Partial<Crawl> = {}): Crawl {
  return {
    id: 'a'.repeat(32),
    request: { seeds: ['http://a.test/'] },
    by: null,
    state: 'running',
    counts: { queued: 100, done, failed: 0, skipped: 0, bytes: 0 },
    hosts: 1,
    startedAt: at(0),
    changedAt: at(ranMs),
    ...more,
  }
}

/** Told each second, so many pages each time. */
function watched(seconds: number, pagesPerSecond: number): CrawlWatch {
  let watch: CrawlWatch = watchCrawl(undefined, crawlAt(0, 0), 0)
  for (let s = 1; s <= seconds; s++)
    watch = watchCrawl(watch, crawlAt(s * 1_000, s * pagesPerSecond), s * 1_000)
  return watch
}

test('maySteer() lets whoever began it, operators, and anybody what a guest began', () => {
  const told = (role: AccountRole, nick: string | null): Who => ({
    kind: 'told',
    me: { nick, name: nick, role, permissions: [...PERMISSIONS_OF[role]], groups: [] },
  })
  const ofAna = { by: 'ana' }
  assert.equal(maySteer(told('member', 'ana'), ofAna), true)
  assert.equal(maySteer(told('member', 'beto'), ofAna), false)
  assert.equal(maySteer(told('operator', 'caro'), ofAna), true)
  assert.equal(maySteer(told('guest', null), ofAna), false)
  assert.equal(maySteer(told('guest', null), { by: null }), true)
  assert.equal(maySteer({ kind: 'anyone' }, ofAna), true)
  assert.equal(maySteer({ kind: 'nobody' }, { by: null }), false)
})

test('rateOf() is of late, sinks while nothing comes, and is on the whole what it just met', () => {
  const steady = watched(60, 4)
  assert.equal(rateOf(steady, 60_000), 4)
  const stalled = rateOf(steady, 70_000)
  assert.ok(stalled > 0 && stalled < 2, `${stalled}`)
  assert.equal(rateOf(steady, 90_000), 0)
  const late = watchCrawl(undefined, crawlAt(100_000, 50), 5)
  assert.equal(rateOf(late, 5), 0.5)
  const paused = watchCrawl(steady, crawlAt(60_500, 240, { state: 'paused' }), 60_500)
  assert.equal(rateOf(paused, 61_000), 0)
})

test('elapsedMs() runs by our clock, never back, and stands once the crawl does', () => {
  const first = watchCrawl(undefined, crawlAt(10_000, 5), 1_000)
  assert.equal(elapsedMs(first, 3_000), 12_000)
  const behind = watchCrawl(first, crawlAt(11_000, 6), 3_000)
  assert.equal(elapsedMs(behind, 3_000), 12_000)
  const done = watchCrawl(behind, crawlAt(13_000, 9, { state: 'done', endedAt: at(13_000) }), 9_000)
  assert.equal(elapsedMs(done, 99_000), 13_000)
  assert.deepEqual(done.samples.at(-1), { atMs: 13_000, ended: 9, pages: 9 })
})

test('rateOf() and the curve count pages without what they need to look right', () => {
  const resources = { queued: 40, done: 25, failed: 5, skipped: 0 }
  const told = crawlAt(10_000, 50)
  const crawl = { ...told, counts: { ...told.counts, resources } }
  const watch = watchCrawl(undefined, crawl, 0)
  assert.deepEqual(watch.samples, [{ atMs: 10_000, ended: 50, pages: 20 }])
  assert.equal(rateOf(watch, 0, 'pages'), 2)
  assert.equal(rateOf(watch, 0), 5)
  assert.equal(curveOf(watch, { nowMs: 0, width: 100, height: 50 }).pagesMax, 20)
})

test('watchCrawl() keeps a bounded number of samples, from the first to the last', () => {
  const { samples } = watched(2_000, 1)
  assert.ok(samples.length <= SAMPLES_MAX)
  assert.deepEqual(samples[0], { atMs: 0, ended: 0, pages: 0 })
  assert.deepEqual(samples.at(-1), { atMs: 2_000_000, ended: 2_000, pages: 2_000 })
  const other = watchCrawl(watched(5, 1), crawlAt(0, 0, { id: 'b'.repeat(32) }), 6_000)
  assert.equal(other.samples.length, 1)
})

test('curveOf() fills its box, and tells apart what this window did not see', () => {
  const size = { nowMs: 4_000, width: 100, height: 50 }
  const whole = curveOf(watched(4, 1), size)
  assert.equal(whole.unseen, '')
  assert.match(whole.seen, /^0\.0,50\.0 .* 100\.0,0\.0$/)
  assert.equal(whole.pagesMax, 4)
  const late = curveOf(watchCrawl(undefined, crawlAt(60_000, 30), 0), { ...size, nowMs: 60_000 })
  assert.equal(late.unseen, '0.0,50.0 50.0,0.0')
  assert.equal(late.seen, '50.0,0.0 100.0,0.0')
  assert.equal(milestones(watched(60, 1), 4).length, 4)
  assert.equal(milestones(watched(60, 1), 4).at(-1)?.ended, 60)
})

test('failuresOf() puts those of one reason together, the most first', () => {
  const row = (url: string, end: { status?: number; code?: string }) => {
    return { url, id: url, state: 'failed' as const, depth: 0, tries: 1, ...end }
  }
  const rows = [row('a', { code: 'FETCH_TIMEOUT' }), row('b', { status: 404 })]
  const groups = failuresOf([...rows, row('c', { status: 404 })])
  assert.deepEqual(
    groups.map(({ reason, urls }) => [reason, urls.map(({ url }) => url)]),
    [
      [404, ['b', 'c']],
      ['FETCH_TIMEOUT', ['a']],
    ],
  )
})
