/**
 * Appends to the write-ahead log on this machine's disk, beside a bare write and datasync of the
 * same bytes into a file of full length: what the log adds is sealing, batches and wake-ups.
 */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { MIB } from '../src/base/limits.ts'
import { CIPHER_KEY_BYTES } from '../src/effects/cipher.ts'
import { platformCipher } from '../src/platform/cipher.ts'
import { platformClock } from '../src/platform/clock.ts'
import { platformDisk } from '../src/platform/disk.ts'
import { platformRandom } from '../src/platform/random.ts'
import { openLog } from '../src/store/log/log.ts'
import { BATCH_EXTRA_BYTES, sealBatch } from '../src/store/log/segment.ts'
import type { WriteAheadLog } from '../src/store/log/types.ts'
import { partitionIdOf, PARTITIONS, type PartitionId } from '../src/wire/partition.ts'
import type { Bench } from './bench.ts'
import { table } from './table.ts'

/** As a put of 256 bytes in the log: value, names, session. */
const DATA_BYTES = 400
const WRITERS = [1, 32, 128] as const
const ROUNDS = 5
const ROUND_MS = 600
const SEALS = 20_000
const RAW_FILE_BYTES = 64 * MIB

interface Round {
  readonly appendsPerSecond: number
  readonly p50Us: number
  readonly p99Us: number
}

/** One entry after the other, each on the medium when it resolves. */
type Append = (writer: number) => Promise<void>

export const benchLog: Bench = async (_, print) => {
  const root = await mkdtemp(join(tmpdir(), 'anillo-bench-log-'))
  try {
    print(`seal and checksum of a batch of ${DATA_BYTES} bytes: ${sealUs().toFixed(1)} us`)
    print('')
    print(`${DATA_BYTES} bytes an entry, the median of ${ROUNDS} rounds of ${ROUND_MS} ms each`)
    print('')
    const rows: string[][] = []
    for (const writers of WRITERS) rows.push(...(await measure(root, writers)))
    const heads = ['', 'writers', 'appends/s', 'p50, us', 'p99, us', 'of bare syncs']
    for (const line of table(heads, rows)) print(line)
  } finally {
    await rm(root, { recursive: true })
  }
}

async function measure(root: string, writers: number): Promise<readonly string[][]> {
  const opened = await openBenchLog(root, writers)
  const bare = await openBare(join(root, `bare-${writers}`))
  const ours: Round[] = []
  const theirs: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await appendMany(writers, opened.append))
    // A lone writer: syncs of one file wait for one another.
    theirs.push(await appendMany(1, bare.append))
  }
  await opened.log.close()
  await bare.close()
  const [log, file] = [median(ours), median(theirs)]
  const ratio = `${(log.appendsPerSecond / file.appendsPerSecond).toFixed(1)}x`
  return [
    ['log', String(writers), ...cells(log), ratio],
    ['bare write and datasync', '1', ...cells(file), '1.0x'],
  ]
}

async function openBenchLog(
  root: string,
  writers: number,
): Promise<{ readonly log: WriteAheadLog; readonly append: Append }> {
  const random = platformRandom()
  const { log } = await openLog(
    {
      disk: platformDisk(root),
      cipher: platformCipher(),
      clock: platformClock(),
      random,
    },
    {
      path: `log-${writers}`,
      key: random.bytes(CIPHER_KEY_BYTES),
      onFailure: (error) => {
        throw error
      },
    },
  )
  const data = random.bytes(DATA_BYTES)
  const indexes = new Map<PartitionId, number>()
  const append: Append = (writer) => {
    const group = partitionIdOf(writer % PARTITIONS)
    const index = (indexes.get(group) ?? 0) + 1
    indexes.set(group, index)
    const entry = { index, term: 1, timeMs: 1_800_000_000_000, kind: 'command', data } as const
    return log.append([{ kind: 'entries', group, entries: [entry] }])
  }
  return { log, append }
}

async function openBare(path: string): Promise<{ append: Append; close(): Promise<void> }> {
  const file = await open(path, 'w')
  await file.truncate(RAW_FILE_BYTES)
  await file.sync()
  const bytes = platformRandom().bytes(DATA_BYTES)
  let at = 0
  return {
    append: async () => {
      await file.write(bytes, 0, bytes.length, at)
      at = (at + bytes.length) % (RAW_FILE_BYTES - bytes.length)
      await file.datasync()
    },
    close: () => file.close(),
  }
}

async function appendMany(writers: number, append: Append): Promise<Round> {
  const latenciesUs: number[] = []
  const startMs = performance.now()
  const write = async (writer: number): Promise<void> => {
    for (;;) {
      const fromMs = performance.now()
      if (fromMs >= startMs + ROUND_MS) return
      await append(writer)
      latenciesUs.push((performance.now() - fromMs) * 1e3)
    }
  }
  await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
  const tookMs = performance.now() - startMs
  const sorted = Float64Array.from(latenciesUs).sort()
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0
  return {
    appendsPerSecond: (sorted.length / tookMs) * 1e3,
    p50Us: at(0.5),
    p99Us: at(0.99),
  }
}

function median(rounds: readonly Round[]): Round {
  const of = (pick: (round: Round) => number): number =>
    Float64Array.from(rounds, pick).sort()[rounds.length >> 1] ?? 0
  return {
    appendsPerSecond: of((round) => round.appendsPerSecond),
    p50Us: of((round) => round.p50Us),
    p99Us: of((round) => round.p99Us),
  }
}

function cells({ appendsPerSecond, p50Us, p99Us }: Round): string[] {
  return [appendsPerSecond, p50Us, p99Us].map((value) => Math.round(value).toLocaleString('en'))
}

/** What one batch costs the event loop besides its system calls. */
function sealUs(): number {
  const cipher = platformCipher()
  const key = platformRandom().bytes(CIPHER_KEY_BYTES)
  const payload = new Uint8Array(DATA_BYTES)
  const into = new Uint8Array(DATA_BYTES + BATCH_EXTRA_BYTES)
  const seal = (): void => {
    const place = { segment: 1, sequence: 1, offset: 1 }
    sealBatch(cipher, { place, key, payload, into })
  }
  for (let i = 0; i < SEALS; i++) seal()
  const startMs = performance.now()
  for (let i = 0; i < SEALS; i++) seal()
  return ((performance.now() - startMs) / SEALS) * 1e3
}
