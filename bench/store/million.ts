/** Many records: memory, a restart, and a member that lost its disk. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { MIB } from '../../src/base/limits.ts'
import { PARTITIONS } from '../../src/wire/partition.ts'
import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import { AnilloCluster } from './anillo-cluster.ts'
import { fill } from './fill.ts'
import { VALUE_BYTES } from './job.ts'
import { load } from './load.ts'
import { median, whole } from './throughput.ts'
import { longestTurns, turnWatchEnvironment } from './turns.ts'
import { memoryOf, usageOf } from './usage.ts'

const CLIENTS = 64
/** The third of them. */
const LOST = 'n3'
const LOST_AT = 2
const SETTLE_MS = 15_000
const REFILL_TIMEOUT_MS = 900_000
/** Telling metrics costs a member some ms. */
const LOOK_EVERY_MS = 500
const RATE_SECONDS = 4
const RATES_BEFORE = 3

export async function benchMillion(
  { members, records }: { readonly members: number; readonly records: number },
  print: PrintLine,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'anillo-bench-turns-'))
  const env = await turnWatchEnvironment(directory)
  const cluster = await AnilloCluster.start(members, { env, restarts: true })
  try {
    const bench = new Million(cluster, directory)
    print(`${members} members, ${records.toLocaleString('en')} records of ${VALUE_BYTES} bytes`)
    print('')
    const rows = [...(await bench.fill(records)), ...(await bench.restart())]
    if (members > 1) rows.push(...(await bench.refill()))
    for (const line of table(['', ''], rows)) print(line)
    print('')
  } finally {
    await cluster.stop()
    await rm(directory, { recursive: true })
  }
}

class Million {
  readonly #cluster: AnilloCluster
  /** Of what `turn-watch.ts` writes. */
  readonly #turns: string
  #phaseAtMs = Date.now()

  constructor(cluster: AnilloCluster, turns: string) {
    this.#cluster = cluster
    this.#turns = turns
  }

  async fill(records: number): Promise<string[][]> {
    const cluster = this.#cluster
    this.#begin()
    const before = await usageOf(await cluster.pids())
    const { refusals, seconds } = await fill(cluster, records)
    const after = await usageOf(await cluster.pids())
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
    const cpuSeconds = after.cpuSeconds - before.cpuSeconds
    return [
      ['records a second while they are written', whole(records / seconds)],
      ['batches sent again', String(refusals)],
      ['CPU of all members, us a record', whole((cpuSeconds / records) * 1e6)],
      ...(await this.#memory('written')),
      ['database a member, MiB', whole((await this.#onDisk(/^store\/state/)) / MIB)],
      ['log a member, MiB', whole((await this.#onDisk(/^store\/log\//)) / MIB)],
      ...(await this.#stalls('writing')),
    ]
  }

  async restart(): Promise<string[][]> {
    const cluster = this.#cluster
    await cluster.down()
    this.#begin()
    const startMs = performance.now()
    await cluster.up()
    const seconds = (performance.now() - startMs) / 1_000
    const { cpuSeconds } = await usageOf(await cluster.pids())
    return [
      ['restart of all to ready, s', seconds.toFixed(1)],
      ['CPU of all members until then, s', cpuSeconds.toFixed(1)],
      ...(await this.#stalls('restart')),
      ...(await this.#memory('restarted')),
    ]
  }

  /** The others serve puts all the while, as they did before. */
  async refill(): Promise<string[][]> {
    const cluster = this.#cluster
    const doors = cluster.doors.filter((_, at) => at !== LOST_AT)
    const before = await ratesWhile(cluster, doors, (rates) => rates < RATES_BEFORE)
    this.#begin()
    const door = await this.#doorOf(LOST)
    await this.#loseDisk()
    let isDone = false
    const during = ratesWhile(cluster, doors, () => !isDone)
    const refilled = await this.#refilled(door).finally(() => {
      isDone = true
    })
    const rateBefore = median(before)
    const rate = median(await during)
    const { bytes, seconds, secondsFilling } = refilled
    return [
      ['a member that lost its disk votes again in all groups after, s', seconds.toFixed(1)],
      ['records fetched, MB', whole(bytes / 1e6)],
      ['from the first to the last of them, s', secondsFilling.toFixed(1)],
      ['MB a second', (bytes / 1e6 / secondsFilling).toFixed(1)],
      ['puts a second before', whole(rateBefore)],
      ['puts a second meanwhile', `${whole(rate)} (${Math.round((100 * rate) / rateBefore)} %)`],
      ...(await this.#stalls('refill')),
      ...(await this.#memory('refilled')),
    ]
  }

  /** `anillo up` starts it again, as a new member. */
  async #loseDisk(): Promise<void> {
    const pid = await this.#cluster.pidOf(LOST)
    await rm(this.#directoryOf(LOST), { recursive: true })
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  }

  async #refilled(door: URL): Promise<{ bytes: number; seconds: number; secondsFilling: number }> {
    const startMs = performance.now()
    let bytes = 0
    let beganMs = startMs
    let endedMs = startMs
    for (;;) {
      const nowMs = performance.now()
      if (nowMs - startMs > REFILL_TIMEOUT_MS) throw new Error('the member is not refilled in time')
      // Its door may not be open yet.
      const metrics = await this.#metricsAt(door).catch(() => '')
      const bytesNow = valueIn(metrics, 'anillo_store_snapshot_bytes_in_total')
      if (bytesNow > bytes) endedMs = performance.now()
      if (bytesNow === 0) beganMs = nowMs
      bytes = bytesNow
      const role = (name: string): number => valueIn(metrics, `anillo_replicas{role="${name}"}`)
      if (role('leader') + role('voter') === PARTITIONS) break
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
    }
    const seconds = (performance.now() - startMs) / 1_000
    return { bytes, seconds, secondsFilling: (endedMs - beganMs) / 1_000 }
  }

  async #metricsAt(door: URL): Promise<string> {
    return (await this.#cluster.fetch(new URL('/metrics', door).href)).text()
  }

  #directoryOf(name: string): string {
    return join(this.#cluster.directory, 'members', name)
  }

  #begin(): void {
    this.#phaseAtMs = Date.now()
  }

  async #stalls(phase: string): Promise<string[][]> {
    const pids = await this.#cluster.pids()
    const { longestCpuMs, longestMs } = await longestTurns(this.#turns, pids, this.#phaseAtMs)
    const cell = `${whole(longestCpuMs)} (${whole(longestMs)})`
    return [[`longest turn of an event loop, ${phase}, ms of CPU (by the clock)`, cell]]
  }

  async #memory(phase: string): Promise<string[][]> {
    const members = await Promise.all((await this.#cluster.pids()).map(memoryOf))
    const most = (mib: (memory: (typeof members)[number]) => number): string =>
      whole(Math.max(...members.map(mib)))
    return [
      [`memory of the largest member, ${phase}, MiB (PSS)`, most(({ pssMib }) => pssMib)],
      [`the same, RSS`, most(({ rssMib }) => rssMib)],
      [`the same, most RSS since its start`, most(({ peakMib }) => peakMib)],
    ]
  }

  /** Where the member answers, while it is up and when it comes again. */
  async #doorOf(name: string): Promise<URL> {
    return new URL((await readFile(join(this.#directoryOf(name), 'door'), 'utf8')).trim())
  }

  /** Of the files of the median member. */
  async #onDisk(which: RegExp): Promise<number> {
    const names = await this.#cluster.names()
    return median(await Promise.all(names.map((name) => bytesOf(this.#directoryOf(name), which))))
  }
}

/** Puts a second, measured one time after the other. */
async function ratesWhile(
  cluster: AnilloCluster,
  doors: readonly string[],
  goesOn: (rates: number) => boolean,
): Promise<number[]> {
  const rates: number[] = []
  while (goesOn(rates.length)) {
    const job = { doors, clients: CLIENTS, seconds: RATE_SECONDS, keys: 'hot' } as const
    const run = await load(cluster, { operation: 'put', ...job })
    rates.push(run.operations / run.seconds)
  }
  return rates
}

async function bytesOf(directory: string, which: RegExp): Promise<number> {
  const files = await readdir(directory, { recursive: true })
  const sizes = await Promise.all(
    files
      .filter((file) => which.test(file))
      .map(async (file) => (await stat(join(directory, file)).catch(() => undefined))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

function valueIn(metrics: string, name: string): number {
  const line = metrics.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}
