/** Crawls of a real ring: two of five members killed in the middle, then all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'

import type { Crawl } from '../../src/wire/api-crawls.ts'
import { startLinkedSite, type LinkedSite } from '../fixtures/linked-site.ts'
import { RealRing } from './ring.ts'

const PAGES = 120
const CONNECTIONS = 4
const LOOK_EVERY_MS = 100

async function start(ring: RealRing, site: LinkedSite): Promise<string> {
  const answer = await ring.fetch(`${ring.door(0)}/v1/crawls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seeds: [`${site.origin}/p/0`], delay: 0, connections: CONNECTIONS }),
  })
  assert.equal(answer.status, 201)
  return ((await answer.json()) as Crawl).id
}

async function asked(site: LinkedSite, count: number): Promise<void> {
  while (site.asked.length < count) await pause(LOOK_EVERY_MS)
}

async function over(ring: RealRing, door: number, id: string): Promise<Crawl> {
  for (;;) {
    // A door that is shut for a while is asked again.
    const answer = await ring.fetch(`${ring.door(door)}/v1/crawls/${id}`).catch(() => undefined)
    const crawl = answer?.ok === true ? ((await answer.json()) as Crawl) : undefined
    if (crawl !== undefined && crawl.state !== 'running') return crawl
    await pause(LOOK_EVERY_MS)
  }
}

function isWhole(site: LinkedSite, crawl: Crawl, duplicatesMost: number): void {
  assert.equal(crawl.state, 'done')
  assert.deepEqual([crawl.counts.done, crawl.counts.failed, crawl.counts.queued], [PAGES, 0, PAGES])
  assert.equal(new Set(site.asked.map(({ path }) => path)).size, PAGES)
  assert.ok(site.duplicates.size <= duplicatesMost, JSON.stringify([...site.duplicates]))
  assert.ok([...site.duplicates.values()].every((times) => times === 2))
}

test('a crawl is whole though two of five members die in the middle of it', async () => {
  await using site = await startLinkedSite(PAGES, { answerMs: 20 })
  await using ring = await RealRing.start({ flags: ['--no-restart'] })
  const id = await start(ring, site)
  await asked(site, PAGES / 4)
  await Promise.all([ring.signal('n2', 'SIGKILL'), ring.signal('n4', 'SIGKILL')])
  isWhole(site, await over(ring, 0, id), CONNECTIONS)
})

test('a crawl goes on after all members were killed', async () => {
  await using site = await startLinkedSite(PAGES, { answerMs: 20 })
  await using ring = await RealRing.start({ members: 3 })
  const id = await start(ring, site)
  await asked(site, PAGES / 4)
  await Promise.all(['n1', 'n2', 'n3'].map((name) => ring.signal(name, 'SIGKILL')))
  isWhole(site, await over(ring, 0, id), CONNECTIONS)
})
