import assert from 'node:assert/strict'
import { test } from 'node:test'

import { World } from '../../../sim/world/world.ts'
import { AnilloError } from '../../base/errors.ts'
import { parseMemberId, parseRingId, type MemberId } from '../../base/ids.ts'
import { HOUR_MS, SECOND_MS } from '../../base/limits.ts'
import { PLAN_PREFIX, readPlanRow, SCHEDULE_PARTITION, type PlanRow } from '../../wire/schedule.ts'
import { MemoryStore } from '../memory-store.test-helper.ts'
import { jsonOf } from '../roster/rows.ts'
import { Coordinator } from './coordinator.ts'
import {
  COORDINATOR_WITHIN_MS,
  LEASE_MS,
  LOOK_EVERY_MS,
  TASK_AGAIN_MS,
  TASK_LEASE_MS,
  TASK_RENEW_EVERY_MS,
} from './limits.ts'
import { scheduleKey, takeTask } from './procedures.ts'
import { Scheduler, type Task, type TaskWork } from './schedule.ts'

const RING = parseRingId('c'.repeat(32))
/** A look, then its neighbour's. */
const LOOKED_MS = 2 * LOOK_EVERY_MS
const STARTED_MS = COORDINATOR_WITHIN_MS + LOOKED_MS

/** Members around one store, whose time is the world's. */
class Site {
  readonly world = new World({ seed: 1 })
  readonly store = new MemoryStore()
  readonly log: string[] = []
  elected = 0

  /** Alone, as it sees it: it believes that it coordinates. */
  coordinator(number: number): Coordinator {
    const effects = this.world.machine().effects()
    const coordinator = new Coordinator({
      effects,
      self: idOf(number),
      ringId: RING,
      peers: {
        handle: () => undefined,
        ask: () => Promise.reject(new AnilloError('RPC_CANCELLED', { method: 'test' })),
      },
      candidates: () => [],
      store: this.store,
      onElected: () => void this.elected++,
    })
    coordinator.start()
    return coordinator
  }

  worker(number: number, work: TaskWork): Scheduler {
    const effects = this.world.machine().effects()
    const scheduler = new Scheduler({ effects, self: idOf(number), store: this.store })
    scheduler.every('p', HOUR_MS, work)
    scheduler.start()
    return scheduler
  }

  /** The store's time goes with the world's. */
  async pass(forMs: number): Promise<void> {
    const endMs = this.world.nowMs + forMs
    while (this.world.nowMs < endMs) {
      await this.world.pass(SECOND_MS)
      this.store.nowMs += SECOND_MS
    }
  }

  /** Until the next tick, without the members' clocks. */
  skipAnHour(): void {
    this.store.nowMs += HOUR_MS
  }

  async plan(): Promise<PlanRow | undefined> {
    const record = await this.store.get(scheduleKey(`${PLAN_PREFIX}p`))
    return record === undefined ? undefined : readPlanRow(jsonOf(record.value))
  }
}

function idOf(number: number): MemberId {
  return parseMemberId(number.toString(16).padStart(32, '0'))
}

test('Schedule.every() has each tick done by one member, missed ones once', async () => {
  const site = new Site()
  const work =
    (name: string): TaskWork =>
    async ({ number, attempt }) => {
      site.log.push(`${name} ${number} ${attempt}`)
      return []
    }
  site.worker(1, work('a'))
  site.worker(2, work('b'))
  site.coordinator(3)
  await site.pass(STARTED_MS)
  assert.equal(site.log.length, 0)
  site.skipAnHour()
  await site.pass(LEASE_MS + LOOKED_MS)
  site.skipAnHour()
  site.skipAnHour()
  site.skipAnHour()
  await site.pass(LEASE_MS + LOOKED_MS)
  assert.deepEqual(
    site.log.map((line) => line.slice(2)),
    ['1 1', '2 1'],
  )
  const plan = await site.plan()
  assert.equal(plan?.last?.number, 2)
  assert.equal(plan?.last?.outcome, 'done')
})

test('Scheduler: work that fails is tried again', async () => {
  const site = new Site()
  site.worker(1, async ({ number, attempt }) => {
    site.log.push(`${number} ${attempt}`)
    if (attempt === 1) throw new AnilloError('BUSY', { what: 'this test' })
    return []
  })
  site.coordinator(2)
  await site.pass(STARTED_MS)
  site.skipAnHour()
  await site.pass(LEASE_MS + LOOKED_MS)
  assert.deepEqual(site.log, ['1 1'])
  await site.pass(TASK_AGAIN_MS + TASK_LEASE_MS + LOOKED_MS)
  assert.deepEqual(site.log, ['1 1', '1 2'])
  assert.equal((await site.plan())?.last?.outcome, 'done')
})

test('Scheduler: a task that takes long stays with who has it, until that one is gone', async () => {
  const site = new Site()
  const tasks: Task[] = []
  const lasting: TaskWork = (task) => {
    tasks.push(task)
    return new Promise((_, reject) => {
      task.signal.addEventListener('abort', () => reject(task.signal.reason as Error))
    })
  }
  const first = site.worker(1, lasting)
  site.coordinator(3)
  await site.pass(STARTED_MS)
  site.skipAnHour()
  await site.pass(LEASE_MS + LOOKED_MS)
  assert.equal(tasks.length, 1)
  site.worker(2, lasting)
  await site.pass(4 * TASK_LEASE_MS)
  assert.equal(tasks.length, 1)
  const stopped = first.stop()
  assert.equal(tasks[0]?.signal.aborted, true)
  await site.world.settle(stopped, 'stop', SECOND_MS)
  await site.pass(TASK_AGAIN_MS + TASK_LEASE_MS + LOOKED_MS)
  assert.deepEqual(
    tasks.map(({ number, attempt }) => `${number} ${attempt}`),
    ['1 1', '1 2'],
  )
})

test('Scheduler: a task that another has meanwhile is left off', async () => {
  const site = new Site()
  const tasks: Task[] = []
  const lasting: TaskWork = (task) => {
    tasks.push(task)
    return new Promise(() => undefined)
  }
  site.worker(1, lasting)
  site.coordinator(3)
  await site.pass(STARTED_MS)
  site.skipAnHour()
  await site.pass(LEASE_MS + LOOKED_MS)
  // As if it had stood still: its lease ended by the store's time, and another took the task.
  site.store.nowMs += TASK_LEASE_MS
  const asked = { name: 'p', number: 1, member: idOf(2) }
  assert.equal((await site.store.call(SCHEDULE_PARTITION, takeTask, asked)).kind, 'taken')
  assert.equal(tasks[0]?.signal.aborted, false)
  await site.pass(TASK_RENEW_EVERY_MS + SECOND_MS)
  assert.equal(tasks[0]?.signal.aborted, true)
})

test('Coordinator: of two that believe one plans, and the other once that one gave way', async () => {
  const site = new Site()
  const first = site.coordinator(1)
  await site.pass(STARTED_MS)
  assert.ok((first.belief?.fence ?? 0) > 0)
  const second = site.coordinator(2)
  await site.pass(2 * LEASE_MS)
  assert.equal(second.belief?.coordinator, idOf(2))
  assert.equal(second.belief?.fence, 0)
  await site.world.settle(first.stop(), 'stop', SECOND_MS)
  await site.pass(2 * SECOND_MS)
  assert.ok((second.belief?.fence ?? 0) > 0)
  assert.equal(site.elected, 2)
})

test('Coordinator: a lease that ended while the store was away is noticed', async () => {
  const site = new Site()
  const first = site.coordinator(1)
  await site.pass(STARTED_MS)
  const before = first.belief?.fence ?? 0
  site.store.failing = new AnilloError('STORE_UNAVAILABLE', { partition: 0 })
  await site.world.pass(LEASE_MS)
  site.store.failing = undefined
  site.store.nowMs += LEASE_MS
  await site.pass(LEASE_MS)
  const after = first.belief?.fence ?? 0
  assert.ok(after > before, `${after} is above ${before}`)
})
