/** A microblog's load on rings of some members, and on what people would take instead. */
import type { Bench, PrintLine } from './bench.ts'
import { memory, type DweetMemory } from './dweet/memory.ts'
import { readOptions, type DweetBenchOptions } from './dweet/options.ts'
import { startPostgres } from './dweet/postgres.ts'
import { quantile } from './dweet/quantile.ts'
import { reach, type Reach } from './dweet/reach.ts'
import { startRedis } from './dweet/redis.ts'
import { retwis, type RetwisResult } from './dweet/retwis.ts'
import { startRing } from './dweet/ring.ts'
import type { RunningMicroblog } from './dweet/system.ts'
import { table } from './table.ts'

interface Contender {
  readonly start: () => Promise<RunningMicroblog | undefined>
  /** How it is installed. */
  readonly missing: string
}

export const benchDweet: Bench = async (args, print) => {
  const options = readOptions(args)
  const { dweets, only } = options
  if (only.includes('retwis')) await benchRetwis(options, print)
  if (only.includes('reach')) printReach(await reach(), print)
  if (only.includes('memory')) {
    printMemory(await memory(dweets, (done) => print(`${done} of ${dweets} dweets`)), print)
  }
}

async function benchRetwis(options: DweetBenchOptions, print: PrintLine): Promise<void> {
  const { clients, mix, seconds, users } = options
  const shares = `register ${mix.register} %, follow ${mix.follow} %, dweet ${mix.post} %`
  print(`Retwis: ${users} people, ${clients} clients, ${seconds} s; ${shares}, the rest timelines`)
  print('')
  const measured: { readonly name: string; readonly result: RetwisResult }[] = []
  for (const { missing, start } of contenders(options)) {
    const running = await start()
    if (running === undefined) {
      print(`Left out: ${missing}`)
      continue
    }
    try {
      measured.push({ name: running.name, result: await retwis(running, options) })
    } finally {
      await running.stop()
    }
  }
  printTable(measured, print)
}

function contenders({ members, peers }: DweetBenchOptions): readonly Contender[] {
  const redis = 'apt-get install redis-server, npm i --prefix DIR ioredis, and --peers DIR'
  const postgres = 'apt-get install postgresql, npm i --prefix DIR pg, and --peers DIR'
  return [
    ...members.map((count) => ({ start: () => startRing(count), missing: '' })),
    { start: () => startRedis(0, peers), missing: redis },
    { start: () => startRedis(2, peers), missing: redis },
    { start: () => startPostgres(0, peers), missing: postgres },
    { start: () => startPostgres(2, peers), missing: postgres },
  ]
}

function printTable(
  measured: readonly { readonly name: string; readonly result: RetwisResult }[],
  print: PrintLine,
): void {
  const heads = [
    '',
    'a second',
    'ratio',
    'p50',
    'p99',
    'dweet p99',
    'timeline p99',
    'CPU us',
    'rows',
  ]
  const most = Math.max(...measured.map(({ result }) => result.opsPerSecond))
  const rows = measured.map(({ name, result }) => [
    name,
    result.opsPerSecond.toFixed(0),
    `${(result.opsPerSecond / most).toFixed(2)}x`,
    `${result.p50Ms.toFixed(1)} ms`,
    `${result.p99Ms.toFixed(1)} ms`,
    `${result.postP99Ms.toFixed(1)} ms`,
    `${result.timelineP99Ms.toFixed(1)} ms`,
    result.cpuMicrosPerOp.toFixed(0),
    result.rowsPerTimeline.toFixed(1),
  ])
  for (const line of table(heads, rows)) print(line)
  print('')
  for (const { name, result } of measured) {
    if (result.failed > 0) print(`${name}: ${result.failed} failed, first: ${result.problem}`)
  }
}

function printReach({ followees, homeMs, newMs, streamMs }: Reach, print: PrintLine): void {
  print(`A ring of five; a reader who follows ${followees}, at other members than the authors`)
  print('')
  const rows = [
    [`home of ${followees} followees`, homeMs, 50],
    ['until `new` has a dweet', newMs, 1_000],
    ['until the stream tells it', streamMs, 300],
  ] as const
  const cells = rows.map(([name, tookMs, goalMs]) => [
    name,
    `${quantile(tookMs, 0.5).toFixed(1)} ms`,
    `${quantile(tookMs, 0.99).toFixed(1)} ms`,
    `<= ${goalMs} ms`,
  ])
  for (const line of table(['', 'p50', 'p99', 'goal of p99'], cells)) print(line)
  print('')
}

function printMemory({ dweets, emptyMib, fullMib, seconds }: DweetMemory, print: PrintLine): void {
  const more = fullMib - emptyMib
  print(
    `${dweets} dweets on a ring of three in ${seconds.toFixed(0)} s: the largest member takes ` +
      `${fullMib.toFixed(0)} MiB, ${more.toFixed(0)} MiB more than without them (goal 200)`,
  )
}
