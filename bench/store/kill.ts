/** kill -9 of the leader and one more while writers write and readers read. */
import type { PrintLine } from '../bench.ts'
import { table } from '../table.ts'
import { AnilloCluster } from './anillo-cluster.ts'
import type { Cluster } from './cluster.ts'
import { EtcdCluster } from './etcd-cluster.ts'
import { load, type Measured } from './load.ts'
import { missingKeys } from './missing-keys.ts'
import { warmUp } from './warm-up.ts'

const MEMBERS = 5
const VICTIMS = 2
const CLIENTS = 16
const BEFORE_MS = 5_000
const SECONDS = 14

export async function benchKill(hasPeer: boolean, print: PrintLine): Promise<void> {
  print(
    `kill -9 of the leader and one more of ${MEMBERS}, ${CLIENTS} clients;` +
      ' longest time without an answer, ms',
  )
  print('')
  const rows: string[][] = []
  for (const operation of ['put', 'get'] as const) {
    if (hasPeer) rows.push(await killed(await EtcdCluster.start(MEMBERS), operation))
    rows.push(await killed(await AnilloCluster.start(MEMBERS), operation))
  }
  const heads = ['', 'over all', 'worst partition', 'answers', 'failures', 'lost']
  for (const line of table(heads, rows)) print(line)
  print('')
}

async function killed(cluster: Cluster, operation: 'put' | 'get'): Promise<string[]> {
  try {
    await warmUp(cluster)
    const keys = operation === 'put' ? 'new' : 'hot'
    const job = { operation, clients: CLIENTS, seconds: SECONDS, keys, failsOver: true } as const
    const [run, left] = await Promise.all([load(cluster, job), killLater(cluster)])
    const lost = operation === 'put' ? await lostOf(run, { cluster, left }) : '-'
    const partition = cluster.protocol === 'anillo' ? run.partitionGapMs.toFixed(0) : '-'
    const counts = [String(run.operations), String(run.failures), lost]
    return [`${operation}, ${cluster.protocol}`, run.gapMs.toFixed(0), partition, ...counts]
  } finally {
    await cluster.stop()
  }
}

async function killLater(cluster: Cluster): Promise<readonly string[]> {
  await new Promise((resolve) => setTimeout(resolve, BEFORE_MS))
  return cluster.kill(VICTIMS)
}

/** Acknowledged keys that those left do not have. */
async function lostOf(
  { acknowledged }: Measured,
  { cluster, left }: { readonly cluster: Cluster; readonly left: readonly string[] },
): Promise<string> {
  const lost = await missingKeys({ cluster, doors: left }, acknowledged)
  return `${lost} of ${acknowledged.length}`
}
