/** What a schedule learns of its run: a message from the partition of the run's crawl. */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { CrawlTotals } from '../crawl/rows.ts'
import { putSchedule, scheduleIn, SCHEDULES_PARTITION, SCHEDULES_TABLE } from './schedule-rows.ts'

const OverInput = Type.Object({
  schedule: Hex32,
  crawl: Hex32,
  state: Type.Union([Type.Literal('done'), Type.Literal('cancelled'), Type.Literal('deleted')]),
  endedAtMs: Count,
  totals: CrawlTotals,
})
export type OverInput = Readonly<Static<typeof OverInput>>

/** Of a schedule that was deleted nobody wants to know. Repeated, it changes nothing. */
const runOver = defineProcedure({
  name: 'crawlSchedule.over',
  tables: [SCHEDULES_TABLE],
  readInput: reader(OverInput),
  freesRoom: () => true,
  run: (work, { crawl, endedAtMs, schedule, state, totals }: OverInput): null => {
    const before = scheduleIn(work, schedule)
    if (before === undefined) return null
    const { running, ...rest } = before
    const runs = before.runs.map((run) =>
      run.crawl === crawl ? { ...run, state, endedAtMs, totals } : run,
    )
    const row = {
      ...rest,
      ...(running === crawl || running === undefined ? {} : { running }),
      runs,
    }
    putSchedule(work, schedule, { row, before })
    return null
  },
})

export function tellRunOver(work: PartitionWork, input: OverInput): void {
  work.send({ to: SCHEDULES_PARTITION, procedure: runOver.name, input })
}

export const RUN_PROCEDURES = [runOver]
