/**
 * Who is told of a crawl: its schedule and its webhook, in the entry in which something happens.
 */
import { Type, type Static } from 'typebox'

import { instant } from '../../../base/instant.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { tellRunOver } from '../schedules/run-over.ts'
import { keepHook, tellHook, type TellInput } from '../webhooks/hook-procedures.ts'
import { ChangedPage, partitionOfHook } from '../webhooks/hook-rows.ts'
import { ENDED_PER_CALL_MAX } from './limits.ts'
import { CRAWLS_TABLE, jobKey, partitionOfCrawl, urlPageId } from './places.ts'
import { readJobRow, type JobRow, type UrlEnd } from './rows.ts'

export function tellStarted(work: PartitionWork, crawl: string, job: JobRow): void {
  const { hook, startedAtMs } = job
  if (hook === undefined) return
  const data = { ...namesOf(crawl, job), startedAt: instant(startedAtMs) }
  send(work, { hook, crawl, type: 'crawl.started', data: JSON.stringify(data), more: 1 })
}

export function tellOver(
  work: PartitionWork,
  { crawl, job }: { readonly crawl: string; readonly job: JobRow },
  state: 'done' | 'cancelled' | 'deleted',
): void {
  const { hook, schedule, startedAtMs, totals } = job
  const ended = { crawl, state, endedAtMs: work.timeMs, totals }
  if (schedule !== undefined) tellRunOver(work, { ...ended, schedule })
  if (hook === undefined) return
  const times = { startedAt: instant(startedAtMs), endedAt: instant(work.timeMs) }
  const data = { ...namesOf(crawl, job), state, counts: totals, ...times }
  const leaves = state === 'deleted' && hook === crawl ? { isLeaving: true } : {}
  const more = -1
  send(work, { hook, crawl, type: 'crawl.ended', data: JSON.stringify(data), more, ...leaves })
}

/** What its webhook has not delivered yet is delivered still. */
export function tellRemoved(work: PartitionWork, crawl: string, job: JobRow): void {
  if (!isOver(job)) tellOver(work, { crawl, job }, 'deleted')
  else if (job.hook === crawl) {
    const input = { hook: crawl, isLeaving: true }
    work.send({ to: partitionOfHook(crawl), procedure: keepHook.name, input })
  }
}

export function isOver({ state }: Pick<JobRow, 'state'>): boolean {
  return state === 'done' || state === 'cancelled'
}

const ChangesInput = Type.Object({
  crawl: Hex32,
  pages: Type.Array(ChangedPage, { minItems: 1, maxItems: ENDED_PER_CALL_MAX }),
})
type ChangesInput = Readonly<Static<typeof ChangesInput>>

/**
 * A message from the partition of a host, in order with its tallies: so the end of the crawl is
 * told behind all of its pages.
 */
export const tellChanges = defineProcedure({
  name: 'crawl.changes',
  tables: [CRAWLS_TABLE],
  readInput: reader(ChangesInput),
  run: (work, { crawl, pages }: ChangesInput): null => {
    const record = work.get(jobKey(crawl))
    const hook = record === undefined ? undefined : readJobRow(record).hook
    if (hook === undefined || record === undefined) return null
    const data = JSON.stringify(namesOf(crawl, readJobRow(record)))
    send(work, { hook, crawl, type: 'page.changed', data, pages })
    return null
  },
})

export function changeOf(
  url: string,
  { before, hash, status, title }: UrlEnd,
  change: ChangedPage['change'],
): ChangedPage {
  return {
    url,
    id: urlPageId(url),
    change,
    ...(status === undefined ? {} : { status }),
    ...(hash === undefined ? {} : { hash }),
    ...(before === undefined ? {} : { before }),
    ...(title === undefined ? {} : { title }),
  }
}

/** A message has 128 KiB at most. */
const CHANGES_CHARS_PER_MESSAGE = 24_000

export function sendChanges(
  work: PartitionWork,
  crawl: string,
  changes: readonly ChangedPage[],
): void {
  const to = partitionOfCrawl(crawl)
  const tell = (pages: readonly ChangedPage[]): void => {
    if (pages.length === 0) return
    work.send({ to, procedure: tellChanges.name, input: { crawl, pages } })
  }
  let some: ChangedPage[] = []
  let chars = 0
  for (const page of changes) {
    const more = page.url.length + (page.title ?? '').length
    if (chars + more > CHANGES_CHARS_PER_MESSAGE) {
      tell(some)
      some = []
      chars = 0
    }
    some.push(page)
    chars += more
  }
  tell(some)
}

function send(work: PartitionWork, input: TellInput): void {
  work.send({ to: partitionOfHook(input.hook), procedure: tellHook.name, input })
}

function namesOf(crawl: string, { schedule }: JobRow) {
  return schedule === undefined ? { crawl } : { crawl, schedule }
}
