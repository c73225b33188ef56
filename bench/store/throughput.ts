/** Puts and linearizable gets of both stores, in turns. */
import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import type { Cluster } from './cluster.ts'
import { VALUE_BYTES, type Operation } from './job.ts'
import { load, type Measured } from './load.ts'
import type { StoreBenchOptions } from './options.ts'
import { warmUp } from './warm-up.ts'

export async function benchThroughput(
  { ours, peer }: { readonly ours: Cluster; readonly peer: Cluster | undefined },
  options: StoreBenchOptions,
  print: PrintLine,
): Promise<void> {
  const members = ours.doors.length
  const { runs, seconds } = options
  print(
    `${members} members, ${VALUE_BYTES} bytes a value, the median (least to most) of ${runs} runs` +
      ` of ${seconds} s each;`,
  )
  print(`CPU in us an operation, of all members and of the generator; memory of all members.`)
  print('')
  const clusters = peer === undefined ? [ours] : [peer, ours]
  for (const cluster of clusters) await warmUp(cluster)
  const rows: string[][] = []
  for (const operation of options.operations) {
    for (const clients of options.clients) {
      const cells = await measure(clusters, { operation, clients, options })
      rows.push(...rowsOf({ operation, clients, cells }))
    }
  }
  const heads = [
    '',
    'clients',
    'a second',
    'ratio',
    'p50, ms',
    'p99, ms',
    'members',
    'generator',
    'MiB',
  ]
  for (const line of table(heads, rows)) print(line)
  print('')
}

interface Cell {
  readonly operation: Operation
  readonly clients: number
  readonly options: StoreBenchOptions
}

type Cells = ReadonlyMap<Cluster, readonly Measured[]>

async function measure(
  clusters: readonly Cluster[],
  { operation, clients, options }: Cell,
): Promise<Cells> {
  const cells = new Map<Cluster, Measured[]>(clusters.map((cluster) => [cluster, []]))
  for (let run = 0; run < options.runs; run++) {
    for (const [cluster, runs] of cells) {
      runs.push(await load(cluster, { operation, clients, seconds: options.seconds, keys: 'hot' }))
    }
  }
  return cells
}

function rowsOf(row: {
  readonly operation: Operation
  readonly clients: number
  readonly cells: Cells
}): string[][] {
  const { cells, clients, operation } = row
  const peer = [...cells].find(([{ protocol }]) => protocol === 'etcd')?.[1]
  const peerRate = peer === undefined ? undefined : median(peer.map(rateOf))
  return Array.from(cells, ([{ protocol }, runs]) => {
    const rates = runs.map(rateOf).toSorted((a, b) => a - b)
    const rate = median(rates)
    const spread = `${whole(rates[0])} to ${whole(rates.at(-1))}`
    const of = (value: (run: Measured) => number): number => median(runs.map(value))
    return [
      `${operation}, ${protocol}`,
      String(clients),
      `${whole(rate)} (${spread})`,
      peerRate === undefined ? '-' : `${(rate / peerRate).toFixed(2)}x`,
      of(({ p50Ms }) => p50Ms).toFixed(2),
      of(({ p99Ms }) => p99Ms).toFixed(1),
      whole(of((run) => (run.serverCpuSeconds / run.operations) * 1e6)),
      whole(of((run) => (run.cpuSeconds / run.operations) * 1e6)),
      whole(of(({ rssMib }) => rssMib)),
    ]
  })
}

function rateOf({ operations, seconds }: Measured): number {
  return operations / seconds
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
}

export function whole(value: number | undefined): string {
  return Math.round(value ?? 0).toLocaleString('en')
}
