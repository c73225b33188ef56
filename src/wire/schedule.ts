/** Rows and orders of the schedule (docs/spec/coordinator.md). They stand in logs. */
import { Type, type Static } from 'typebox'

import { reader } from './method.ts'
import { partitionOf } from './partition.ts'
import { isName, MESSAGES_MAX, PK_BYTES_MAX, TABLE_BYTES_MAX } from './record-limits.ts'
import { Hex32 } from './shapes.ts'

/** All of it in one partition: the coordinator's lease stands beside what it fences. */
export const SCHEDULE_TABLE = 'schedule'
export const SCHEDULE_PK = 'ring'
export const SCHEDULE_PARTITION = partitionOf(SCHEDULE_TABLE, SCHEDULE_PK)
/** The lock `coordinator` of store/locks. */
export const LEASE_SK = 'coordinator'
export const PLAN_PREFIX = 'plan '
export const TASK_PREFIX = 'task '

const INTERVAL_MS_MAX = 366 * 86_400_000
const ATTEMPTS_MAX = 1_000

const Name = Type.String({ pattern: '^[a-z][a-z0-9.-]{0,62}$' })
const Number1 = Type.Integer({ minimum: 1 })
const TimeMs = Type.Number({ minimum: 0 })
const IntervalMs = Type.Integer({ minimum: 1_000, maximum: INTERVAL_MS_MAX })

/** `sk`: `plan NAME`. Times are logged time. */
export const PlanRow = Type.Object({
  intervalMs: IntervalMs,
  /** From then on it is due. */
  nextAtMs: TimeMs,
  /** Of the last task; 0: none yet. */
  number: Type.Integer({ minimum: 0 }),
  /** Of the lease under which that was written. */
  fence: Type.Integer({ minimum: 0 }),
  /** How the last task that ended did so. */
  last: Type.Optional(
    Type.Object({
      number: Number1,
      endedAtMs: TimeMs,
      outcome: Type.Union([Type.Literal('done'), Type.Literal('failed')]),
    }),
  ),
})
export type PlanRow = Static<typeof PlanRow>

/** `sk`: `task NAME`: one that is due and not done; never two of one plan. */
export const TaskRow = Type.Object({
  number: Number1,
  dueAtMs: TimeMs,
  /** Members that took it. */
  attempts: Type.Integer({ minimum: 0, maximum: ATTEMPTS_MAX }),
  /** Nobody else takes it before. */
  freeAtMs: TimeMs,
  /** Who has it; after a failure nobody. */
  holder: Type.Optional(Type.Object({ member: Hex32, fence: Number1 })),
})
export type TaskRow = Static<typeof TaskRow>

export const readPlanRow = reader(PlanRow)
export const readTaskRow = reader(TaskRow)

const Declare = Type.Object({ name: Name, intervalMs: IntervalMs })
export type Declare = Static<typeof Declare>
export const readDeclare = reader(Declare)

const PlanDue = Type.Object({ fence: Number1 })
export type PlanDue = Static<typeof PlanDue>
export const readPlanDue = reader(PlanDue)

const TakeTask = Type.Object({ name: Name, number: Number1, member: Hex32 })
export type TakeTask = Static<typeof TakeTask>
export const readTakeTask = reader(TakeTask)

const Held = { name: Name, number: Number1, fence: Number1 }
const HeldTask = Type.Object(Held)
export type HeldTask = Static<typeof HeldTask>
export const readHeldTask = reader(HeldTask)

const Message = Type.Object({
  to: Type.Object({ table: Type.String(), pk: Type.String() }),
  procedure: Type.String({ minLength: 1, maxLength: 64 }),
  input: Type.Unknown(),
})
const FinishTask = Type.Object({
  ...Held,
  /** Sent with the end of the task, in one entry. */
  messages: Type.Array(Message, { maxItems: MESSAGES_MAX }),
})
export type FinishTask = Static<typeof FinishTask>
const readFinish = reader(FinishTask)

export function readFinishTask(value: unknown): FinishTask | undefined {
  const read = readFinish(value)
  const areNames = read?.messages.every(
    ({ to }) => isName(to.table, TABLE_BYTES_MAX) && isName(to.pk, PK_BYTES_MAX),
  )
  return areNames === true ? read : undefined
}
