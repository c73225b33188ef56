/** What a backup holds, read again and held against its manifest. */
import { concat } from '../../base/bytes.ts'
import type { DatabaseEntry } from '../../effects/database.ts'
import { ChunksInRows, type ChunkInRows } from '../../store/backup/chunk-rows.ts'
import { RecordsHash, RowsHash } from '../../store/backup/rows.ts'
import { checkedChunk, type SoundChunk } from '../../store/chunks/sound-chunk.ts'
import { unpackEntries } from '../../store/state/blocks.ts'
import { damaged } from './archive.ts'
import type { PartitionPart } from './manifest.ts'
import { readPart, type Vault } from './sealed-parts.ts'

/**
 * Rows of a partition, some at a time, in order. What it gave before it throws is not to be used.
 * @throws AnilloError BACKUP_DAMAGED
 */
export async function* readRows(
  vault: Vault,
  { part, rowsHash, recordsHash }: PartitionPart,
): AsyncGenerator<readonly DatabaseEntry[]> {
  const rows = new RowsHash()
  const records = new RecordsHash()
  for await (const block of readPart(vault, part)) {
    const entries = unpackEntries(block)
    if (entries === undefined) throw damaged(part, 'rows in it cannot be read')
    rows.add(entries)
    records.add(entries)
    yield entries
  }
  if (rows.digestHex() !== rowsHash || records.digestHex() !== recordsHash) {
    throw damaged(part, 'it is not what the backup says')
  }
}

export interface BackupChunk extends ChunkInRows {
  /** Its part of the archive. */
  readonly part: string
}

/** Reads a partition to its end. @throws AnilloError BACKUP_DAMAGED */
export async function chunksOf(
  vault: Vault,
  partition: PartitionPart,
): Promise<readonly BackupChunk[]> {
  const found = new ChunksInRows()
  for await (const entries of readRows(vault, partition)) found.add(entries)
  return found.chunks().map(namedChunk)
}

export function namedChunk(chunk: ChunkInRows): BackupChunk {
  return { ...chunk, part: `chunks/${chunk.hash.slice(0, 2)}/${chunk.hash}` }
}

/**
 * `undefined`: an upload had not brought it yet. @throws AnilloError BACKUP_DAMAGED also where a
 * record refers to it and it is not here
 */
export async function readChunkPart(
  vault: Vault,
  { part, hash, isReferred }: BackupChunk,
): Promise<SoundChunk | undefined> {
  if (!isReferred && !(await vault.archive.has(part))) return undefined
  const blocks: Uint8Array[] = []
  for await (const block of readPart(vault, part)) blocks.push(block)
  const chunk = checkedChunk(hash, concat(blocks))
  if (chunk === undefined) throw damaged(part, 'it is not what its hash says')
  return chunk
}
