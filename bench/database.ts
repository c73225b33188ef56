/**
 * The database of a member, and the groups' state over it: records of 256 bytes under random keys.
 * `npm run bench -- database [RECORDS]`. Reads go on all the while in the thread that serves, and
 * the longest of them is told.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'

import { present } from '../src/base/assert.ts'
import { parseMemberId } from '../src/base/ids.ts'
import { MIB } from '../src/base/limits.ts'
import type { Database, DatabaseWrite } from '../src/effects/database.ts'
import { platformCipher } from '../src/platform/cipher.ts'
import { platformClock } from '../src/platform/clock.ts'
import { platformDatabases } from '../src/platform/databases.ts'
import { platformRandom } from '../src/platform/random.ts'
import { openState } from '../src/store/state/state.ts'
import type { GroupState, MemberState } from '../src/store/state/types.ts'
import { ALL_PARTITIONS } from '../src/wire/partition.ts'
import type { Bench } from './bench.ts'
import { table } from './table.ts'

const RECORDS = 200_000
const VALUE_BYTES = 256
const KEY_BYTES = 40
const BATCH_RECORDS = 256
/** As the log asks for it: after so many bytes. */
const CHECKPOINT_BYTES = 32 * MIB
/** The host stops applying at so many. */
const UNWRITTEN_BYTES_MAX = 16 * MIB
const READ_EVERY_RECORDS = 16
const READS = 100_000
const NS_PER_MS = 1e6

const random = platformRandom()
const clock = platformClock()
const MARK_CONFIGURATION = { voters: [parseMemberId('1'.repeat(32))], learners: [] }

/** What a stretch of work took. */
class Stopwatch {
  readonly #delay = monitorEventLoopDelay({ resolution: 1 })
  readonly #startMs = performance.now()
  readonly #startCpu = process.cpuUsage()
  #longestReadMs = 0

  constructor() {
    this.#delay.enable()
  }

  read(run: () => unknown): void {
    const startMs = performance.now()
    run()
    this.#longestReadMs = Math.max(this.#longestReadMs, performance.now() - startMs)
  }

  row(name: string, count: number): readonly string[] {
    this.#delay.disable()
    const seconds = (performance.now() - this.#startMs) / 1_000
    const { user, system } = process.cpuUsage(this.#startCpu)
    return [
      name,
      (count / seconds).toFixed(0),
      ((user + system) / count).toFixed(1),
      (this.#delay.max / NS_PER_MS).toFixed(1),
      (this.#delay.percentile(99) / NS_PER_MS).toFixed(1),
      this.#longestReadMs.toFixed(1),
      (process.memoryUsage.rss() / MIB).toFixed(0),
    ]
  }
}

export const benchDatabase: Bench = async ([given], print) => {
  const records = given === undefined ? RECORDS : Number.parseInt(given, 10)
  const root = await mkdtemp(join(tmpdir(), 'anillo-bench-'))
  try {
    const rows = [...(await measureDatabase(root, records)), ...(await measureState(root, records))]
    const heads = ['', '/s', 'CPU us', 'stall ms', 'stall p99', 'longest read ms', 'RSS MiB']
    for (const line of table(heads, rows)) print(line)
  } finally {
    await rm(root, { recursive: true })
  }
}

async function measureDatabase(root: string, records: number): Promise<readonly string[][]> {
  const database = await platformDatabases(root).open('database')
  const keys = Array.from({ length: records }, () => random.bytes(KEY_BYTES))
  const writing = new Stopwatch()
  let sinceCheckpoint = 0
  for (let at = 0; at < records; at += BATCH_RECORDS) {
    const batch = keys.slice(at, at + BATCH_RECORDS).toSorted(Buffer.compare)
    const written = database.write(batch.map((key) => putOf(key)))
    for (let i = 0; i < BATCH_RECORDS; i += READ_EVERY_RECORDS) readOne(database, keys, writing)
    await written
    sinceCheckpoint += BATCH_RECORDS * VALUE_BYTES
    if (sinceCheckpoint < CHECKPOINT_BYTES) continue
    await database.checkpoint()
    sinceCheckpoint = 0
  }
  const written = writing.row('database: records written, batches of 256', records)
  const reading = new Stopwatch()
  for (let i = 0; i < READS; i++) readOne(database, keys, reading)
  const read = reading.row('database: reads', READS)
  await database.close()
  return [[...written], [...read]]
}

function putOf(key: Uint8Array): DatabaseWrite {
  return { kind: 'put', key, value: random.bytes(VALUE_BYTES) }
}

function readOne(
  from: Pick<Database, 'get'>,
  keys: readonly Uint8Array[],
  stopwatch: Stopwatch,
): void {
  const key = present(keys[random.below(keys.length)], 'key')
  stopwatch.read(() => from.get(key))
}

async function measureState(root: string, records: number): Promise<readonly string[][]> {
  const state = await openOne(root)
  const groups = ALL_PARTITIONS.map((partition) => state.create(partition))
  const keys = Array.from({ length: records }, () => random.bytes(KEY_BYTES))
  const writing = new Stopwatch()
  await apply({ state, groups, keys }, writing)
  await state.checkpoint()
  const written = writing.row('state: records applied and written', records)
  await state.close()
  const opening = new Stopwatch()
  const again = await openOne(root)
  const opened = opening.row('state: opened again', 1)
  const hashing = new Stopwatch()
  for (const partition of ALL_PARTITIONS) await again.stateHash(partition)
  const hashed = hashing.row('state: records hashed', records)
  const reading = new Stopwatch()
  for (let i = 0; i < READS; i++) {
    const at = random.below(keys.length)
    const group = present(again.groups.get(present(ALL_PARTITIONS[at % 64], 'partition')), 'group')
    const key = present(keys[at], 'key')
    reading.read(() => present(group.get(key), 'record'))
  }
  const read = reading.row('state: reads', READS)
  await again.close()
  return [[...written], [...opened], [...hashed], [...read]]
}

function openOne(root: string): Promise<MemberState> {
  const effects = { databases: platformDatabases(root), cipher: platformCipher(), random, clock }
  const onFailure = (error: unknown): never => {
    throw error
  }
  return openState(effects, { path: 'state', key: new Uint8Array(32), onFailure })
}

interface Applying {
  readonly state: MemberState
  readonly groups: readonly GroupState[]
  readonly keys: readonly Uint8Array[]
}

/** One record an entry, in some sixteen a turn; held back as the host holds back. */
async function apply({ state, groups, keys }: Applying, stopwatch: Stopwatch): Promise<void> {
  let sinceCheckpoint = 0
  let checkpoint: Promise<unknown> = Promise.resolve()
  for (const [at, key] of keys.entries()) {
    const group = present(groups[at % groups.length], 'group')
    const mark = { applied: { index: at + 1, term: 1 }, configuration: MARK_CONFIGURATION }
    group.commit([putOf(key)], mark)
    if (at % READ_EVERY_RECORDS !== 0) continue
    stopwatch.read(() => group.get(key))
    stopwatch.read(() => group.get(present(keys[random.below(at + 1)], 'key')))
    await soon()
    while (state.unwrittenBytes > UNWRITTEN_BYTES_MAX) await soon()
    sinceCheckpoint += READ_EVERY_RECORDS * VALUE_BYTES
    if (sinceCheckpoint < CHECKPOINT_BYTES) continue
    sinceCheckpoint = 0
    await checkpoint
    checkpoint = state.checkpoint()
  }
  await checkpoint
}

function soon(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
