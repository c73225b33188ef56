/**
 * What a partition's state says of chunks: a row a chunk, its pins and its references as sets, and
 * two orders by age, of pins and of chunks that nothing holds. Names of keys are fixed in width, so
 * that byte order is order of time.
 */
import { assert, present } from '../../base/assert.ts'
import { CompactReader, CompactWriter } from '../../wire/compact.ts'
import { partitionIdOf, type PartitionId } from '../../wire/partition.ts'
import type { PartitionWork, RecordKey } from '../partition/procedure.ts'

/** `sk` is the hash. */
export const CHUNKS_TABLE = 'chunks'
/** `pk` is the hash, `sk` the upload. */
export const PINS_TABLE = 'chunkPins'
/** `pk` is the hash, `sk` the reference. */
export const REFERENCES_TABLE = 'chunkReferences'
/** `sk` is time of pinning, hash, upload. */
export const PINS_BY_AGE_TABLE = 'chunkPinsByAge'
/** `sk` is the time since when nothing holds it, hash. */
export const FREE_TABLE = 'chunksFree'
/** In the partition of the record: `sk` is an upload that will never refer to anything. */
export const VOID_TABLE = 'uploadsVoid'

export const CHUNK_TABLES = [
  CHUNKS_TABLE,
  PINS_TABLE,
  REFERENCES_TABLE,
  PINS_BY_AGE_TABLE,
  FREE_TABLE,
  VOID_TABLE,
] as const

/** These tables are walked as a whole. */
export const WHOLE_PK = 'all'

const TIME_DIGITS = 15
const NO_BYTES = new Uint8Array(0)
const writer = new CompactWriter()

export interface ChunkRow {
  readonly bytes: number
  /**
   * Index of the entry that made the row. A file on a holder's disk bears it: a collection at a
   * later index removes it, an earlier one that is applied again after a restart does not.
   */
  readonly sinceIndex: number
  /** Logged time since when there is no pin and no reference. */
  readonly freeSinceMs: number | undefined
}

export interface PinRow {
  readonly partition: PartitionId
  readonly pinnedAtMs: number
}

export function chunkKey(hash: string): RecordKey {
  return { table: CHUNKS_TABLE, pk: WHOLE_PK, sk: hash }
}

export function pinKey(hash: string, upload: string): RecordKey {
  return { table: PINS_TABLE, pk: hash, sk: upload }
}

export function referenceKey(hash: string, reference: string): RecordKey {
  return { table: REFERENCES_TABLE, pk: hash, sk: reference }
}

export function voidKey(upload: string): RecordKey {
  return { table: VOID_TABLE, pk: WHOLE_PK, sk: upload }
}

function pinByAgeKey(pin: PinRow, hash: string, upload: string): RecordKey {
  const sk = `${timeText(pin.pinnedAtMs)} ${hash} ${upload}`
  return { table: PINS_BY_AGE_TABLE, pk: WHOLE_PK, sk }
}

function freeKey(freeSinceMs: number, hash: string): RecordKey {
  return { table: FREE_TABLE, pk: WHOLE_PK, sk: `${timeText(freeSinceMs)} ${hash}` }
}

/** Sorts as the time does. */
export function timeText(timeMs: number): string {
  return String(Math.max(0, Math.floor(timeMs))).padStart(TIME_DIGITS, '0')
}

/** Of an `sk` in one of the orders by age. */
export function parseByAge(sk: string): {
  readonly atMs: number
  readonly hash: string
  readonly upload: string | undefined
} {
  const [time, hash, upload] = sk.split(' ')
  return { atMs: Number(time), hash: present(hash, 'hash in an order by age'), upload }
}

function encodeChunkRow(row: ChunkRow): Uint8Array {
  writer.clear()
  writer.number(row.bytes)
  writer.number(row.sinceIndex)
  writer.number(row.freeSinceMs === undefined ? 0 : Math.floor(row.freeSinceMs) + 1)
  return writer.view().slice()
}

export function decodeChunkRow(value: Uint8Array): ChunkRow {
  const read = new CompactReader(value)
  const bytes = read.number()
  const sinceIndex = read.number()
  const free = read.number()
  assert(read.isDone, 'a row of a chunk')
  return { bytes, sinceIndex, freeSinceMs: free === 0 ? undefined : free - 1 }
}

export function decodePinRow(value: Uint8Array): PinRow {
  const read = new CompactReader(value)
  const partition = partitionIdOf(read.number())
  const pinnedAtMs = read.number()
  assert(read.isDone, 'a row of a pin')
  return { partition, pinnedAtMs }
}

function encodePinRow(pin: PinRow): Uint8Array {
  writer.clear()
  writer.number(pin.partition)
  writer.number(pin.pinnedAtMs)
  return writer.view().slice()
}

export function readChunk(work: Pick<PartitionWork, 'get'>, hash: string): ChunkRow | undefined {
  const record = work.get(chunkKey(hash))
  return record === undefined ? undefined : decodeChunkRow(record.value)
}

/** Keeps the order of free chunks in step with the row. */
export function writeChunk(work: PartitionWork, hash: string, row: ChunkRow): void {
  const before = readChunk(work, hash)
  if (before?.freeSinceMs !== undefined) work.delete(freeKey(before.freeSinceMs, hash))
  if (row.freeSinceMs !== undefined) work.put(freeKey(row.freeSinceMs, hash), NO_BYTES)
  work.put(chunkKey(hash), encodeChunkRow(row))
}

export function removeChunk(work: PartitionWork, hash: string): void {
  const before = readChunk(work, hash)
  if (before?.freeSinceMs !== undefined) work.delete(freeKey(before.freeSinceMs, hash))
  work.delete(chunkKey(hash))
}

export function writePin(work: PartitionWork, hash: string, upload: string, pin: PinRow): void {
  removePin(work, hash, upload)
  work.put(pinKey(hash, upload), encodePinRow(pin))
  work.put(pinByAgeKey(pin, hash, upload), NO_BYTES)
}

export function removePin(work: PartitionWork, hash: string, upload: string): void {
  const before = work.get(pinKey(hash, upload))
  if (before === undefined) return
  work.delete(pinByAgeKey(decodePinRow(before.value), hash, upload))
  work.delete(pinKey(hash, upload))
}

/** There is a pin or a reference. */
export function isHeld(work: PartitionWork, hash: string): boolean {
  return [PINS_TABLE, REFERENCES_TABLE].some(
    (table) => work.list({ table, pk: hash, limit: 1 }).length > 0,
  )
}
