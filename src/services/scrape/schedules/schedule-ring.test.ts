import assert from 'node:assert/strict'
import { test } from 'node:test'

import { startLinkedSite } from '../../../../test/fixtures/linked-site.ts'
import { present } from '../../../base/assert.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../base/limits.ts'
import type { Schedule } from '../../../wire/api-schedules.ts'
import { CrawlRing } from '../crawl/crawl-ring.test-helper.ts'
import { SCHEDULES_POSITION } from './schedule-rows.ts'

const HOURLY = { cron: '0 * * * *', zone: 'UTC' }
const ANA = { by: 'ana' }

/** Lets time pass for all members, and has them look. */
function pass(ring: CrawlRing, ms: number): void {
  ring.ring.clock.shiftMs += ms
  for (const service of ring.services.values()) service.hearSchedules()
}

async function until(
  ring: CrawlRing,
  id: string,
  holds: (schedule: Schedule) => boolean,
): Promise<Schedule> {
  for (;;) {
    const service = present([...ring.services.values()][0], 'a member')
    const schedule = present(await service.schedules.get(id), 'schedule')
    if (holds(schedule)) return schedule
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const isOver = ({ runs: [last] }: Schedule) => last !== undefined && last.state !== 'running'

test('a schedule begins its crawls when they are due, whoever owns it by then', async () => {
  await using site = await startLinkedSite(5)
  await using ring = await CrawlRing.start(3)
  const request = { seeds: [`${site.origin}/p/0`], delay: 0 }
  const made = await ring.at(0).schedules.make(request, HOURLY, ANA)
  assert.equal(made.next.length, 5)
  assert.deepEqual([made.state, made.by, made.runs], ['active', 'ana', []])
  pass(ring, HOUR_MS)
  const first = await until(ring, made.id, isOver)
  assert.equal(first.runs[0]?.state, 'done')
  assert.equal(first.runs[0]?.at, made.next[0])
  assert.equal(first.runs[0]?.counts?.done, 5)
  const crawl = present(await ring.at(1).crawls.get(first.runs[0]?.crawl ?? ''), 'crawl')
  assert.deepEqual([crawl.schedule, crawl.by], [made.id, 'ana'])
  assert.equal(first.next[0], made.next[1])
  await ring.kill(ring.ring.ownerOf(SCHEDULES_POSITION))
  pass(ring, HOUR_MS)
  const second = await until(ring, made.id, (now) => now.runs.length === 2 && isOver(now))
  assert.deepEqual(second.runs[0]?.at, made.next[1])
  assert.equal(site.asked.filter(({ path }) => path === '/p/0').length, 2)
})

test('times that passed while all were away are one run, and none is made up for after a pause', async () => {
  await using site = await startLinkedSite(2)
  await using ring = await CrawlRing.start(1)
  const { schedules } = ring.at(0)
  const request = { seeds: [`${site.origin}/p/0`], delay: 0 }
  const { id } = await schedules.make(request, HOURLY, ANA)
  pass(ring, 3 * DAY_MS)
  const { next, runs } = await until(ring, id, isOver)
  assert.equal(runs.length, 1)
  const nowMs = ring.ring.clock.wallMs()
  assert.ok(Date.parse(next[0] ?? '') > nowMs)
  const paused = await schedules.steer(id, 'paused')
  assert.deepEqual([paused.state, paused.next], ['paused', []])
  pass(ring, DAY_MS)
  const resumed = await schedules.steer(id, 'active')
  assert.equal(resumed.runs.length, 1)
  const firstMs = Date.parse(resumed.next[0] ?? '')
  assert.ok(firstMs > nowMs + DAY_MS && firstMs <= nowMs + DAY_MS + HOUR_MS + MINUTE_MS)
})

test('schedules of a suspended account rest, say so, and go on when it is restored', async () => {
  await using site = await startLinkedSite(2)
  await using ring = await CrawlRing.start(1)
  const { schedules } = ring.at(0)
  const request = { seeds: [`${site.origin}/p/0`], delay: 0 }
  const { id } = await schedules.make(request, HOURLY, ANA)
  const other = await schedules.make(request, HOURLY, { by: 'eva' })
  ring.suspended.add('ana')
  const held = present(await schedules.get(id), 'schedule')
  assert.deepEqual([held.state, held.heldBack, held.next], ['active', 'suspended', []])
  pass(ring, HOUR_MS)
  // What is due at the same time, and was made later, is seen to later.
  const { heldBack, runs } = await until(ring, other.id, isOver)
  assert.deepEqual([heldBack, runs.length], [undefined, 1])
  assert.deepEqual((await schedules.get(id))?.runs, [])
  ring.suspended.delete('ana')
  const restored = present(await schedules.get(id), 'schedule')
  assert.deepEqual([restored.heldBack, restored.next.length], [undefined, 5])
  assert.ok(Date.parse(restored.next[0] ?? '') > ring.ring.clock.wallMs(), 'none is made up for')
  pass(ring, HOUR_MS)
  const { runs: later } = await until(ring, id, isOver)
  assert.equal(later.length, 1)
})

test('a run is begun by hand or with the schedule, and a schedule is changed and deleted', async () => {
  await using site = await startLinkedSite(2)
  await using ring = await CrawlRing.start(2)
  const { crawls, schedules } = ring.at(0)
  const request = { seeds: [`${site.origin}/p/0`], delay: 0 }
  const key = 'ab'.repeat(32)
  const begun = await schedules.make(request, { ...HOURLY, begin: true }, { ...ANA, key })
  assert.equal(begun.runs.length, 1)
  const again = await schedules.make(request, { ...HOURLY, begin: true }, { ...ANA, key })
  assert.deepEqual([again.id, again.runs.length], [begun.id, 1])
  const other = schedules.make({ ...request, pages: 3 }, HOURLY, { ...ANA, key })
  await assert.rejects(other, { code: 'RETRY_MISMATCH' })
  await until(ring, begun.id, isOver)
  const byHand = await ring.at(1).schedules.run(begun.id, {})
  assert.equal(byHand.runs[0]?.byHand, true)
  await until(ring, begun.id, isOver)
  const crawl = { seeds: [`${site.origin}/p/1`], delay: 0 }
  const changed = await schedules.change(begun.id, { cron: '@daily', zone: 'Asia/Tokyo', crawl })
  assert.deepEqual([changed.cron, changed.zone, changed.crawl], ['@daily', 'Asia/Tokyo', crawl])
  assert.match(changed.next[0] ?? '', /T15:00:00/)
  const bad = schedules.change(begun.id, { cron: '* * * * *' })
  await assert.rejects(bad, { code: 'SCHEDULE_INVALID' })
  assert.equal((await schedules.list({ limit: 5 })).items.length, 1)
  await schedules.remove(begun.id)
  assert.deepEqual(await schedules.list({ limit: 5 }), { items: [] })
  await assert.rejects(schedules.run(begun.id, {}), { code: 'NOT_FOUND' })
  assert.equal((await crawls.list({ limit: 5 })).items.length, 2)
  for (const [cron, zone] of [
    ['0 0 30 2 *', 'UTC'],
    ['0 3 * * *', 'Mars/Base'],
  ] as const) {
    const refused = schedules.make(request, { cron, zone }, ANA)
    await assert.rejects(refused, { code: 'SCHEDULE_INVALID' })
  }
  assert.deepEqual(await schedules.list({ limit: 5 }), { items: [] })
})
