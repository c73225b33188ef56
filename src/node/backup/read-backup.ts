/** What a backup holds, read again and held against its manifest. */
import type { DatabaseEntry } from '../../effects/database.ts'
import { contentHashOf, RecordsHash, RowsHash } from '../../store/backup/rows.ts'
import { unpackEntries } from '../../store/state/blocks.ts'
import { damaged } from './archive.ts'
import type { Manifest, PartitionPart } from './manifest.ts'
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

/** Reads all of these partitions. @throws AnilloError BACKUP_DAMAGED */
export async function verifyBackup(
  vault: Vault,
  manifest: Manifest,
  { partitions, onPartition }: Verifying,
): Promise<void> {
  let done = 0
  for (const partition of partitions) {
    for await (const _ of readRows(vault, partition)) continue
    onPartition(++done)
  }
  const hashes = manifest.partitions.map(({ recordsHash }) => recordsHash)
  if (contentHashOf(hashes) !== manifest.contentHash) {
    throw damaged('manifest', 'its hashes do not agree')
  }
}

export interface Verifying {
  /** All of the manifest, or those that this run wrote. */
  readonly partitions: readonly PartitionPart[]
  readonly onPartition: (done: number) => void
}
