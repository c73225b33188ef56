/** What the replica of a group says of its chunks, and what its members have. */
import { isAnilloError } from '../../base/errors.ts'
import type { MemberId } from '../../base/ids.ts'
import type { Clock } from '../../effects/clock.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { LIST_RECORDS_MAX } from '../../wire/record-limits.ts'
import type { Replica } from '../group/types.ts'
import type { Peers } from '../peers.ts'
import type { ChunkHolder } from './holder.ts'
import { fetchInventory } from './inventory.ts'
import { CHUNKS_TABLE, decodeChunkRow, REFERENCES_TABLE, WHOLE_PK, type ChunkRow } from './rows.ts'
import type { ChunkShelf } from './shelf.ts'

/** Each directory of a shelf has chunks of one group: these are a group's. */
const DIRECTORIES_PER_GROUP = 4

export function directoriesOf(group: PartitionId): readonly string[] {
  return Array.from({ length: DIRECTORIES_PER_GROUP }, (_, at) =>
    (group * DIRECTORIES_PER_GROUP + at).toString(16).padStart(2, '0'),
  )
}

/** Rows of chunks whose hash begins so, in pages with other work between. */
export async function chunkRows(
  replica: Replica,
  digits: string,
  clock: Clock,
): Promise<ReadonlyMap<string, ChunkRow>> {
  const rows = new Map<string, ChunkRow>()
  const range = { table: CHUNKS_TABLE, pk: WHOLE_PK, prefix: digits, limit: LIST_RECORDS_MAX }
  let start = digits
  for (;;) {
    const { items, hasMore } = replica.list({ ...range, start })
    for (const { sk, value } of items) rows.set(sk, decodeChunkRow(value))
    const last = items.at(-1)
    if (!hasMore || last === undefined) return rows
    start = `${last.sk}0`
    await new Promise<void>((resolve) => clock.soon(resolve))
  }
}

export function isReferred(replica: Replica, hash: string): boolean {
  return replica.list({ table: REFERENCES_TABLE, pk: hash, limit: 1 }).items.length > 0
}

export interface InventoryParts {
  readonly self: MemberId
  readonly peers: Pick<Peers, 'ask'>
  readonly holder: Pick<ChunkHolder, 'isSureOf'>
  readonly shelf: Pick<ChunkShelf, 'list'>
}

export interface InventoryAsk {
  readonly group: PartitionId
  readonly digits: string
  readonly index: number
}

/** What each has; `undefined`: it did not answer, or is not sure. */
export async function inventories(
  parts: InventoryParts,
  members: readonly MemberId[],
  ask: InventoryAsk,
): Promise<ReadonlyMap<MemberId, ReadonlySet<string> | undefined>> {
  const asked = members.map(async (id) => [id, await inventoryOf(parts, id, ask)] as const)
  return new Map(await Promise.all(asked))
}

async function inventoryOf(
  { self, peers, holder, shelf }: InventoryParts,
  member: MemberId,
  { group, digits, index }: InventoryAsk,
): Promise<ReadonlySet<string> | undefined> {
  try {
    if (member !== self) {
      const hashes = await fetchInventory(peers, member, { digits, index })
      return hashes === undefined ? undefined : new Set(hashes)
    }
    return (await holder.isSureOf(group, index)) ? new Set(await shelf.list(digits)) : undefined
  } catch (thrown) {
    if (!isAnilloError(thrown)) throw thrown
    return undefined
  }
}
