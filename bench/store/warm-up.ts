/** Runs a store until it is as it stays: programs compiled, connections open, sessions begun. */
import type { Cluster } from './cluster.ts'
import { GET_KEYS, PUT_KEYS } from './job.ts'
import { load } from './load.ts'

const CLIENTS = 64
/** Of puts, after all keys are there, then of gets. */
const SECONDS = 12
const FILL_SECONDS_MAX = 120

export async function warmUp(cluster: Cluster): Promise<void> {
  const count = Math.max(GET_KEYS, PUT_KEYS)
  const filling = { clients: CLIENTS, seconds: FILL_SECONDS_MAX, keys: 'fill', count } as const
  await load(cluster, { operation: 'put', ...filling })
  for (const operation of ['put', 'get'] as const) {
    await load(cluster, { operation, clients: CLIENTS, seconds: SECONDS, keys: 'hot' })
  }
}
