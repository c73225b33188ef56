/**
 * Schedules in the store. All stand in one partition, so that who looks for what is due reads one
 * list; there are few, and each begins a crawl each few minutes at most.
 *
 *     crawls.schedules  all  schedule/ID   what is to be crawled, when, and its last runs
 *                            made/TIME.ID  nothing: schedules in the order in which they were made
 *                            due/TIME.ID   nothing: when it begins next, logged time
 */
import { Type, type Static } from 'typebox'

import { sha256Hex } from '../../../base/hash.ts'
import { parsePosition } from '../../../base/ids.ts'
import type { PartitionWork, RecordKey } from '../../../store/partition/procedure.ts'
import { SCHEDULE_RUN_STATES } from '../../../wire/api-schedules.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { partitionOf } from '../../../wire/partition.ts'
import { CRON_CHARS_MAX, SCHEDULE_RUNS_MAX, ZONE_CHARS_MAX } from '../../../wire/schedule-bounds.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { timed, timeOf } from '../crawl/places.ts'
import { CrawlTotals } from '../crawl/rows.ts'

export const SCHEDULES_TABLE = 'crawls.schedules'
export const SCHEDULES_PK = 'all'
export const SCHEDULES_PARTITION = partitionOf(SCHEDULES_TABLE, SCHEDULES_PK)
/** Who owns it on the ring looks for schedules that are due. */
export const SCHEDULES_POSITION = parsePosition(sha256Hex(SCHEDULES_TABLE))

export const SCHEDULE_PREFIX = 'schedule/'
export const MADE_PREFIX = 'made/'
export const DUE_PREFIX = 'due/'

export const Run = Type.Object({
  dueMs: Count,
  crawl: Type.Optional(Hex32),
  state: Type.Unsafe<(typeof SCHEDULE_RUN_STATES)[number]>(
    Type.Union(SCHEDULE_RUN_STATES.map((name) => Type.Literal(name))),
  ),
  byHand: Type.Optional(Type.Literal(true)),
  endedAtMs: Type.Optional(Count),
  totals: Type.Optional(CrawlTotals),
})
export type Run = Readonly<Static<typeof Run>>

/** What is due, and of what. Changes come with the number of the one that they know. */
export const Planned = {
  spec: Type.String({ maxLength: 32_768 }),
  cron: Type.String({ maxLength: CRON_CHARS_MAX }),
  zone: Type.String({ maxLength: ZONE_CHARS_MAX }),
  /** Logged time; absent: it is paused, or no time is left. */
  nextMs: Type.Optional(Count),
  /** The webhook of its crawls, which has its id. */
  hasHook: Type.Optional(Type.Literal(true)),
}

export const ScheduleRow = Type.Object({
  ...Planned,
  /** Nick; absent: a guest. */
  by: Type.Optional(Type.String()),
  revision: Count,
  isPaused: Type.Boolean(),
  /** Crawl of the run that is not over. */
  running: Type.Optional(Hex32),
  /** Newest first. */
  runs: Type.Array(Run, { maxItems: SCHEDULE_RUNS_MAX }),
  madeAtMs: Count,
  changedAtMs: Count,
})
export type ScheduleRow = Readonly<Static<typeof ScheduleRow>>

export const readScheduleRow = rowReader(ScheduleRow)

export function scheduleKey(sk: string): RecordKey {
  return { table: SCHEDULES_TABLE, pk: SCHEDULES_PK, sk }
}

export function madeSk(id: string, atMs: number): string {
  return MADE_PREFIX + timed(atMs, id)
}

export function dueSk(id: string, atMs: number): string {
  return DUE_PREFIX + timed(atMs, id)
}

/** Of a row in an order: which schedule, and when. */
export function placeIn(sk: string): { readonly id: string; readonly atMs: number } {
  return timeOf(sk.slice(sk.indexOf('/') + 1))
}

export function scheduleIn(work: PartitionWork, id: string): ScheduleRow | undefined {
  const record = work.get(scheduleKey(SCHEDULE_PREFIX + id))
  return record === undefined ? undefined : readScheduleRow(record)
}

/** The place says it all. */
const NOTHING = new Uint8Array(0)

/** Its place among those that are due moves with it. */
export function putSchedule(
  work: PartitionWork,
  id: string,
  { row, before }: { readonly row: ScheduleRow; readonly before: ScheduleRow | undefined },
): void {
  if (before?.nextMs !== undefined && before.nextMs !== row.nextMs) {
    work.delete(scheduleKey(dueSk(id, before.nextMs)))
  }
  if (before === undefined) work.put(scheduleKey(madeSk(id, row.madeAtMs)), NOTHING)
  if (row.nextMs !== undefined) work.put(scheduleKey(dueSk(id, row.nextMs)), NOTHING)
  work.put(scheduleKey(SCHEDULE_PREFIX + id), rowBytes(row))
}

export function dropSchedule(work: PartitionWork, id: string, row: ScheduleRow): void {
  if (row.nextMs !== undefined) work.delete(scheduleKey(dueSk(id, row.nextMs)))
  work.delete(scheduleKey(madeSk(id, row.madeAtMs)))
  work.delete(scheduleKey(SCHEDULE_PREFIX + id))
}
