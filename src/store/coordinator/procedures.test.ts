import assert from 'node:assert/strict'
import { test } from 'node:test'

import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import {
  LEASE_SK,
  PLAN_PREFIX,
  readPlanRow,
  readTaskRow,
  SCHEDULE_PARTITION,
  TASK_PREFIX,
  type PlanRow,
  type TaskRow,
} from '../../wire/schedule.ts'
import { Machine, putOf, valueOf } from '../partition/machine.test-helper.ts'
import { jsonOf } from '../roster/rows.ts'
import { PLANS_MAX, TASK_AGAIN_MS, TASK_ATTEMPTS_MAX, TASK_LEASE_MS } from './limits.ts'
import { SCHEDULE_PROCEDURES, scheduleKey } from './procedures.ts'

const MEMBER = 'a'.repeat(32)
const OTHER = 'b'.repeat(32)
const LEASE_MS = 15 * SECOND_MS
const START_MS = 1_000_000_000

class Schedule {
  readonly machine = new Machine({
    partition: SCHEDULE_PARTITION,
    procedures: SCHEDULE_PROCEDURES,
  })

  constructor() {
    this.machine.timeMs = START_MS
  }

  pass(forMs: number): void {
    this.machine.timeMs += forMs
  }

  do(procedure: string, input: object): Record<string, unknown> {
    return valueOf(this.machine.call(procedure, input)) as Record<string, unknown>
  }

  /** The fence of a lease. */
  lease(token = MEMBER): number {
    const asked = { ...scheduleKey(LEASE_SK), token, ttlMs: LEASE_MS }
    return Number(this.do('lock.acquire', asked).fence)
  }

  plan(name = 'p'): PlanRow | undefined {
    const record = this.machine.partition.get(scheduleKey(PLAN_PREFIX + name))
    return record === undefined ? undefined : readPlanRow(jsonOf(record.value))
  }

  task(name = 'p'): TaskRow | undefined {
    const record = this.machine.partition.get(scheduleKey(TASK_PREFIX + name))
    return record === undefined ? undefined : readTaskRow(jsonOf(record.value))
  }

  /** A plan, an hour later its task. */
  withTask(): this {
    this.do('schedule.declare', { name: 'p', intervalMs: HOUR_MS })
    this.pass(HOUR_MS)
    this.do('schedule.plan', { fence: this.lease() })
    return this
  }

  take(member = MEMBER, number = 1): number | undefined {
    const answer = this.do('schedule.take', { name: 'p', number, member })
    return answer.kind === 'taken' ? Number(answer.fence) : undefined
  }

  held(procedure: string, fence: number, messages?: readonly object[]): unknown {
    const more = messages === undefined ? {} : { messages }
    return this.do(procedure, { name: 'p', number: 1, fence, ...more }).isHeld
  }
}

test('schedule.declare keeps when a plan is due, unless the interval became shorter', () => {
  const schedule = new Schedule()
  schedule.do('schedule.declare', { name: 'p', intervalMs: HOUR_MS })
  assert.equal(schedule.plan()?.nextAtMs, START_MS + HOUR_MS)
  schedule.pass(MINUTE_MS)
  schedule.do('schedule.declare', { name: 'p', intervalMs: HOUR_MS })
  assert.equal(schedule.plan()?.nextAtMs, START_MS + HOUR_MS)
  schedule.do('schedule.declare', { name: 'p', intervalMs: MINUTE_MS })
  assert.equal(schedule.plan()?.nextAtMs, START_MS + 2 * MINUTE_MS)
})

test('schedule.declare refuses plans beyond their number, and malformed ones', () => {
  const schedule = new Schedule()
  for (let number = 0; number < PLANS_MAX; number++) {
    schedule.do('schedule.declare', { name: `p${number}`, intervalMs: HOUR_MS })
  }
  const call = (input: object) => schedule.machine.call('schedule.declare', input)
  const answer = call({ name: 'p', intervalMs: HOUR_MS })
  assert.equal(answer.kind === 'refused' && answer.code, 'BUSY')
  for (const input of [{ name: 'P', intervalMs: HOUR_MS }, { name: 'p', intervalMs: 1 }, {}]) {
    const refused = call(input)
    assert.equal(refused.kind === 'refused' && refused.code, 'BAD_REQUEST')
  }
})

test('schedule.plan makes a task of what is due, and catches missed ticks up once', () => {
  const schedule = new Schedule()
  schedule.do('schedule.declare', { name: 'p', intervalMs: HOUR_MS })
  const early = schedule.do('schedule.plan', { fence: schedule.lease() })
  assert.deepEqual(early, { kind: 'planned', tasks: [] })
  schedule.pass(3 * HOUR_MS + MINUTE_MS)
  const answer = schedule.do('schedule.plan', { fence: schedule.lease() })
  assert.deepEqual(answer, { kind: 'planned', tasks: ['p'] })
  assert.equal(schedule.task()?.dueAtMs, START_MS + HOUR_MS)
  assert.equal(schedule.plan()?.nextAtMs, START_MS + 4 * HOUR_MS)
})

test('schedule.plan makes no second task of a plan whose first is not done', () => {
  const schedule = new Schedule().withTask()
  schedule.pass(2 * HOUR_MS)
  assert.deepEqual(schedule.do('schedule.plan', { fence: schedule.lease() }).tasks, [])
  const fence = schedule.take() ?? 0
  assert.equal(schedule.held('schedule.finish', fence, []), true)
  assert.deepEqual(schedule.do('schedule.plan', { fence: schedule.lease() }).tasks, ['p'])
  assert.equal(schedule.task()?.number, 2)
})

test('schedule.plan is refused without the lease, after it, and with an older fence', () => {
  const schedule = new Schedule()
  schedule.do('schedule.declare', { name: 'p', intervalMs: MINUTE_MS })
  schedule.pass(MINUTE_MS)
  const lost = { kind: 'lost' }
  assert.deepEqual(schedule.do('schedule.plan', { fence: 1 }), lost)
  const older = schedule.lease()
  schedule.pass(LEASE_MS)
  assert.deepEqual(schedule.do('schedule.plan', { fence: older }), lost)
  const newer = schedule.lease(OTHER)
  assert.ok(newer > older)
  assert.deepEqual(schedule.do('schedule.plan', { fence: older }), lost)
  assert.equal(schedule.task(), undefined)
  assert.equal(schedule.do('schedule.plan', { fence: newer }).kind, 'planned')
})

test('schedule.take gives a task to one, until it does not renew', () => {
  const schedule = new Schedule().withTask()
  const first = schedule.take() ?? 0
  assert.ok(first > 0)
  assert.equal(schedule.take(OTHER), undefined)
  schedule.pass(TASK_LEASE_MS - 1)
  assert.equal(schedule.held('schedule.renew', first), true)
  schedule.pass(TASK_LEASE_MS - 1)
  assert.equal(schedule.take(OTHER), undefined)
  schedule.pass(1)
  const second = schedule.take(OTHER) ?? 0
  assert.ok(second > first)
  for (const procedure of ['schedule.renew', 'schedule.fail']) {
    assert.equal(schedule.held(procedure, first), false)
  }
  assert.equal(schedule.held('schedule.finish', first, []), false)
  assert.equal(schedule.held('schedule.finish', second, []), true)
  assert.equal(schedule.task(), undefined)
  assert.equal(schedule.plan()?.last?.outcome, 'done')
})

test('schedule.take gives no task of another tick', () => {
  const schedule = new Schedule().withTask()
  assert.equal(schedule.take(MEMBER, 2), undefined)
})

test('schedule.finish sends its messages once, with the end', () => {
  const schedule = new Schedule().withTask()
  const fence = schedule.take() ?? 0
  const messages = [{ to: { table: 't', pk: 'p' }, procedure: 'transact', input: [] }]
  assert.equal(schedule.held('schedule.finish', fence, messages), true)
  assert.equal(schedule.machine.applied?.sent.length, 1)
  assert.equal(schedule.held('schedule.finish', fence, messages), false)
  assert.equal(schedule.machine.applied?.sent.length, 0)
})

test('schedule.fail lets others try after a while, and gives up in the end', () => {
  const schedule = new Schedule().withTask()
  for (let attempt = 1; attempt <= TASK_ATTEMPTS_MAX; attempt++) {
    assert.equal(schedule.held('schedule.fail', schedule.take() ?? 0), true)
    assert.equal(schedule.take(OTHER), undefined)
    schedule.pass(TASK_AGAIN_MS)
  }
  assert.equal(schedule.task(), undefined)
  assert.deepEqual(schedule.plan()?.last?.outcome, 'failed')
})

test('a task whose holders die again and again is given up', () => {
  const schedule = new Schedule().withTask()
  for (let attempt = 1; attempt <= TASK_ATTEMPTS_MAX; attempt++) {
    assert.ok(schedule.take() !== undefined)
    schedule.pass(TASK_LEASE_MS)
  }
  assert.equal(schedule.take(), undefined)
  assert.equal(schedule.plan()?.last?.outcome, 'failed')
})

test('nobody else writes the schedule', () => {
  const schedule = new Schedule().withTask()
  const put = { ...putOf(LEASE_SK, 'x'), table: 'schedule', pk: 'ring' }
  assert.throws(() => schedule.machine.transact(put), /refused/)
})
