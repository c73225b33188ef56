/**
 * A chunk's life in the log of its partition (architecture 6; docs/spec/chunks.md). An upload pins
 * it, then has it written, then a record refers to it, which ends the pin. What nothing holds is
 * free; after a grace it is collected. No clock ends a pin: the partition of the record is asked,
 * and answers in the order of its own messages, so that a reference on its way arrives first.
 */
import {
  readChunkCollect,
  readChunkPin,
  readChunkRefer,
  readChunkUnpin,
  readChunkUnrefer,
  readUploadSettle,
  type ChunkUnpin,
} from '../../wire/chunks.ts'
import { partitionIdOf, partitionOfHash } from '../../wire/partition.ts'
import type { PartitionWork } from '../partition/procedure.ts'
import { defineProcedure } from '../partition/procedures.ts'
import {
  CHUNK_TABLES,
  isHeld,
  readChunk,
  referenceKey,
  removeChunk,
  removePin,
  voidKey,
  writeChunk,
  writePin,
} from './rows.ts'

const NO_BYTES = new Uint8Array(0)

/** Answers the index that holders must have applied before they take the bytes. */
export const chunkPin = defineProcedure({
  name: 'chunk.pin',
  readInput: readChunkPin,
  tables: CHUNK_TABLES,
  run(work, { hash, bytes, upload, partition }) {
    hold(work, hash, bytes)
    const pin = { partition: partitionIdOf(partition), pinnedAtMs: work.timeMs }
    writePin(work, hash, upload, pin)
    return { index: work.index }
  },
})

export const chunkRefer = defineProcedure({
  name: 'chunk.refer',
  readInput: readChunkRefer,
  tables: CHUNK_TABLES,
  run(work, { chunks, reference, upload }) {
    for (const { hash, bytes } of chunks) {
      hold(work, hash, bytes)
      work.put(referenceKey(hash, reference), NO_BYTES)
      if (upload !== undefined) removePin(work, hash, upload)
    }
  },
})

export const chunkUnrefer = defineProcedure({
  name: 'chunk.unrefer',
  readInput: readChunkUnrefer,
  tables: CHUNK_TABLES,
  freesRoom: () => true,
  run(work, { hashes, reference }) {
    for (const hash of hashes) {
      work.delete(referenceKey(hash, reference))
      freeIfHeldByNothing(work, hash)
    }
  },
})

/** The upload will never refer to the chunk, or has done so before. */
export const chunkUnpin = defineProcedure({
  name: 'chunk.unpin',
  readInput: readChunkUnpin,
  tables: CHUNK_TABLES,
  freesRoom: () => true,
  run(work, { hash, upload }) {
    removePin(work, hash, upload)
    freeIfHeldByNothing(work, hash)
  },
})

/** Holders remove the bytes when they apply an entry that took the row away. */
export const chunkCollect = defineProcedure({
  name: 'chunk.collect',
  readInput: readChunkCollect,
  tables: CHUNK_TABLES,
  freesRoom: () => true,
  run(work, { hash, graceMs }) {
    const row = readChunk(work, hash)
    if (row === undefined) return { isCollected: false }
    if (row.freeSinceMs === undefined || work.timeMs - row.freeSinceMs < graceMs) {
      return { isCollected: false }
    }
    removeChunk(work, hash)
    return { isCollected: true }
  },
})

/**
 * In the partition of the record. From this entry on the upload cannot commit; the word goes to the
 * chunk's partition behind every reference that was sent before.
 */
export const uploadSettle = defineProcedure({
  name: 'upload.settle',
  readInput: readUploadSettle,
  tables: CHUNK_TABLES,
  freesRoom: () => true,
  run(work, { upload, hash }) {
    if (work.get(voidKey(upload)) === undefined) work.put(voidKey(upload), NO_BYTES)
    const input: ChunkUnpin = { hash, upload }
    work.send({ to: partitionOfHash(hash), procedure: 'chunk.unpin', input })
  },
})

export const CHUNK_PROCEDURES = [
  chunkPin,
  chunkRefer,
  chunkUnrefer,
  chunkUnpin,
  chunkCollect,
  uploadSettle,
] as const

/** The row is there, and not free. */
function hold(work: PartitionWork, hash: string, bytes: number): void {
  const row = readChunk(work, hash)
  if (row === undefined) {
    writeChunk(work, hash, { bytes, sinceIndex: work.index, freeSinceMs: undefined })
  } else if (row.freeSinceMs !== undefined) {
    writeChunk(work, hash, { ...row, freeSinceMs: undefined })
  }
}

function freeIfHeldByNothing(work: PartitionWork, hash: string): void {
  const row = readChunk(work, hash)
  if (row === undefined || row.freeSinceMs !== undefined || isHeld(work, hash)) return
  writeChunk(work, hash, { ...row, freeSinceMs: work.timeMs })
}
