/**
 * What changes a frontier. All rows of a host lie in one partition; a URL that ends, the links that
 * it brings and what is told the crawl of both are one entry, and the messages in it are taken
 * exactly once: so nothing is lost, and nothing is counted twice, whoever dies.
 */
import { Type, type Static } from 'typebox'

import { isHeldUnder } from '../../../store/locks/lock-value.ts'
import type { PartitionWork, StoredRecord } from '../../../store/partition/procedure.ts'
import { defineProcedure } from '../../../store/partition/procedures.ts'
import { reader } from '../../../wire/method.ts'
import { rowBytes } from '../../../wire/packed-rows.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32 } from '../../../wire/shapes.ts'
import type { ChangedPage } from '../webhooks/hook-rows.ts'
import { changeOf, sendChanges } from './crawl-told.ts'
import { HostSums, type HostSum } from './host-sums.ts'
import { readHost, type Host } from './hosts.ts'
import { BEGIN_MAX, ENDED_PER_CALL_MAX, FOUND_PER_CALL_MAX, URLS_PER_ADD_MAX } from './limits.ts'
import {
  activeKey,
  BEGUN_PREFIX,
  dueOf,
  frontierKey,
  frontierPk,
  hostLockKey,
  HOSTS_TABLE,
  LATER_PREFIX,
  laterSk,
  NEXT_PREFIX,
  nextSk,
  partitionOfCrawl,
  partitionOfHost,
  URL_PREFIX,
  urlId,
  urlIdIn,
  type CrawlOnHost,
} from './places.ts'
import { RESOURCES_OF } from './resource-counts.ts'
import { Hostname, Life, readUrlRow, UrlEnd, Wanted, type UrlRow } from './rows.ts'
import { sumUp, Tallies } from './tallies.ts'
import { TRAP_CODES, TrapCounts } from './trap-counts.ts'

export const HOST_TABLES = [HOSTS_TABLE]

/** URLs of one host. */
export const WantedOnHost = Type.Object({
  host: Hostname,
  urls: Type.Array(Wanted, { minItems: 1, maxItems: FOUND_PER_CALL_MAX }),
})
export type WantedOnHost = Readonly<Static<typeof WantedOnHost>>

const AddInput = Type.Object({
  crawl: Hex32,
  hosts: Type.Array(WantedOnHost, { minItems: 1, maxItems: URLS_PER_ADD_MAX }),
})
export type AddInput = Readonly<Static<typeof AddInput>>

/** A message with URLs for hosts of this partition. Those that the crawl knows are passed over. */
export const addUrls = defineProcedure({
  name: 'crawl.add',
  tables: HOST_TABLES,
  readInput: reader(AddInput),
  run: (work, { crawl, hosts }: AddInput): null => {
    const tallies = new Tallies()
    const sums = new HostSums(work, crawl)
    for (const { host, urls } of hosts) {
      const on = { crawl, host: hostIn(work, host) }
      tallies.of(on.host).arrived++
      queueUrls(work, { on, sums, tallies, urls })
    }
    sums.keep()
    sendTallies(work, crawl, tallies)
    return null
  },
})

const OnHostInput = { crawl: Hex32, host: Hostname, fence: Count }
const LeasedInput = Type.Object(OnHostInput)

const BeginInput = Type.Object({
  ...OnHostInput,
  by: Life,
  /** 0: it is only told who schedules from now on. */
  count: Type.Integer({ minimum: 0, maximum: BEGIN_MAX }),
})

export interface Begun {
  readonly urls: readonly UrlRow[]
  /** When the first of those that wait is due, logged time; `undefined`: none waits. */
  readonly dueMs: number | undefined
  /** Logged time. */
  readonly timeMs: number
}

/**
 * Takes the next URLs out of the queue. They stay `begun` until they are ended, so that whoever
 * schedules the host next begins with them. Refused with LOCK_LOST.
 */
export const beginUrls = defineProcedure({
  name: 'crawl.begin',
  tables: HOST_TABLES,
  readInput: reader(BeginInput),
  freesRoom: () => true,
  run: (work, { by, count, ...input }: Static<typeof BeginInput>): Begun => {
    const on = underLease(work, input)
    const sums = new HostSums(work, on.crawl)
    const sum = sums.of(on.host)
    sum.by = by
    const range = { table: HOSTS_TABLE, pk: frontierPk(on) }
    const later = work.list({ ...range, prefix: LATER_PREFIX, limit: count + 1 })
    const due = later.filter(({ sk }) => dueOf(sk) <= work.timeMs).slice(0, count)
    const left = count - due.length
    const next = left === 0 ? [] : takeNext(work, { on, sum, limit: left })
    sums.keep()
    const urls = [...due, ...next].map(({ sk }) => begin(work, { on, sk }))
    const waiting = later[due.length]
    return {
      urls,
      dueMs: waiting === undefined ? undefined : dueOf(waiting.sk),
      timeMs: work.timeMs,
    }
  },
})

const Ended = Type.Union([
  Type.Object({
    url: Wanted.properties.url,
    as: Type.Union([Type.Literal('done'), Type.Literal('failed'), Type.Literal('skipped')]),
    end: UrlEnd,
  }),
  Type.Object({
    url: Wanted.properties.url,
    as: Type.Literal('again'),
    inMs: Count,
    end: UrlEnd,
  }),
])
export type Ended = Readonly<Static<typeof Ended>>

const EndInput = Type.Object({
  ...OnHostInput,
  ended: Type.Array(Ended, { maxItems: ENDED_PER_CALL_MAX }),
  /** What they link to, and is in the crawl’s scope. */
  found: Type.Array(WantedOnHost, { maxItems: FOUND_PER_CALL_MAX }),
})
export type EndInput = Readonly<Static<typeof EndInput>>

/** URLs have ended, or are to be tried again. Refused with LOCK_LOST. */
export const endUrls = defineProcedure({
  name: 'crawl.end',
  tables: HOST_TABLES,
  readInput: reader(EndInput),
  run: (work, { ended, found, ...input }: EndInput): null => {
    const on = underLease(work, input)
    const tallies = new Tallies()
    const mine = tallies.of(on.host)
    const sums = new HostSums(work, on.crawl)
    const sum = sums.of(on.host)
    const changes: ChangedPage[] = []
    for (const one of ended) {
      const row = end(work, { on, ended: one })
      if (row === undefined || one.as === 'again') continue
      if (one.end.change !== undefined) changes.push(changeOf(one.url, one.end, one.end.change))
      mine[one.as]++
      if (row.resource !== undefined) mine[RESOURCES_OF[one.as]]++
      mine.bytes += row.end?.bytes ?? 0
      if (one.end.how === 'hit') mine.held++
      if (one.as !== 'skipped') sum.fetched++
      if (sum.open !== undefined) sum.open--
    }
    takeFound(work, { crawl: on.crawl, found, sums, tallies })
    sums.keep()
    if (sums.isEmpty(on.host)) work.delete(activeKey(on))
    // Before what may end the crawl.
    sendChanges(work, on.crawl, changes)
    sendTallies(work, on.crawl, tallies)
    return null
  },
})

/** The crawl is over: whoever schedules the host need not look at it again. */
export const leaveHost = defineProcedure({
  name: 'crawl.leave',
  tables: HOST_TABLES,
  readInput: reader(LeasedInput),
  freesRoom: () => true,
  run: (work, input: Readonly<Static<typeof LeasedInput>>): null => {
    work.delete(activeKey(underLease(work, input)))
    return null
  },
})

export const FRONTIER_PROCEDURES = [addUrls, beginUrls, endUrls, leaveHost]

function hostIn(work: PartitionWork, text: string): Host {
  const host = readHost(text)
  if (host === undefined || partitionOfHost(host) !== work.partition) {
    return work.refuse('BAD_REQUEST', { problem: `“${text}” is no host of this partition` })
  }
  return host
}

function underLease(
  work: PartitionWork,
  { crawl, fence, host: text }: Readonly<Static<typeof LeasedInput>>,
): CrawlOnHost {
  const host = hostIn(work, text)
  const lock = work.get(hostLockKey(host))
  if (lock === undefined || !isHeldUnder(lock, fence)) work.refuse('LOCK_LOST', { name: host })
  return { crawl, host }
}

/** Those that the crawl does not know; what is a trap is passed over, and told of. */
function queueUrls(
  work: PartitionWork,
  {
    on,
    sums,
    tallies,
    urls,
  }: {
    readonly on: CrawlOnHost
    readonly sums: HostSums
    readonly tallies: Tallies
    readonly urls: readonly Wanted[]
  },
): void {
  const traps = new TrapCounts(work, on)
  const tally = tallies.of(on.host)
  const sum = sums.of(on.host)
  let number = 0
  for (const { trap: shown, ...wanted } of urls) {
    const id = urlId(wanted.url)
    const place = frontierKey(on, URL_PREFIX + id)
    if (work.has(place)) continue
    const trapped = traps.judge(wanted.url, shown)
    if (trapped?.isTold === false) continue
    const isResource = wanted.resource !== undefined
    tally.queued++
    if (isResource) tally.resourcesQueued++
    if (trapped !== undefined) {
      tally.skipped++
      if (isResource) tally.resourcesSkipped++
      const end = { code: TRAP_CODES[trapped.trap] }
      const row: UrlRow = { ...wanted, state: 'skipped', tries: 0, atMs: work.timeMs, end }
      work.put(place, rowBytes(row))
      continue
    }
    const row: UrlRow = { ...wanted, state: 'queued', tries: 0 }
    work.put(place, rowBytes(row))
    const sk = nextSk({ ...wanted, index: work.index, number: number++ }, id)
    work.put(frontierKey(on, sk), NOTHING)
    if (sum.from !== undefined && sk < sum.from) sum.from = sk
  }
  traps.keep()
  if (sum.open !== undefined) sum.open += number
  if (number > 0 && !work.has(activeKey(on))) {
    work.put(activeKey(on), rowBytes({ host: on.host }))
  }
}

/** The first of the queue; those before them are gone for good. */
function takeNext(
  work: PartitionWork,
  { limit, on, sum }: { readonly limit: number; readonly on: CrawlOnHost; readonly sum: HostSum },
): readonly StoredRecord[] {
  const range = { table: HOSTS_TABLE, pk: frontierPk(on), prefix: NEXT_PREFIX, limit }
  const next = work.list({ ...range, ...(sum.from === undefined ? {} : { start: sum.from }) })
  sum.from = next.at(-1)?.sk ?? sum.from
  return next
}

/** The place says it all. */
const NOTHING = new Uint8Array(0)

function begin(
  work: PartitionWork,
  { on, sk }: { readonly on: CrawlOnHost; readonly sk: string },
): UrlRow {
  const id = urlIdIn(sk)
  const row = urlIn(work, on, id)
  work.delete(frontierKey(on, sk))
  work.put(frontierKey(on, BEGUN_PREFIX + id), NOTHING)
  const begun: UrlRow = { ...row, state: 'begun', tries: row.tries + 1, atMs: work.timeMs }
  work.put(frontierKey(on, URL_PREFIX + id), rowBytes(begun))
  return begun
}

/** `undefined`: it had ended before, and nothing changes. */
function end(
  work: PartitionWork,
  { on, ended }: { readonly on: CrawlOnHost; readonly ended: Ended },
): UrlRow | undefined {
  const id = urlId(ended.url)
  const row = urlIn(work, on, id)
  if (row.state !== 'begun') return undefined
  work.delete(frontierKey(on, BEGUN_PREFIX + id))
  const isAgain = ended.as === 'again'
  const state = isAgain ? 'queued' : ended.as
  const changed: UrlRow = { ...row, state, atMs: work.timeMs, end: ended.end }
  work.put(frontierKey(on, URL_PREFIX + id), rowBytes(changed))
  if (isAgain) work.put(frontierKey(on, laterSk(work.timeMs + ended.inMs, id)), NOTHING)
  return changed
}

function urlIn(work: PartitionWork, on: CrawlOnHost, id: string): UrlRow {
  const record = work.get(frontierKey(on, URL_PREFIX + id))
  if (record === undefined) return work.refuse('NOT_FOUND', { what: 'such URL in the frontier' })
  return readUrlRow(record)
}

interface Found {
  readonly crawl: string
  readonly found: readonly WantedOnHost[]
  readonly sums: HostSums
  readonly tallies: Tallies
}

/** Hosts of this partition at once, others by message. */
function takeFound(work: PartitionWork, { crawl, found, sums, tallies }: Found): void {
  const elsewhere = new Map<PartitionId, WantedOnHost[]>()
  for (const one of found) {
    const host = readHost(one.host)
    if (host === undefined) return work.refuse('BAD_REQUEST', { problem: 'what was found' })
    const to = partitionOfHost(host)
    if (to === work.partition) {
      queueUrls(work, { on: { crawl, host }, sums, tallies, urls: one.urls })
      continue
    }
    tallies.of(host).sent++
    const others = elsewhere.get(to)
    if (others === undefined) elsewhere.set(to, [one])
    else others.push(one)
  }
  for (const [to, hosts] of elsewhere) {
    work.send({ to, procedure: addUrls.name, input: { crawl, hosts } satisfies AddInput })
  }
}

/** The crawl itself may lie in this very partition: a message is a message all the same. */
function sendTallies(work: PartitionWork, crawl: string, tallies: Tallies): void {
  const input = { crawl, hosts: tallies.all }
  if (input.hosts.length === 0) return
  work.send({ to: partitionOfCrawl(crawl), procedure: sumUp.name, input })
}
