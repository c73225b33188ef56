import assert from 'node:assert/strict'
import { test } from 'node:test'

import { present } from '../../../base/assert.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import { valueOf } from '../../../store/partition/machine.test-helper.ts'
import {
  SCHEDULE_RUNS_MAX,
  SCHEDULES_MAX,
  SCHEDULES_OF_ONE_MAX,
} from '../../../wire/schedule-bounds.ts'
import { CrawlPartitions } from '../crawl/partitions.test-helper.ts'
import { jobKey, partitionOfCrawl } from '../crawl/places.ts'
import { readJobRow } from '../crawl/rows.ts'
import { startOf } from '../crawl/start-of.ts'
import { crawlOf, type FireAnswer } from './schedule-procedures.ts'
import {
  DUE_PREFIX,
  readScheduleRow,
  SCHEDULE_PREFIX,
  scheduleKey,
  SCHEDULES_PARTITION,
  SCHEDULES_PK,
  SCHEDULES_TABLE,
  type ScheduleRow,
} from './schedule-rows.ts'

const ID = 'a'.repeat(32)
const STEP_MS = 10 * MINUTE_MS
const START = startOf({ seeds: ['http://a.example/'] })
const PLAN = { spec: START.spec, cron: '*/10 * * * *', zone: 'UTC' }

class SchedulePartitions extends CrawlPartitions {
  ask(procedure: string, input: object): unknown {
    return valueOf(this.machine(SCHEDULES_PARTITION).call(`crawlSchedule.${procedure}`, input))
  }

  make(id = ID, by: string | undefined = 'ana'): number {
    const nextMs = this.timeMs + STEP_MS
    this.ask('make', { id, ...PLAN, ...(by === '' ? {} : { by }), nextMs })
    return nextMs
  }

  fire(dueMs: number, more: object = {}): FireAnswer['kind'] {
    const nextMs = Math.max(dueMs, this.timeMs) + STEP_MS
    const input = { id: ID, revision: 1, dueMs, nextMs, start: START, ...more }
    const { kind } = this.ask('fire', input) as FireAnswer
    return kind
  }

  get row(): ScheduleRow {
    const { partition } = this.machine(SCHEDULES_PARTITION)
    return readScheduleRow(present(partition.get(scheduleKey(SCHEDULE_PREFIX + ID)), 'schedule'))
  }

  get due(): number {
    const range = { table: SCHEDULES_TABLE, pk: SCHEDULES_PK, prefix: DUE_PREFIX, limit: 9 }
    return this.machine(SCHEDULES_PARTITION).partition.list(range).items.length
  }

  job(crawl: string) {
    const record = this.machine(partitionOfCrawl(crawl)).partition.get(jobKey(crawl))
    return record === undefined ? undefined : readJobRow(record)
  }
}

test('a due time begins one crawl, however often and by whomever it is seen to', () => {
  const world = new SchedulePartitions()
  const dueMs = world.make()
  assert.equal(world.fire(dueMs), 'early')
  world.timeMs = dueMs
  assert.equal(world.fire(dueMs), 'begun')
  assert.equal(world.fire(dueMs), 'gone')
  assert.equal(world.fire(dueMs, { nextMs: dueMs + 2 * STEP_MS }), 'gone')
  world.deliver()
  const crawl = crawlOf(ID, dueMs)
  const job = present(world.job(crawl), 'the crawl began')
  assert.deepEqual([job.by, job.schedule, job.state], ['ana', ID, 'running'])
  assert.equal(world.row.running, crawl)
  assert.equal(world.row.nextMs, dueMs + STEP_MS)
  assert.equal(world.due, 1)
})

test('while a run goes on the next one is skipped, and told so; after its end the next begins', () => {
  const world = new SchedulePartitions()
  const first = world.make()
  world.timeMs = first
  world.fire(first)
  world.deliver()
  world.timeMs += STEP_MS
  assert.equal(world.fire(first + STEP_MS), 'skipped')
  assert.equal(world.job(crawlOf(ID, first + STEP_MS)), undefined)
  world.call(crawlOf(ID, first), 'crawl.steer', { to: 'cancelled' })
  world.deliver()
  assert.equal(world.row.running, undefined)
  world.timeMs += STEP_MS
  assert.equal(world.fire(first + 2 * STEP_MS), 'begun')
  const told = world.row.runs.map(({ dueMs, state }) => [dueMs - first, state])
  assert.deepEqual(told, [
    [2 * STEP_MS, 'running'],
    [STEP_MS, 'skipped'],
    [0, 'cancelled'],
  ])
})

test('a time of a schedule that is held back passes: nothing begins, and nothing is told of it', () => {
  const world = new SchedulePartitions()
  const dueMs = world.make()
  assert.equal(world.fire(dueMs, { isHeldBack: true }), 'early')
  world.timeMs = dueMs
  assert.equal(world.fire(dueMs, { isHeldBack: true }), 'heldBack')
  world.deliver()
  assert.deepEqual([world.row.runs, world.row.running], [[], undefined])
  assert.equal(world.job(crawlOf(ID, dueMs)), undefined)
  assert.deepEqual([world.row.nextMs, world.due], [dueMs + STEP_MS, 1])
  world.timeMs += STEP_MS
  assert.equal(world.fire(dueMs + STEP_MS), 'begun')
})

test('a run whose crawl is deleted in the middle is over', () => {
  const world = new SchedulePartitions()
  world.timeMs = world.make()
  world.fire(world.timeMs)
  world.deliver()
  world.call(crawlOf(ID, world.timeMs), 'crawl.remove', {})
  world.deliver()
  assert.equal(world.row.runs[0]?.state, 'deleted')
  assert.equal(world.row.running, undefined)
})

test('times that were missed are one run, and what was changed meanwhile begins nothing old', () => {
  const world = new SchedulePartitions()
  const dueMs = world.make()
  world.timeMs = dueMs + 7 * STEP_MS
  assert.equal(world.fire(dueMs, { revision: 2 }), 'gone')
  assert.equal(world.fire(dueMs), 'begun')
  assert.equal(world.row.nextMs, dueMs + 8 * STEP_MS)
  assert.equal(world.row.runs.length, 1)
  const change = { id: ID, revision: 1, ...PLAN, isPaused: true }
  assert.deepEqual(world.ask('change', change), { isChanged: true })
  assert.deepEqual(world.ask('change', change), { isChanged: false })
  world.timeMs += STEP_MS
  assert.equal(world.fire(dueMs + 8 * STEP_MS), 'gone')
  assert.equal(world.due, 0)
})

test('a run by hand begins once for its id, and not beside another', () => {
  const world = new SchedulePartitions()
  world.make()
  const run = (crawl: string) => world.ask('run', { id: ID, revision: 1, crawl, start: START })
  const crawl = 'd'.repeat(32)
  assert.deepEqual(run(crawl), { isBegun: true })
  assert.deepEqual(run(crawl), { isBegun: true })
  assert.throws(() => run('e'.repeat(32)), /SCHEDULE_RUNS/)
  world.deliver()
  assert.equal(world.row.runs.length, 1)
  assert.equal(world.row.runs[0]?.byHand, true)
  world.ask('remove', { id: ID })
  assert.equal(world.due, 0)
  assert.throws(() => world.ask('remove', { id: ID }), /NOT_FOUND/)
  // The crawl that still runs ends without anybody who wants to know.
  world.call(crawl, 'crawl.steer', { to: 'cancelled' })
  world.deliver()
  assert.equal(world.job(crawl)?.state, 'cancelled')
})

test('a schedule remembers a bounded number of runs, and a ring keeps a bounded number of them', () => {
  const world = new SchedulePartitions()
  let dueMs = world.make()
  for (let n = 0; n < SCHEDULE_RUNS_MAX + 5; n++) {
    world.timeMs = dueMs
    world.fire(dueMs)
    dueMs += STEP_MS
  }
  assert.equal(world.row.runs.length, SCHEDULE_RUNS_MAX)
  const idOf = (n: number) => n.toString(16).padStart(32, '0')
  for (let n = 1; n < SCHEDULES_MAX; n++) {
    world.make(idOf(n), `nick${Math.floor(n / SCHEDULES_OF_ONE_MAX)}`)
  }
  assert.throws(() => world.make('f'.repeat(32), 'eva'), /FORBIDDEN/)
})

test('nobody makes more schedules than their share, nor do all guests together', () => {
  const world = new SchedulePartitions()
  for (const [part, by] of ['ana', ''].entries()) {
    const idOf = (n: number) => `${part}${n.toString(16).padStart(31, '0')}`
    for (let n = 0; n < SCHEDULES_OF_ONE_MAX; n++) world.make(idOf(n), by)
    assert.throws(() => world.make('f'.repeat(32), by), /FORBIDDEN/)
    // What was made already may be asked for again.
    world.make(idOf(1), by)
  }
  world.make('f'.repeat(32), 'beto')
})
