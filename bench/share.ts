/**
 * A file downloaded by a ring from four sources behind thin links: one sends wrong bytes, one is
 * killed half way. Beside it what the links of those that are right carry at best.
 */
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import { AnilloClient } from '../src/client/client.ts'
import { treeOfBytes } from '../src/services/share/tree/hash-tree.ts'
import { magnetOf } from '../src/services/share/tree/magnet.ts'
import type { Bench, PrintLine } from './bench.ts'
import { readOptions, type Options } from './share/options.ts'
import { ThinSource } from './share/thin-source.ts'
import { AnilloCluster } from './store/anillo-cluster.ts'
import { table } from './table.ts'

const MIB = 1_048_576
const SECOND_MS = 1_000
const TIMEOUT_MS = 600 * SECOND_MS

interface Run {
  readonly tookMs: number
  readonly bestMs: number
  /** Sent by all links, beside what the file has. */
  readonly wastedBytes: number
  readonly isRight: boolean
}

export const benchShare: Bench = async (args, print) => {
  const options = readOptions(args)
  const { members, mib, rate, runs } = options
  print(`${mib} MiB to a ring of ${members}, from four sources of ${rate} MiB/s each:`)
  print('two are right, one sends wrong bytes, one is killed when half is there')
  print('')
  const cluster = await AnilloCluster.start(members)
  try {
    const measured: Run[] = []
    for (let run = 1; run <= runs; run++) measured.push(await download(cluster, options, run))
    printRuns(measured, print)
  } finally {
    await cluster.stop()
  }
}

async function download(cluster: AnilloCluster, options: Options, run: number): Promise<Run> {
  const bytes = randomBytes(options.mib * MIB)
  const tree = treeOfBytes(bytes)
  const perSecond = options.rate * MIB
  const right = { bytes, layer: tree.layer }
  const wrong = { bytes: Buffer.alloc(bytes.length, 0x55), layer: tree.layer }
  const mortal = new ThinSource(right, perSecond)
  const others = [right, right, wrong].map((file) => new ThinSource(file, perSecond))
  const all = [mortal, ...others]
  const urls = await Promise.all(all.map((source) => source.listen()))
  try {
    const { shares } = clientOf(cluster)
    const magnet = magnetOf({ ...tree, name: `bench-${run}` }, urls)
    const begun = await shares.download({ magnet })
    let diedMs = 0
    let last = begun
    for await (const told of shares.watch(begun.id, AbortSignal.timeout(TIMEOUT_MS))) {
      last = told
      if (diedMs > 0 || told.keptPieces < told.pieces / 2) continue
      mortal.kill()
      diedMs = Date.now() - Date.parse(begun.begunAt)
    }
    const tookMs = Date.parse(last.endedAt ?? '') - Date.parse(last.begunAt)
    const untilDeath = (3 * perSecond * diedMs) / SECOND_MS
    const bestMs = diedMs + ((bytes.length - untilDeath) * SECOND_MS) / (2 * perSecond)
    const wastedBytes = all.reduce((sum, { sent }) => sum + sent, 0) - bytes.length
    return { tookMs, bestMs, wastedBytes, isRight: await isSame(cluster, last.path, bytes) }
  } finally {
    for (const source of all) source.kill()
  }
}

function clientOf(cluster: AnilloCluster): AnilloClient {
  const world = {
    fetch: (url: string, init: RequestInit) => cluster.fetch(url, init),
    pause: (delayMs: number) => pause<void>(delayMs),
    newKey: () => crypto.randomUUID(),
    start: 'npx anillo up',
  }
  return new AnilloClient(
    world,
    cluster.doors.map((door) => `http://${door}`),
  )
}

async function isSame(cluster: AnilloCluster, path: string, bytes: Uint8Array): Promise<boolean> {
  const { sha256 } = await clientOf(cluster).files.stat(path)
  return sha256 === createHash('sha256').update(bytes).digest('hex')
}

function printRuns(runs: readonly Run[], print: PrintLine): void {
  const rows = runs.map(({ bestMs, isRight, tookMs, wastedBytes }, at) => [
    `${at + 1}`,
    `${(tookMs / SECOND_MS).toFixed(1)} s`,
    `${(bestMs / SECOND_MS).toFixed(1)} s`,
    (bestMs / tookMs).toFixed(2),
    `${(wastedBytes / MIB).toFixed(1)} MiB`,
    isRight ? 'yes' : 'NO',
  ])
  const heads = ['run', 'took', 'links at best', 'of the links', 'sent in vain', 'right']
  for (const line of table(heads, rows)) print(line)
}
