/** Linearizable gets by nobody, by one session and by many, in turns, on one ring. */
import { fileURLToPath } from 'node:url'

import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import { AnilloCluster } from './anillo-cluster.ts'
import { VALUE_BYTES } from './job.ts'
import { load } from './load.ts'
import type { StoreBenchOptions } from './options.ts'
import { median, whole } from './throughput.ts'
import { warmUp } from './warm-up.ts'

const GUESTS_READ = fileURLToPath(new URL('guests-read.ts', import.meta.url))
const SESSIONS = 16

export async function benchAuthorised(
  members: number,
  options: StoreBenchOptions,
  print: PrintLine,
): Promise<void> {
  const env = { NODE_OPTIONS: `--import=${GUESTS_READ}` }
  const cluster = await AnilloCluster.start(members, { env, isFromSources: true })
  try {
    await warmUp(cluster)
    const { runs, seconds } = options
    print(
      `${members} members, gets of ${VALUE_BYTES} bytes, the median (least to most) of ${runs} runs` +
        ` of ${seconds} s each`,
    )
    print('')
    const rows: string[][] = []
    for (const clients of options.clients) rows.push(...(await measure(cluster, clients, options)))
    for (const line of table(['asked by', 'clients', 'a second', 'ratio'], rows)) print(line)
    print('')
  } finally {
    await cluster.stop()
  }
}

async function measure(
  cluster: AnilloCluster,
  clients: number,
  { runs, seconds }: StoreBenchOptions,
): Promise<string[][]> {
  const askers = [
    { name: 'nobody', sessions: 0, rates: new Array<number>() },
    { name: 'one session', sessions: 1, rates: new Array<number>() },
    { name: `${SESSIONS} sessions`, sessions: SESSIONS, rates: new Array<number>() },
  ]
  for (let run = 0; run < runs; run++) {
    for (const { rates, sessions } of askers) {
      const authorizations = await cluster.sessions(sessions)
      const job = { operation: 'get', clients, seconds, keys: 'hot', authorizations } as const
      const done = await load(cluster, job)
      if (done.failures > 0) throw new Error(`${done.failures} gets were refused`)
      rates.push(done.operations / done.seconds)
    }
  }
  const base = median(askers[0]?.rates ?? [])
  return askers.map(({ name, rates }) => {
    const rate = median(rates)
    const spread = `${whole(Math.min(...rates))} to ${whole(Math.max(...rates))}`
    const ratio = `${(rate / base).toFixed(2)}x`
    return [name, String(clients), `${whole(rate)} (${spread})`, ratio]
  })
}
