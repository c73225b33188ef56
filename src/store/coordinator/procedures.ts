/**
 * The schedule in the log of its partition. The coordinator alone turns plans that are due into
 * tasks, and shows its fence with each: one whose lease is another's, or ran out by logged time,
 * changes nothing. Any member takes a task, under a fence of its own, and ends it. The end and the
 * messages that are the task's effect are one entry, so that the effect comes about once, however
 * often the work was begun.
 */
import { assert } from '../../base/assert.ts'
import { partitionOf } from '../../wire/partition.ts'
import {
  LEASE_SK,
  PLAN_PREFIX,
  readDeclare,
  readFinishTask,
  readHeldTask,
  readPlanDue,
  readPlanRow,
  readTakeTask,
  readTaskRow,
  SCHEDULE_PK,
  SCHEDULE_TABLE,
  TASK_PREFIX,
  type HeldTask,
  type PlanRow,
  type TaskRow,
} from '../../wire/schedule.ts'
import { fenceOf, isHeldUnder } from '../locks/lock-value.ts'
import type { PartitionWork, RecordKey } from '../partition/procedure.ts'
import { defineProcedure } from '../partition/procedures.ts'
import { jsonBytes, jsonOf } from '../roster/rows.ts'
import { PLANS_MAX, TASK_AGAIN_MS, TASK_ATTEMPTS_MAX, TASK_LEASE_MS } from './limits.ts'

const tables = [SCHEDULE_TABLE]

export function scheduleKey(sk: string): RecordKey {
  return { table: SCHEDULE_TABLE, pk: SCHEDULE_PK, sk }
}

/** A plan is there, with this interval. The first task is due one interval after. */
export const declarePlan = defineProcedure({
  name: 'schedule.declare',
  tables,
  readInput: readDeclare,
  run(work, { name, intervalMs }) {
    const before = planIn(work, name)
    if (before === undefined && plans(work).length >= PLANS_MAX) {
      return work.refuse('BUSY', { what: 'plans' })
    }
    const nextAtMs = Math.min(before?.nextAtMs ?? Infinity, work.timeMs + intervalMs)
    writePlan(work, name, { number: 0, fence: 0, ...before, intervalMs, nextAtMs })
    return {}
  },
})

/** `lost`: the fence is not that of the lease; nothing was done. */
export type PlanAnswer =
  | { readonly kind: 'planned'; readonly tasks: readonly string[] }
  | { readonly kind: 'lost' }

/** Plans that are due become tasks. Ticks that were missed are caught up by one task. */
export const planDue = defineProcedure({
  name: 'schedule.plan',
  tables,
  readInput: readPlanDue,
  run(work, { fence }): PlanAnswer {
    const lease = work.get(scheduleKey(LEASE_SK))
    if (lease === undefined || !isHeldUnder(lease, fence)) return { kind: 'lost' }
    const due = plans(work).filter(([, { nextAtMs }]) => nextAtMs <= work.timeMs)
    const tasks = due.filter(([name, plan]) => makeTask(work, { name, plan, fence }))
    return { kind: 'planned', tasks: tasks.map(([name]) => name) }
  },
})

export type TakeAnswer =
  | { readonly kind: 'taken'; readonly fence: number; readonly attempt: number }
  | { readonly kind: 'gone' }

/** The task is this member's for as long as it renews. */
export const takeTask = defineProcedure({
  name: 'schedule.take',
  tables,
  readInput: readTakeTask,
  run(work, { name, number, member }): TakeAnswer {
    const task = taskIn(work, name)
    if (task?.number !== number || task.freeAtMs > work.timeMs) return { kind: 'gone' }
    const fence = fenceOf(work)
    // The last attempt was cut off: it ends as one that failed.
    if (task.attempts >= TASK_ATTEMPTS_MAX) {
      end(work, { name, number, outcome: 'failed' })
      return { kind: 'gone' }
    }
    const attempt = task.attempts + 1
    const freeAtMs = work.timeMs + TASK_LEASE_MS
    writeTask(work, name, { ...task, attempts: attempt, freeAtMs, holder: { member, fence } })
    return { kind: 'taken', fence, attempt }
  },
})

/** Whether it still was the asker's. */
export interface HeldAnswer {
  readonly isHeld: boolean
}

export const renewTask = defineProcedure({
  name: 'schedule.renew',
  tables,
  readInput: readHeldTask,
  run(work, held): HeldAnswer {
    const task = heldTask(work, held)
    if (task === undefined) return { isHeld: false }
    writeTask(work, held.name, { ...task, freeAtMs: work.timeMs + TASK_LEASE_MS })
    return { isHeld: true }
  },
})

export const finishTask = defineProcedure({
  name: 'schedule.finish',
  tables,
  readInput: readFinishTask,
  run(work, held): HeldAnswer {
    if (heldTask(work, held) === undefined) return { isHeld: false }
    end(work, { ...held, outcome: 'done' })
    for (const { to, procedure, input } of held.messages) {
      work.send({ to: partitionOf(to.table, to.pk), procedure, input })
    }
    return { isHeld: true }
  },
})

/** The work failed: another member may try, after a while, until it was tried often enough. */
export const failTask = defineProcedure({
  name: 'schedule.fail',
  tables,
  readInput: readHeldTask,
  run(work, held): HeldAnswer {
    const task = heldTask(work, held)
    if (task === undefined) return { isHeld: false }
    if (task.attempts >= TASK_ATTEMPTS_MAX) end(work, { ...held, outcome: 'failed' })
    else {
      const { holder: _, ...free } = task
      writeTask(work, held.name, { ...free, freeAtMs: work.timeMs + TASK_AGAIN_MS })
    }
    return { isHeld: true }
  },
})

export const SCHEDULE_PROCEDURES = [
  declarePlan,
  planDue,
  takeTask,
  renewTask,
  finishTask,
  failTask,
] as const

interface Due {
  readonly name: string
  readonly plan: PlanRow
  readonly fence: number
}

/** Not while the task before is still to be done: the plan stays due. */
function makeTask(work: PartitionWork, { name, plan, fence }: Due): boolean {
  if (taskIn(work, name) !== undefined) return false
  const { intervalMs, nextAtMs } = plan
  const missed = Math.floor((work.timeMs - nextAtMs) / intervalMs)
  assert(missed >= 0, 'it is due')
  const number = plan.number + 1
  const next = nextAtMs + (missed + 1) * intervalMs
  writePlan(work, name, { ...plan, number, fence, nextAtMs: next })
  writeTask(work, name, { number, dueAtMs: nextAtMs, attempts: 0, freeAtMs: work.timeMs })
  return true
}

interface Ended {
  readonly name: string
  readonly number: number
  readonly outcome: 'done' | 'failed'
}

function end(work: PartitionWork, { name, number, outcome }: Ended): void {
  work.delete(scheduleKey(TASK_PREFIX + name))
  const plan = planIn(work, name)
  const last = { number, endedAtMs: work.timeMs, outcome }
  if (plan !== undefined) writePlan(work, name, { ...plan, last })
}

function heldTask(work: PartitionWork, held: HeldTask): TaskRow | undefined {
  const task = taskIn(work, held.name)
  return task?.number === held.number && task.holder?.fence === held.fence ? task : undefined
}

function plans(work: PartitionWork): readonly (readonly [string, PlanRow])[] {
  const range = { table: SCHEDULE_TABLE, pk: SCHEDULE_PK, prefix: PLAN_PREFIX, limit: PLANS_MAX }
  return work.list(range).flatMap(({ sk, value }) => {
    const plan = readPlanRow(jsonOf(value))
    return plan === undefined ? [] : [[sk.slice(PLAN_PREFIX.length), plan] as const]
  })
}

function planIn(work: PartitionWork, name: string): PlanRow | undefined {
  const record = work.get(scheduleKey(PLAN_PREFIX + name))
  return record === undefined ? undefined : readPlanRow(jsonOf(record.value))
}

function taskIn(work: PartitionWork, name: string): TaskRow | undefined {
  const record = work.get(scheduleKey(TASK_PREFIX + name))
  return record === undefined ? undefined : readTaskRow(jsonOf(record.value))
}

function writePlan(work: PartitionWork, name: string, plan: PlanRow): void {
  work.put(scheduleKey(PLAN_PREFIX + name), jsonBytes(plan))
}

function writeTask(work: PartitionWork, name: string, task: TaskRow): void {
  work.put(scheduleKey(TASK_PREFIX + name), jsonBytes(task))
}
