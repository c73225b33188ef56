/**
 * What a transaction says of chunks, as messages to their partitions: what is referred to no more
 * goes before what is referred to, so that a chunk of both stays.
 */
import { CHUNKS_PER_MESSAGE_MAX, type ChunkRefer, type ChunkUnrefer } from '../../wire/chunks.ts'
import { partitionOfHash, type PartitionId } from '../../wire/partition.ts'
import type { PartitionWork } from '../partition/procedure.ts'
import type { ChunkChanges, ChunkRef } from '../types.ts'
import { voidKey } from './rows.ts'

/** Refuses with UPLOAD_VOID where the upload was given up. */
export function sendChunkChanges(work: PartitionWork, changes: ChunkChanges): void {
  const { upload, refer, unrefer } = changes
  if (upload !== undefined && work.get(voidKey(upload)) !== undefined) {
    work.refuse('UPLOAD_VOID', { upload })
  }
  for (const [to, chunks] of byPartition(unrefer?.chunks ?? [])) {
    const hashes = chunks.map(({ hash }) => hash)
    const input: ChunkUnrefer = { hashes, reference: unrefer?.reference ?? '' }
    work.send({ to, procedure: 'chunk.unrefer', input })
  }
  for (const [to, chunks] of byPartition(refer?.chunks ?? [])) {
    const links = { chunks: [...chunks], reference: refer?.reference ?? '' }
    const input: ChunkRefer = upload === undefined ? links : { ...links, upload }
    work.send({ to, procedure: 'chunk.refer', input })
  }
}

type Batch = readonly [PartitionId, readonly ChunkRef[]]

/** In order of the partition, at most CHUNKS_PER_MESSAGE_MAX each; each chunk once. */
function byPartition(chunks: readonly ChunkRef[]): readonly Batch[] {
  const unique = new Map(chunks.map(({ hash, bytes }) => [hash, { hash, bytes }]))
  const lists = Map.groupBy(unique.values(), ({ hash }) => partitionOfHash(hash))
  const sorted = [...lists].toSorted(([a], [b]) => a - b)
  return sorted.flatMap(([to, list]) => slices(list).map((slice) => [to, slice] as const))
}

function slices<T>(list: readonly T[]): readonly (readonly T[])[] {
  const cut: T[][] = []
  for (let at = 0; at < list.length; at += CHUNKS_PER_MESSAGE_MAX) {
    cut.push(list.slice(at, at + CHUNKS_PER_MESSAGE_MAX))
  }
  return cut
}
