import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Crawl } from '../../../src/wire/api-crawls.ts'
import { CrawlsClient } from './crawls.ts'
import { RingClient } from './ring-client.ts'

const CRAWL: Crawl = {
  id: 'a'.repeat(32),
  request: { seeds: ['http://a.test/'] },
  by: null,
  state: 'running',
  counts: { queued: 3, done: 0, failed: 0, skipped: 0, bytes: 0 },
  hosts: 1,
  startedAt: '2026-11-21T08:00:00.000Z',
  changedAt: '2026-11-21T08:00:00.000Z',
}

const crawlWith = (done: number, more: Partial<Crawl> = {}): Crawl => {
  return { ...CRAWL, counts: { ...CRAWL.counts, done }, ...more }
}
const problem = (status: number, code: string): Response =>
  Response.json({ code, detail: code, details: {} }, { status })
const stream = (...crawls: readonly unknown[]): Response =>
  new Response(crawls.map((crawl) => `data: ${JSON.stringify(crawl)}\n\n`).join(''))

/** Answers in turn to questions for the events, and to those for the crawl. */
function watched(answers: { readonly events: Response[]; readonly crawl: Response[] }) {
  const told: string[] = []
  const asked = Promise.withResolvers<void>()
  const client = new RingClient({
    door: 'http://a',
    doors: [],
    onDoor: () => undefined,
    fetch: async (url) => {
      const answer = (url.endsWith('/events') ? answers.events : answers.crawl).shift()
      return answer ?? Promise.reject(new TypeError('refused'))
    },
  })
  const stop = new AbortController()
  const onCrawl = ({ counts, state }: Crawl): void => {
    told.push(`${state} ${counts.done}`)
    asked.resolve()
  }
  const onTrouble = ({ code }: { readonly code: string }): void => {
    told.push(code)
    asked.resolve()
  }
  const over = new CrawlsClient(client).watch(CRAWL.id, { onCrawl, onTrouble }, stop.signal)
  return { told, over, stop, first: asked.promise }
}

test('CrawlsClient.watch() tells what the stream tells until it is over, and no nonsense', async () => {
  const done = crawlWith(3, { state: 'done' })
  const events = [stream(crawlWith(1), { kind: 'odd' }, crawlWith(2), done)]
  const { told, over } = watched({ events, crawl: [] })
  await over
  assert.deepEqual(told, ['running 1', 'running 2', 'done 3'])
})

test('CrawlsClient.watch() asks for the crawl where there is no stream, until there is one', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const { told, over, first } = watched({
    events: [problem(503, 'BUSY'), stream(crawlWith(3, { state: 'cancelled' }))],
    crawl: [Response.json(crawlWith(1))],
  })
  await first
  await new Promise(setImmediate)
  t.mock.timers.tick(2_000)
  await over
  assert.deepEqual(told, ['running 1', 'cancelled 3'])
})

test('CrawlsClient.watch() tells that no door answers and goes on; an unknown crawl is the end', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const events: Response[] = []
  const crawl: Response[] = []
  const { told, over, first } = watched({ events, crawl })
  await first
  events.push(problem(404, 'NOT_FOUND'))
  crawl.push(problem(404, 'NOT_FOUND'))
  await new Promise(setImmediate)
  t.mock.timers.tick(600)
  await over
  assert.deepEqual(told, ['RING_NOT_REACHABLE', 'NOT_FOUND'])
})
