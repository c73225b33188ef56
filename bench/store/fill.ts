/**
 * Puts many records, each under a partition key of its own, in batches: `POST /v1/kv/bench/PK`. The
 * keys of a batch begin alike up to `/`, so that they lie in one partition.
 */
import type { AnilloCluster } from './anillo-cluster.ts'
import { SORT_KEY, TABLE, VALUE_BYTES } from './job.ts'

const BATCH_RECORDS = 128
/** Of all members together. */
const CLIENTS = 16
const PAUSE_MS = 20

const VALUE = Buffer.alloc(VALUE_BYTES, 'x').toString('base64')

export interface Filled {
  readonly seconds: number
  /** Batches that had to be sent again. */
  readonly refusals: number
}

export async function fill(cluster: AnilloCluster, records: number): Promise<Filled> {
  const { doors } = cluster
  const startMs = performance.now()
  let refusals = 0
  let next = 0
  const client = async (at: number): Promise<void> => {
    const door = doors[at % doors.length] ?? ''
    while (next < records) {
      const first = next
      next += BATCH_RECORDS
      const count = Math.min(BATCH_RECORDS, records - first)
      while (!(await put({ cluster, door, batch: `b${first / BATCH_RECORDS}` }, count))) {
        refusals++
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, (_, at) => client(at)))
  return { seconds: (performance.now() - startMs) / 1_000, refusals }
}

async function put(
  to: { readonly cluster: AnilloCluster; readonly door: string; readonly batch: string },
  count: number,
): Promise<boolean> {
  const { batch, cluster, door } = to
  const writes = Array.from({ length: count }, (_, at) => {
    return { kind: 'put', pk: `${batch}/${at}`, sk: SORT_KEY, value: VALUE }
  })
  const url = `http://${door}/v1/kv/${TABLE}/${encodeURIComponent(`${batch}/0`)}`
  const body = JSON.stringify({ writes })
  const answer = await cluster.fetch(url, { method: 'POST', body }).catch(() => undefined)
  await answer?.arrayBuffer()
  return answer?.ok === true
}
