/** Rows of the index of a partition: from the replica here, where there is one, else the ring. */
import type { GroupHost } from '../../../store/group/types.ts'
import type { Store } from '../../../store/types.ts'
import type { PartitionId } from '../../../wire/partition.ts'
import { SHARDS_AT_ONCE } from './limits.ts'
import { shardPk, SHARDS, WORDS_TABLE } from './shard-rows.ts'
import type { ShardRows } from './shard-search.ts'

export interface ShardReaderTools {
  readonly held: Pick<GroupHost, 'replica'>
  readonly store: Pick<Store, 'get' | 'list'>
}

export function shardRows(
  { held, store }: ShardReaderTools,
  shard: PartitionId,
  signal: AbortSignal,
): ShardRows {
  const place = { table: WORDS_TABLE, pk: shardPk(shard) }
  const here = held.replica(shard)
  if (here !== undefined) {
    return {
      get: async (sk) => here.get({ ...place, sk })?.value,
      list: async (range) => here.list({ ...place, ...range }).items,
    }
  }
  return {
    get: async (sk) => (await store.get({ ...place, sk }, { signal }))?.value,
    list: async (range) => (await store.list({ ...place, ...range }, { signal })).items,
  }
}

/** So many at once. */
export async function atEachShard(work: (shard: PartitionId) => Promise<void>): Promise<void> {
  const waiting = [...SHARDS]
  const lane = async (): Promise<void> => {
    for (let shard = waiting.shift(); shard !== undefined; shard = waiting.shift()) {
      await work(shard)
    }
  }
  await Promise.all(Array.from({ length: SHARDS_AT_ONCE }, lane))
}
