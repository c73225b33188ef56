/** Runs a store until it is as it stays: programs compiled, connections open, sessions begun. */
import type { Cluster } from './cluster.ts'
import { GET_KEYS, PUT_KEYS } from './job.ts'
import { load } from './load.ts'

/** As many as the largest cell has: each has a connection and a place in all that grows. */
const CLIENTS = 256
/**
 * Of puts, after all keys are there, then of gets. Programs that are compiled while they run take
 * some 50,000 puts until they are as they stay; half of the CPU of the first thousands is that.
 */
const SECONDS = 30
const FILL_SECONDS_MAX = 120

export async function warmUp(cluster: Cluster): Promise<void> {
  const count = Math.max(GET_KEYS, PUT_KEYS)
  const filling = { clients: CLIENTS, seconds: FILL_SECONDS_MAX, keys: 'fill', count } as const
  await load(cluster, { operation: 'put', ...filling })
  for (const operation of ['put', 'get'] as const) {
    await load(cluster, { operation, clients: CLIENTS, seconds: SECONDS, keys: 'hot' })
  }
}
