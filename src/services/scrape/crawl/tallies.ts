/**
 * What the partitions of hosts tell the partition of their crawl, and how the crawl knows that it
 * is over.
 *
 * It is over when of each host all that was queued has ended, and it has taken as many messages
 * with URLs as were sent to it. Proof: a URL’s end and the messages that it caused are one tally,
 * and tallies of one partition arrive in order. Say that a URL or message is left that no tally
 * tells of. It was caused by a URL whose end is not told either; were that URL told as queued, its
 * host were open. So the message that brought it is told as sent and not as taken, or its cause is
 * not told: and so on back to a seed, which is told from the first. Then a host lacks a message,
 * and one that came to it later cannot make up for that, since it would be told after it. A sum
 * over all hosts would not do: what one lacks another may have too much of, for a while.
 */
import { Type, type Static } from 'typebox'

import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { tellOver } from './crawl-told.ts'
import { readHost, type Host } from './hosts.ts'
import { tellOpen } from './open-crawls.ts'
import {
  CRAWLS_TABLE,
  ENDED_TABLE,
  endedKey,
  INDEX_TABLE,
  jobKey,
  tallyKey,
  type CrawlOnHost,
} from './places.ts'
import { RESOURCES_OF } from './resource-counts.ts'
import {
  HOST_COUNTS,
  readJobRow,
  readTallyRow,
  type CrawlTotals,
  type JobRow,
  type TallyRow,
} from './rows.ts'

export const CRAWL_TABLES = [CRAWLS_TABLE, INDEX_TABLE, ENDED_TABLE]

const OF_RESOURCES = Object.values(RESOURCES_OF)
const COUNTS = [
  'sent',
  'arrived',
  'queued',
  'done',
  'failed',
  'skipped',
  'held',
  'bytes',
  ...OF_RESOURCES,
] as const
type Counts = Record<(typeof COUNTS)[number], number>

/** By how much there is more of each. */
const Tally = Type.Object(HOST_COUNTS)
export type Tally = Readonly<Static<typeof Tally>>

/** Of one entry. */
export class Tallies {
  readonly #counts = new Map<Host, Counts>()

  of(host: Host): Counts {
    const known = this.#counts.get(host)
    if (known !== undefined) return known
    const ended = { done: 0, failed: 0, skipped: 0, held: 0, bytes: 0 }
    const resources = {
      resourcesQueued: 0,
      resourcesDone: 0,
      resourcesFailed: 0,
      resourcesSkipped: 0,
    }
    const none = { sent: 0, arrived: 0, queued: 0, ...ended, ...resources }
    this.#counts.set(host, none)
    return none
  }

  /** Those that tell something. */
  get all(): readonly Tally[] {
    return [...this.#counts].flatMap(([host, counts]) =>
      COUNTS.some((name) => counts[name] > 0) ? [{ host, ...counts }] : [],
    )
  }
}

const SumUpInput = Type.Object({ crawl: Hex32, hosts: Type.Array(Tally, { maxItems: 4_096 }) })

/** A message from a partition of hosts. Of a crawl that was deleted nobody wants to know. */
export const sumUp = defineProcedure({
  name: 'crawl.tally',
  tables: CRAWL_TABLES,
  readInput: reader(SumUpInput),
  run: (work, { crawl, hosts }: Static<typeof SumUpInput>): null => {
    const record = work.get(jobKey(crawl))
    if (record === undefined) return null
    let job = readJobRow(record)
    for (const tally of hosts) {
      const host = readHost(tally.host)
      if (host !== undefined) job = added(work, { job, on: { crawl, host }, tally })
    }
    putJob(work, crawl, job)
    return null
  },
})

export function tallyIn(work: PartitionWork, on: CrawlOnHost): TallyRow | undefined {
  const record = work.get(tallyKey(on))
  return record === undefined ? undefined : readTallyRow(record)
}

export function noTally(host: Host): TallyRow {
  const none = { sent: 0, arrived: 0, queued: 0, done: 0, failed: 0, skipped: 0, bytes: 0 }
  return { host, ...none, granted: 0, fence: 0 }
}

interface Adding {
  readonly job: JobRow
  readonly on: CrawlOnHost
  readonly tally: Tally
}

function added(work: PartitionWork, { job, on, tally }: Adding): JobRow {
  const known = tallyIn(work, on)
  const before = known ?? noTally(on.host)
  const row = { ...before }
  for (const name of COUNTS) row[name] = (row[name] ?? 0) + (tally[name] ?? 0)
  work.put(tallyKey(on), rowBytes(row))
  return {
    ...job,
    hosts: job.hosts + (known === undefined ? 1 : 0),
    openHosts: job.openHosts + Number(isOpen(row)) - Number(isOpen(before)),
    totals: totalsWith(job.totals, tally),
  }
}

function totalsWith(totals: CrawlTotals, tally: Tally): CrawlTotals {
  const sum = { ...totals }
  for (const name of OF_RESOURCES) sum[name] = (sum[name] ?? 0) + (tally[name] ?? 0)
  return {
    ...sum,
    queued: totals.queued + tally.queued,
    done: totals.done + tally.done,
    failed: totals.failed + tally.failed,
    skipped: totals.skipped + tally.skipped,
    held: (totals.held ?? 0) + (tally.held ?? 0),
    bytes: totals.bytes + tally.bytes,
  }
}

function isOpen(row: TallyRow): boolean {
  return row.sent !== row.arrived || row.queued !== row.done + row.failed + row.skipped
}

/** Keeps the row of a crawl, which ends by itself when nothing is left, or it has its pages. */
export function putJob(work: PartitionWork, crawl: string, job: JobRow): void {
  const changed = { ...job, changedAtMs: work.timeMs }
  const endedBy = job.state === 'running' ? endOf(job) : undefined
  const ended = { state: 'done', endedBy, endedAtMs: work.timeMs } as const
  if (endedBy !== undefined) {
    tellOpen(work, crawl, false)
    tellOver(work, { crawl, job }, 'done')
  }
  work.put(jobKey(crawl), rowBytes(endedBy === undefined ? changed : { ...changed, ...ended }))
  const { by } = job
  const endedAtMs = endedBy === undefined ? job.endedAtMs : work.timeMs
  // The place says it all.
  if (by !== undefined && endedAtMs !== undefined) {
    work.put(endedKey(crawl, by, endedAtMs), new Uint8Array(0))
  }
}

function endOf({ openHosts, pages, totals }: JobRow): JobRow['endedBy'] {
  if (openHosts === 0) return 'all'
  return totals.done + totals.failed >= pages ? 'pages' : undefined
}
