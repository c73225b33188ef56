/**
 * What changes schedules. A due time becomes a crawl in one entry: the entry finds the time as the
 * schedule’s next one, puts the time after it in its place, and sends the message that begins the
 * crawl, whose id follows from the schedule and the time. So each time begins one crawl at most,
 * however many members believe that they should see to it, and one of them suffices. What is due
 * is decided by logged time; which time comes next is worked out outside, for the tables of time
 * zones are those of each member’s runtime.
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import {
  SCHEDULE_RUNS_MAX,
  SCHEDULES_MAX,
  SCHEDULES_OF_ONE_MAX,
} from '../../../wire/schedule-bounds.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { startCrawl, StartInput } from '../crawl/job-procedures.ts'
import { partitionOfCrawl } from '../crawl/places.ts'
import { keepHook } from '../webhooks/hook-procedures.ts'
import { partitionOfHook } from '../webhooks/hook-rows.ts'
import {
  dropSchedule,
  MADE_PREFIX,
  placeIn,
  Planned,
  putSchedule,
  scheduleIn,
  SCHEDULES_PK,
  SCHEDULES_TABLE,
  type Run,
  type ScheduleRow,
} from './schedule-rows.ts'

const tables = [SCHEDULES_TABLE]
const ID_DIGITS = 32

/** Logged time, ms since 1970: what is due is due by it. */
export const askTime = defineProcedure({
  name: 'crawlSchedule.time',
  tables,
  readInput: reader(Type.Object({})),
  freesRoom: () => true,
  run: (work): { readonly timeMs: number } => ({ timeMs: work.timeMs }),
})

const MakeInput = Type.Object({
  id: Hex32,
  ...Planned,
  by: Type.Optional(Type.String({ maxLength: 64 })),
})
export type MakeInput = Readonly<Static<typeof MakeInput>>

/** Repeated, it changes nothing. Refused with FORBIDDEN where there are too many. */
export const makeSchedule = defineProcedure({
  name: 'crawlSchedule.make',
  tables,
  readInput: reader(MakeInput),
  run: (work, { id, ...asked }: MakeInput): null => {
    if (scheduleIn(work, id) !== undefined) return null
    const range = { table: SCHEDULES_TABLE, pk: SCHEDULES_PK, prefix: MADE_PREFIX }
    const made = work.list({ ...range, limit: SCHEDULES_MAX }).map(({ sk }) => placeIn(sk).id)
    const ofOne = made.filter((each) => scheduleIn(work, each)?.by === asked.by)
    const [whose, most] =
      ofOne.length >= SCHEDULES_OF_ONE_MAX
        ? [asked.by === undefined ? 'guests have' : `${asked.by} has`, SCHEDULES_OF_ONE_MAX]
        : ['the ring has', SCHEDULES_MAX]
    if (ofOne.length >= most || made.length >= SCHEDULES_MAX) {
      const problem = `${whose} ${most} schedules; delete one first`
      return work.refuse('FORBIDDEN', { problem })
    }
    const times = { madeAtMs: work.timeMs, changedAtMs: work.timeMs }
    const row = { ...asked, revision: 1, isPaused: false, runs: [], ...times }
    putSchedule(work, id, { row, before: undefined })
    if (row.hasHook === true) keepHookOf(work, id, false)
    return null
  },
})

const ChangeInput = Type.Object({
  id: Hex32,
  /** That it was made from. */
  revision: Count,
  ...Planned,
  isPaused: Type.Boolean(),
})
export type ChangeInput = Readonly<Static<typeof ChangeInput>>

/** @returns whether it was still that one. Refused with NOT_FOUND. */
export const changeSchedule = defineProcedure({
  name: 'crawlSchedule.change',
  tables,
  readInput: reader(ChangeInput),
  run: (work, { id, revision, ...asked }: ChangeInput): { readonly isChanged: boolean } => {
    const before = required(work, id)
    if (before.revision !== revision) return { isChanged: false }
    const { hasHook: __, nextMs: _, ...rest } = before
    const row = { ...rest, ...asked, revision: revision + 1, changedAtMs: work.timeMs }
    putSchedule(work, id, { row, before })
    return { isChanged: true }
  },
})

const IdInput = Type.Object({ id: Hex32 })

/** A run that goes on stays. Refused with NOT_FOUND. */
export const removeSchedule = defineProcedure({
  name: 'crawlSchedule.remove',
  tables,
  readInput: reader(IdInput),
  freesRoom: () => true,
  run: (work, { id }: Readonly<Static<typeof IdInput>>): null => {
    const row = required(work, id)
    dropSchedule(work, id, row)
    if (row.hasHook === true) keepHookOf(work, id, true)
    return null
  },
})

const { spec, pages, seeds } = StartInput.properties
const FireInput = Type.Object({
  id: Hex32,
  /** Of the schedule from which the rest was worked out. */
  revision: Count,
  dueMs: Count,
  /** The first time after the present one; absent: there is none. */
  nextMs: Type.Optional(Count),
  /** The account of whoever made it is suspended: the time passes, and nothing begins. */
  isHeldBack: Type.Optional(Type.Literal(true)),
  start: Type.Object({ spec, pages, seeds }),
})
export type FireInput = Readonly<Static<typeof FireInput>>

/** `gone`: it was done, or changed. `early`: it is not due yet. */
export interface FireAnswer {
  readonly kind: 'begun' | 'skipped' | 'heldBack' | 'gone' | 'early'
  readonly timeMs: number
}

/** The time has come: its crawl begins, where the one before it is over. */
export const fireSchedule = defineProcedure({
  name: 'crawlSchedule.fire',
  tables,
  readInput: reader(FireInput),
  run: (work, { dueMs, id, isHeldBack, nextMs, revision, start }: FireInput): FireAnswer => {
    const { timeMs } = work
    const before = scheduleIn(work, id)
    if (before?.nextMs !== dueMs || before.revision !== revision) return { kind: 'gone', timeMs }
    if (timeMs < dueMs) return { kind: 'early', timeMs }
    const { nextMs: _, ...rest } = before
    const row = { ...rest, ...(nextMs === undefined ? {} : { nextMs }) }
    if (isHeldBack === true) {
      // Not among its runs: of weeks of it nothing else would be left there.
      putSchedule(work, id, { row, before })
      return { kind: 'heldBack', timeMs }
    }
    if (before.running !== undefined) {
      putSchedule(work, id, { row: withRun(row, { dueMs, state: 'skipped' }), before })
      return { kind: 'skipped', timeMs }
    }
    const crawl = crawlOf(id, dueMs)
    begin(work, { id, crawl, start, row, before, run: { dueMs, crawl, state: 'running' } })
    return { kind: 'begun', timeMs }
  },
})

const RunInput = Type.Object({
  id: Hex32,
  revision: Count,
  /** That of the run: given again, it is the same. */
  crawl: Hex32,
  start: Type.Object({ spec, pages, seeds }),
})
export type RunInput = Readonly<Static<typeof RunInput>>

/** Somebody asks for a run, due or not. Refused with NOT_FOUND, SCHEDULE_RUNS. */
export const runSchedule = defineProcedure({
  name: 'crawlSchedule.run',
  tables,
  readInput: reader(RunInput),
  run: (work, { crawl, id, revision, start }: RunInput): { readonly isBegun: boolean } => {
    const before = required(work, id)
    if (before.runs.some((run) => run.crawl === crawl)) return { isBegun: true }
    if (before.revision !== revision) return { isBegun: false }
    if (before.running !== undefined) return work.refuse('SCHEDULE_RUNS')
    const run = { dueMs: work.timeMs, crawl, state: 'running', byHand: true } as const
    begin(work, { id, crawl, start, row: before, before, run })
    return { isBegun: true }
  },
})

export const SCHEDULE_PROCEDURES = [
  askTime,
  makeSchedule,
  changeSchedule,
  removeSchedule,
  fireSchedule,
  runSchedule,
]

/** The crawl of a due time: the same whoever begins it. */
export function crawlOf(id: string, dueMs: number): string {
  return sha256Hex(`${id} ${dueMs}`).slice(0, ID_DIGITS)
}

interface Beginning {
  readonly id: string
  readonly crawl: string
  readonly start: FireInput['start']
  readonly row: ScheduleRow
  readonly before: ScheduleRow
  readonly run: Run
}

function begin(work: PartitionWork, { before, crawl, id, row, run, start }: Beginning): void {
  putSchedule(work, id, { row: { ...withRun(row, run), running: crawl }, before })
  const by = row.by === undefined ? {} : { by: row.by }
  const told = row.hasHook === true ? { hook: id } : {}
  const input = { crawl, ...start, ...by, ...told, schedule: id } satisfies StartInput
  work.send({ to: partitionOfCrawl(crawl), procedure: startCrawl.name, input })
}

function withRun(row: ScheduleRow, run: Run): ScheduleRow {
  return { ...row, runs: [run, ...row.runs].slice(0, SCHEDULE_RUNS_MAX) }
}

function keepHookOf(work: PartitionWork, hook: string, isLeaving: boolean): void {
  const input = { hook, isLeaving }
  work.send({ to: partitionOfHook(hook), procedure: keepHook.name, input })
}

function required(work: PartitionWork, id: string): ScheduleRow {
  return scheduleIn(work, id) ?? work.refuse('NOT_FOUND', { what: 'schedule with this id' })
}
