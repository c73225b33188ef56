/** Who is told, in the entry in which a crawl is over, or was deleted before. */
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { tellRunOver } from '../schedules/run-over.ts'
import type { JobRow } from './rows.ts'

export function tellOver(
  work: PartitionWork,
  { crawl, job }: { readonly crawl: string; readonly job: JobRow },
  state: 'done' | 'cancelled' | 'deleted',
): void {
  const { schedule, totals } = job
  const ended = { crawl, state, endedAtMs: work.timeMs, totals }
  if (schedule !== undefined) tellRunOver(work, { ...ended, schedule })
}

export function isOver({ state }: Pick<JobRow, 'state'>): boolean {
  return state === 'done' || state === 'cancelled'
}
