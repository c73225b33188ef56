/** Downloads that are not over, in the partitions that this member leads. */
import type { GroupHost } from '../../../store/group/types.ts'
import { ALL_PARTITIONS, pkIn, type PartitionId } from '../../../wire/partition.ts'
import type { ActiveDownload } from '../parts.ts'
import { ACTIVE_LISTED_MAX, ACTIVE_TABLE, readActive } from './download-rows.ts'

type Held = Pick<GroupHost, 'status' | 'replica'>

export function activeHere(held: Held): readonly ActiveDownload[] {
  return ALL_PARTITIONS.flatMap((partition) => activeIn(held, partition))
}

function activeIn(held: Held, partition: PartitionId): readonly ActiveDownload[] {
  const status = held.status(partition)
  if (status?.role !== 'leader' || !status.isReady) return []
  const range = { table: ACTIVE_TABLE, pk: pkIn(ACTIVE_TABLE, partition) }
  const items = held.replica(partition)?.list({ ...range, limit: ACTIVE_LISTED_MAX }).items ?? []
  return items.map(readActive)
}
