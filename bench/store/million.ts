/** Many records: memory, a restart, and a member that lost its disk. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

import { MIB } from '../../src/base/limits.ts'
import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import { AnilloCluster } from './anillo-cluster.ts'
import { eventually } from './cluster.ts'
import { VALUE_BYTES } from './job.ts'
import { load } from './load.ts'
import { median, whole } from './throughput.ts'
import { usageOf } from './usage.ts'

const MEMBERS = 5
const CLIENTS = 128
const FILL_SECONDS_MAX = 1_800
const LOST = 'n3'
const SETTLE_MS = 10_000
const REFILL_TIMEOUT_MS = 600_000
/**
 * A member that lost its disk is refilled when its state grows no more. What is written in order
 * takes less space than what came in any order.
 */
const QUIET_MS = 5_000
const REFILLED_PART = 0.5
const RATE_SECONDS = 4

export async function benchMillion(records: number, print: PrintLine): Promise<void> {
  const cluster = await AnilloCluster.start(MEMBERS)
  try {
    const rows = [
      ...(await fill(cluster, records)),
      ...(await restart(cluster)),
      ...(await refill(cluster)),
    ]
    print(`${MEMBERS} members, ${records.toLocaleString('en')} records of ${VALUE_BYTES} bytes`)
    print('')
    for (const line of table(['', ''], rows)) print(line)
    print('')
  } finally {
    await cluster.stop()
  }
}

async function fill(cluster: AnilloCluster, records: number): Promise<string[][]> {
  const job = { clients: CLIENTS, seconds: FILL_SECONDS_MAX, keys: 'fill', count: records } as const
  const run = await load(cluster, { operation: 'put', ...job })
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
  const { rssMib } = await usageOf(await cluster.pids())
  return [
    ['records a second while they are written', whole(run.operations / run.seconds)],
    ['refused', String(run.failures)],
    ['memory a member, MiB', whole(rssMib / MEMBERS)],
    ['disk a member, MiB', whole((await medianDisk(cluster)) / MIB)],
    ['longest stall of an event loop, ms', whole(await longestStallMs(cluster))],
  ]
}

async function restart(cluster: AnilloCluster): Promise<string[][]> {
  await cluster.down()
  const startMs = performance.now()
  await cluster.up()
  const seconds = (performance.now() - startMs) / 1_000
  return [['restart of all to serving, s', seconds.toFixed(1)]]
}

/** The others serve puts all the while, as they did before. */
async function refill(cluster: AnilloCluster): Promise<string[][]> {
  const rateBefore = await rateOf(cluster)
  const before = await medianDisk(cluster)
  await cluster.down()
  await rm(join(cluster.directory, 'members', LOST), { recursive: true })
  await cluster.up()
  const startMs = performance.now()
  const stop = new AbortController()
  const rates = ratesUntil(cluster, stop.signal)
  let bytes = 0
  let grownMs = startMs
  await eventually('the member is refilled', REFILL_TIMEOUT_MS, async () => {
    const now = await stateBytes(cluster, LOST)
    if (now > bytes) grownMs = performance.now()
    bytes = Math.max(now, bytes)
    // What is written meanwhile lets it grow on, slowly, also when it has all.
    const isWhole = bytes >= REFILLED_PART * before
    return isWhole && (bytes >= before || performance.now() - grownMs >= QUIET_MS)
  })
  stop.abort()
  const seconds = (grownMs - startMs) / 1_000
  return [
    ['a lost disk refilled after, s', seconds.toFixed(1)],
    ['refilled with, MB/s', (bytes / 1e6 / seconds).toFixed(1)],
    ['puts a second before', whole(rateBefore)],
    ['puts a second meanwhile', whole(median(await rates))],
    ['longest stall of an event loop, ms', whole(await longestStallMs(cluster))],
  ]
}

/** One after the other, of a few seconds each. */
async function ratesUntil(cluster: AnilloCluster, signal: AbortSignal): Promise<number[]> {
  const rates: number[] = []
  while (!signal.aborted) rates.push(await rateOf(cluster))
  return rates
}

async function rateOf(cluster: AnilloCluster): Promise<number> {
  const job = { clients: CLIENTS, seconds: RATE_SECONDS, keys: 'hot' } as const
  const run = await load(cluster, { operation: 'put', ...job })
  return run.operations / run.seconds
}

async function medianDisk(cluster: AnilloCluster): Promise<number> {
  const names = await cluster.names()
  return median(await Promise.all(names.map((name) => stateBytes(cluster, name))))
}

/** Of the database, without the log. */
async function stateBytes(cluster: AnilloCluster, name: string): Promise<number> {
  const member = join(cluster.directory, 'members', name)
  const files = await readdir(member, { recursive: true })
  const ofState = files.filter((file) => /store\/state/.test(file))
  const sizes = await Promise.all(
    ofState.map(async (file) => {
      const found = await stat(join(member, file)).catch(() => undefined)
      return found?.isFile() === true ? found.size : 0
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function longestStallMs(cluster: AnilloCluster): Promise<number> {
  const stalls = await Promise.all(
    cluster.doors.map(async (door) => {
      const text = await (await fetch(`http://${door}/metrics`)).text()
      return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(text)?.[1] ?? 0) * 1_000
    }),
  )
  return Math.max(...stalls)
}
