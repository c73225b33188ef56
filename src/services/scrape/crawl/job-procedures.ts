/**
 * What a crawl as a whole is told: begin, go on, pause, end; and how many pages a host may have.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { CRAWL_PAGES_MAX } from '../../../wire/crawl-bounds.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import { isOver, tellOver, tellStarted } from './crawl-told.ts'
import { addUrls, WantedOnHost, type AddInput } from './frontier-procedures.ts'
import { readHost } from './hosts.ts'
import { BEGIN_MAX, URLS_PER_ADD_MAX } from './limits.ts'
import { tellOpen } from './open-crawls.ts'
import { indexKey, jobKey, partitionOfHost, tallyKey } from './places.ts'
import { removeOld } from './removal-procedures.ts'
import { Hostname, readJobRow, type CrawlState, type JobRow } from './rows.ts'
import { CRAWL_TABLES, noTally, putJob, tallyIn } from './tallies.ts'

export const StartInput = Type.Object({
  crawl: Hex32,
  spec: Type.String({ maxLength: 32_768 }),
  by: Type.Optional(Type.String({ maxLength: 64 })),
  /** Whose run it is. */
  schedule: Type.Optional(Hex32),
  /** The webhook that is told of it. */
  hook: Type.Optional(Hex32),
  pages: Type.Integer({ minimum: 1, maximum: CRAWL_PAGES_MAX }),
  seeds: Type.Array(WantedOnHost, { minItems: 1, maxItems: URLS_PER_ADD_MAX }),
})
export type StartInput = Readonly<Static<typeof StartInput>>

/** Repeated, it changes nothing. */
export const startCrawl = defineProcedure({
  name: 'crawl.start',
  tables: CRAWL_TABLES,
  readInput: reader(StartInput),
  run: (work, { by, crawl, hook, pages, schedule, seeds, spec }: StartInput): null => {
    if (work.has(jobKey(crawl))) return null
    const messages = new Map<PartitionId, WantedOnHost[]>()
    for (const one of seeds) {
      const host = readHost(one.host)
      if (host === undefined) return work.refuse('BAD_REQUEST', { problem: 'a seed' })
      work.put(tallyKey({ crawl, host }), rowBytes({ ...noTally(host), sent: 1 }))
      const to = partitionOfHost(host)
      messages.set(to, [...(messages.get(to) ?? []), one])
    }
    const started = { startedAtMs: work.timeMs, changedAtMs: work.timeMs }
    const totals = { queued: 0, done: 0, failed: 0, skipped: 0, bytes: 0 }
    const hosts = { hosts: seeds.length, openHosts: seeds.length }
    const named = by === undefined ? {} : { by }
    const run = schedule === undefined ? {} : { schedule }
    const told = hook === undefined ? {} : { hook }
    const job = {
      spec,
      ...named,
      ...run,
      ...told,
      state: 'running',
      pages,
      granted: 0,
      totals,
    } as const
    const row = { ...job, ...hosts, ...started } satisfies JobRow
    work.put(jobKey(crawl), rowBytes(row))
    tellStarted(work, crawl, row)
    const index = indexKey(crawl, work.timeMs)
    removeOld(work, index.pk)
    work.put(index, NOTHING)
    tellOpen(work, crawl, true)
    for (const [to, hosts] of messages) {
      work.send({ to, procedure: addUrls.name, input: { crawl, hosts } satisfies AddInput })
    }
    return null
  },
})

/** The place says it all. */
const NOTHING = new Uint8Array(0)

const GrantInput = Type.Object({
  crawl: Hex32,
  host: Hostname,
  /** Of the host’s lease: what an earlier holder asks late counts no more. */
  fence: Count,
  /** Of its URLs: fetched so far, and begun. */
  fetched: Count,
  begun: Count,
  want: Type.Integer({ minimum: 0, maximum: BEGIN_MAX }),
})

export interface Granted {
  readonly state: CrawlState
  /** So many more may be begun. */
  readonly given: number
}

/**
 * How many more pages a host may begin. It tells all that it has, so that nothing is lost of what
 * a scheduler that died was given.
 */
export const grantPages = defineProcedure({
  name: 'crawl.grant',
  tables: CRAWL_TABLES,
  readInput: reader(GrantInput),
  freesRoom: () => true,
  run: (work, { begun, crawl, fence, fetched, host: text, want }: Static<typeof GrantInput>) => {
    const record = work.get(jobKey(crawl))
    const host = readHost(text)
    if (record === undefined || host === undefined) return NOT_THERE
    const job = readJobRow(record)
    const row = tallyIn(work, { crawl, host }) ?? noTally(host)
    if (fence < row.fence) return work.refuse('LOCK_LOST', { name: host })
    const others = job.granted - row.granted
    const has = fetched + begun
    const wanted = job.state === 'running' ? want : 0
    const given = Math.max(0, Math.min(wanted, job.pages - others - has))
    const granted = has + given
    work.put(tallyKey({ crawl, host }), rowBytes({ ...row, granted, fence }))
    putJob(work, crawl, { ...job, granted: others + granted })
    return { state: job.state, given } satisfies Granted
  },
})

const NOT_THERE: Granted = { state: 'cancelled', given: 0 }

const SteerInput = Type.Object({
  crawl: Hex32,
  to: Type.Union([Type.Literal('running'), Type.Literal('paused'), Type.Literal('cancelled')]),
})

/** A crawl that has ended stays so. @returns what it is now. Refused with NOT_FOUND. */
export const steerCrawl = defineProcedure({
  name: 'crawl.steer',
  tables: CRAWL_TABLES,
  readInput: reader(SteerInput),
  freesRoom: () => true,
  run: (work, { crawl, to }: Static<typeof SteerInput>): { readonly state: CrawlState } => {
    const job = requireJob(work, crawl)
    if (isOver(job) || job.state === to) return { state: job.state }
    const ended = to === 'cancelled' ? { endedAtMs: work.timeMs } : {}
    tellOpen(work, crawl, to === 'running')
    if (to === 'cancelled') tellOver(work, { crawl, job }, to)
    putJob(work, crawl, { ...job, state: to, ...ended })
    return { state: requireJob(work, crawl).state }
  },
})

export const JOB_PROCEDURES = [startCrawl, grantPages, steerCrawl]

function requireJob(work: PartitionWork, crawl: string): JobRow {
  const record = work.get(jobKey(crawl))
  return record === undefined
    ? work.refuse('NOT_FOUND', { what: 'such crawl' })
    : readJobRow(record)
}
