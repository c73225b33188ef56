/**
 * A file downloaded by a ring from four sources behind thin links: one sends wrong bytes, one is
 * killed half way. Beside it what the links of those that are right carry at best.
 */
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import { MIB, SECOND_MS } from '../../src/base/limits.ts'
import { AnilloClient } from '../../src/client/client.ts'
import { treeOfBytes } from '../../src/services/share/tree/hash-tree.ts'
import { magnetOf } from '../../src/services/share/tree/magnet.ts'
import { isDownloadOver } from '../../src/wire/download-states.ts'
import type { PrintLine } from '../bench.ts'
import { AnilloCluster } from '../store/anillo-cluster.ts'
import { table } from '../table.ts'
import type { Options } from './options.ts'
import { ThinSource } from './thin-source.ts'

const TIMEOUT_MS = 600 * SECOND_MS
const LOOK_MS = 200

interface Run {
  /** Until all pieces are proven and durable; until they are a file and a share. */
  readonly thereMs: number
  readonly tookMs: number
  readonly bestMs: number
  /** Sent by all links, beside what the file has. */
  readonly wastedBytes: number
  readonly isRight: boolean
}

export async function benchDownloads(options: Options, print: PrintLine): Promise<void> {
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
    const sinceMs = (): number => Date.now() - Date.parse(begun.begunAt)
    let diedMs = 0
    let thereMs = 0
    let last = begun
    while (!isDownloadOver(last.state) && sinceMs() < TIMEOUT_MS) {
      await pause(LOOK_MS)
      last = await shares.findDownload(begun.id)
      if (diedMs === 0 && last.keptPieces >= last.pieces / 2) {
        mortal.kill()
        diedMs = sinceMs()
      }
      if (thereMs === 0 && last.keptPieces === last.pieces) thereMs = sinceMs()
    }
    const tookMs = Date.parse(last.endedAt ?? '') - Date.parse(last.begunAt)
    const untilDeath = (3 * perSecond * diedMs) / SECOND_MS
    const bestMs = diedMs + ((bytes.length - untilDeath) * SECOND_MS) / (2 * perSecond)
    const wastedBytes = all.reduce((sum, { sent }) => sum + sent, 0) - bytes.length
    return {
      thereMs,
      tookMs,
      bestMs,
      wastedBytes,
      isRight: await isSame(cluster, last.path, bytes),
    }
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
  const rows = runs.map(({ bestMs, isRight, thereMs, tookMs, wastedBytes }, at) => [
    `${at + 1}`,
    `${(thereMs / SECOND_MS).toFixed(1)} s`,
    `${(tookMs / SECOND_MS).toFixed(1)} s`,
    `${(bestMs / SECOND_MS).toFixed(1)} s`,
    (bestMs / thereMs).toFixed(2),
    (bestMs / tookMs).toFixed(2),
    `${(wastedBytes / MIB).toFixed(1)} MiB`,
    isRight ? 'yes' : 'NO',
  ])
  const heads = [
    'run',
    'all pieces',
    'whole',
    'links at best',
    'pieces of links',
    'whole of links',
    'sent in vain',
    'right',
  ]
  for (const line of table(heads, rows)) print(line)
}
