/**
 * Deleting a crawl. Its own rows go at once; its tallies and the frontiers of its hosts in bounded
 * steps, each of which sends the message for the next one: so it goes on whoever dies, and needs
 * nobody to watch it. Pages are not the crawl’s, and stay.
 *
 * URLs that are under way to a host meanwhile are put into a frontier of which nobody knows any
 * more. Whoever schedules the host finds that the crawl is not there, and has the host forget it.
 */
import { Type, type Static } from 'typebox'

import { DAY_MS, KIB } from '../../../base/limits.ts'
import type { PartitionWork } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { Hex32 } from '../../../wire/shapes.ts'
import { tellRemoved } from './crawl-told.ts'
import { readHost } from './hosts.ts'
import { tellOpen } from './open-crawls.ts'
import {
  activeKey,
  CRAWLS_TABLE,
  ENDED_TABLE,
  endedKey,
  frontierPk,
  HOSTS_TABLE,
  INDEX_TABLE,
  indexKey,
  jobKey,
  partitionOfCrawl,
  partitionOfHost,
  TALLY_PREFIX,
  type CrawlOnHost,
} from './places.ts'
import { Hostname, readJobRow, readTallyRow } from './rows.ts'

/** A crawl that is over is remembered for so long. */
export const CRAWL_KEPT_MS = 90 * DAY_MS
/** Old crawls looked at when one begins in their partition, and removed of them. */
const OLD_LOOKED_AT_MAX = 32
const OLD_REMOVED_MAX = 2

/** Of one step: a change has 4,096 records at most, and a message 128 KiB. */
export const HOSTS_PER_STEP = 100
export const ROWS_PER_STEP = 500
const BYTES_PER_STEP = 512 * KIB

const CrawlInput = Type.Object({ crawl: Hex32 })
type CrawlInput = Readonly<Static<typeof CrawlInput>>

/** It is gone with this entry, whether it was over or not. Refused with NOT_FOUND. */
export const removeCrawl = defineProcedure({
  name: 'crawl.remove',
  tables: [CRAWLS_TABLE, INDEX_TABLE, ENDED_TABLE],
  readInput: reader(CrawlInput),
  freesRoom: () => true,
  run: (work, { crawl }: CrawlInput): null => {
    if (!work.has(jobKey(crawl))) return work.refuse('NOT_FOUND', { what: 'crawl with this id' })
    remove(work, crawl)
    return null
  },
})

/** The next step of it; a message to itself. */
export const removeHosts = defineProcedure({
  name: 'crawl.removeHosts',
  tables: [CRAWLS_TABLE],
  readInput: reader(CrawlInput),
  freesRoom: () => true,
  run: (work, { crawl }: CrawlInput): null => {
    step(work, crawl)
    return null
  },
})

const ForgetInput = Type.Object({
  crawl: Hex32,
  hosts: Type.Array(Hostname, { minItems: 1, maxItems: HOSTS_PER_STEP }),
})
type ForgetInput = Readonly<Static<typeof ForgetInput>>

/** All that a crawl which is no more has on these hosts. Repeated, it changes nothing. */
export const forgetHosts = defineProcedure({
  name: 'crawl.forget',
  tables: [HOSTS_TABLE],
  readInput: reader(ForgetInput),
  freesRoom: () => true,
  run: (work, { crawl, hosts }: ForgetInput): null => {
    let room = ROWS_PER_STEP
    const left = [...hosts]
    for (const text of hosts) {
      const host = readHost(text)
      if (host === undefined || partitionOfHost(host) !== work.partition) {
        return work.refuse('BAD_REQUEST', { problem: `“${text}” is no host of this partition` })
      }
      const taken = forget(work, { crawl, host }, room)
      room -= taken
      if (room === 0) break
      left.shift()
    }
    const input = { crawl, hosts: left } satisfies ForgetInput
    if (left.length > 0) work.send({ to: work.partition, procedure: forgetHosts.name, input })
    return null
  },
})

export const REMOVAL_PROCEDURES = [removeCrawl, removeHosts, forgetHosts]

/** Of this partition, where another crawl begins: so what is kept does not grow for ever. */
export function removeOld(work: PartitionWork, indexPk: string): void {
  const range = { table: INDEX_TABLE, pk: indexPk, limit: OLD_LOOKED_AT_MAX }
  let removed = 0
  for (const { sk } of work.list(range)) {
    const crawl = sk.slice(sk.indexOf('.') + 1)
    const record = work.get(jobKey(crawl))
    if (record === undefined) continue
    const { endedAtMs = Infinity } = readJobRow(record)
    if (endedAtMs + CRAWL_KEPT_MS > work.timeMs) continue
    remove(work, crawl)
    if (++removed === OLD_REMOVED_MAX) return
  }
}

function remove(work: PartitionWork, crawl: string): void {
  const record = work.get(jobKey(crawl))
  if (record === undefined) return
  const job = readJobRow(record)
  tellRemoved(work, crawl, job)
  work.delete(indexKey(crawl, job.startedAtMs))
  const { by, endedAtMs } = job
  if (by !== undefined && endedAtMs !== undefined) work.delete(endedKey(crawl, by, endedAtMs))
  work.delete(jobKey(crawl))
  tellOpen(work, crawl, false)
  step(work, crawl)
}

function step(work: PartitionWork, crawl: string): void {
  const range = { table: CRAWLS_TABLE, pk: crawl, prefix: TALLY_PREFIX, limit: HOSTS_PER_STEP }
  const tallies = work.list(range)
  const messages = new Map<PartitionId, string[]>()
  for (const record of tallies) {
    work.delete({ table: CRAWLS_TABLE, pk: crawl, sk: record.sk })
    const host = readHost(readTallyRow(record).host)
    if (host === undefined) continue
    const to = partitionOfHost(host)
    messages.set(to, [...(messages.get(to) ?? []), host])
  }
  for (const [to, hosts] of messages) {
    work.send({ to, procedure: forgetHosts.name, input: { crawl, hosts } satisfies ForgetInput })
  }
  if (tallies.length === HOSTS_PER_STEP) {
    const to = partitionOfCrawl(crawl)
    work.send({ to, procedure: removeHosts.name, input: { crawl } satisfies CrawlInput })
  }
}

/** @returns how many rows went; all that there were where they are fewer than `rowsMax`. */
function forget(work: PartitionWork, on: CrawlOnHost, rowsMax: number): number {
  const pk = frontierPk(on)
  const range = { table: HOSTS_TABLE, pk, limit: rowsMax, bytesMax: BYTES_PER_STEP }
  let count = 0
  for (;;) {
    // What bounds the bytes may end it early.
    const rows = work.list({ ...range, limit: rowsMax - count })
    for (const { sk } of rows) work.delete({ table: HOSTS_TABLE, pk, sk })
    count += rows.length
    if (count === rowsMax) return count
    if (rows.length === 0) break
  }
  work.delete(activeKey(on))
  return count
}
