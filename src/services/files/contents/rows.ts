/**
 * Rows of contents, packed, and where they stand. IDs of contents have 32 hex digits.
 *
 *     files.contents  ID   head          state, bytes, the last chunk while it may still grow
 *                          part/OFFSET   up to 256 chunks, from that byte on
 *                          by/HOLDER     who holds it
 *                          gone/HOLDER   released before it was held: that hold is not to count
 *     files.loose     one pk a partition  TIME ID   nobody holds it; gone from then on
 *     files.heard     one pk a partition  asked, from/PARTITION   when (heard.ts)
 *
 * A HOLDER is the id of a file and the number of a version.
 */
import { Type, type Static } from 'typebox'

import { assert } from '../../../base/assert.ts'
import type { PartitionWork, RecordKey, StoredRecord } from '../../../store/partition/procedure.ts'
import type { ChunkRef } from '../../../store/types.ts'
import { CHUNK_BYTES_MAX } from '../../../wire/chunks.ts'
import { CompactReader, CompactWriter } from '../../../wire/compact.ts'
import { CONTENTS_TABLE } from '../../../wire/held-contents.ts'
import { rowBytes, rowReader } from '../../../wire/packed-rows.ts'
import { pkIn, type PartitionId } from '../../../wire/partition.ts'
import { Count, Hex32, Hex64 } from '../../../wire/shapes.ts'

export { CONTENTS_TABLE, partitionOfContent } from '../../../wire/held-contents.ts'
export const LOOSE_TABLE = 'files.loose'
export const HEARD_TABLE = 'files.heard'
export const CONTENT_TABLES = [CONTENTS_TABLE, LOOSE_TABLE, HEARD_TABLE] as const

export const PART_PREFIX = 'part/'
export const HOLDER_PREFIX = 'by/'
export const RELEASED_PREFIX = 'gone/'

const OFFSET_DIGITS = 15
const TIME_DIGITS = 15
const HASH_BYTES = 32
const NICK_CHARS_MAX = 256
const writer = new CompactWriter()

export const Chunk = Type.Object({
  hash: Hex64,
  bytes: Type.Integer({ minimum: 1, maximum: CHUNK_BYTES_MAX }),
})

/** The id of a file, and the number of a version. */
export const HolderName = Type.String({ pattern: '^[0-9a-zA-Z/.-]{1,128}$' })

const HeadRow = Type.Object({
  bytes: Count,
  /** Of its last change, logged. */
  atMs: Count,
  /** Once it is sealed. */
  sha256: Type.Optional(Hex64),
  /** Behind all parts; cut by an end of bytes and not by content, so that more may join it. */
  tail: Type.Optional(Chunk),
  /** Of its SHA-256, at the last whole block: what is joined behind it goes on from there. */
  hashState: Type.Optional(Hex64),
  /** Of the last append: repeated, it is answered again. */
  upload: Hex32,
  nick: Type.String({ maxLength: NICK_CHARS_MAX }),
  holders: Count,
  /** Nobody holds it: logged time from which on it may go. */
  dueMs: Type.Optional(Count),
})
export type HeadRow = Readonly<Static<typeof HeadRow>>

export const Nick = HeadRow.properties.nick

export const decodeHead = rowReader(HeadRow)

export function headKey(id: string): RecordKey {
  return { table: CONTENTS_TABLE, pk: id, sk: 'head' }
}

export function partKey(id: string, offset: number): RecordKey {
  return { table: CONTENTS_TABLE, pk: id, sk: partSk(offset) }
}

export function partSk(offset: number): string {
  return PART_PREFIX + String(offset).padStart(OFFSET_DIGITS, '0')
}

export function offsetOf(partSkText: string): number {
  return Number(partSkText.slice(PART_PREFIX.length))
}

export function holderKey(id: string, holder: string): RecordKey {
  return { table: CONTENTS_TABLE, pk: id, sk: HOLDER_PREFIX + holder }
}

export function releasedKey(id: string, holder: string): RecordKey {
  return { table: CONTENTS_TABLE, pk: id, sk: RELEASED_PREFIX + holder }
}

/** In byte order that of their times. */
export function looseKey(partition: PartitionId, dueMs: number, id: string): RecordKey {
  const sk = `${looseTime(dueMs)} ${id}`
  return { table: LOOSE_TABLE, pk: pkIn(LOOSE_TABLE, partition), sk }
}

export function looseTime(dueMs: number): string {
  return String(dueMs).padStart(TIME_DIGITS, '0')
}

export function looseMsOf(sk: string): number {
  return Number(sk.slice(0, TIME_DIGITS))
}

export function looseIdOf(sk: string): string {
  return sk.slice(TIME_DIGITS + 1)
}

/** Names in the partitions of chunks who refers to them. */
export function referenceOf(id: string): string {
  return `file/${id}`
}

/** One chunk has this name, so that it can be let go alone. */
export function tailReferenceOf(id: string): string {
  return `file/${id}/tail`
}

export function headOf(work: Pick<PartitionWork, 'get'>, id: string): HeadRow | undefined {
  const record = work.get(headKey(id))
  return record === undefined ? undefined : decodeHead(record)
}

/** Keeps the order of what nobody holds in step with it. */
export function putHead(work: PartitionWork, id: string, head: HeadRow): void {
  dropLoose(work, id)
  if (head.dueMs !== undefined) work.put(looseKey(work.partition, head.dueMs, id), NO_BYTES)
  work.put(headKey(id), rowBytes(head))
}

export function deleteHead(work: PartitionWork, id: string): void {
  dropLoose(work, id)
  work.delete(headKey(id))
}

function dropLoose(work: PartitionWork, id: string): void {
  const dueMs = headOf(work, id)?.dueMs
  if (dueMs !== undefined) work.delete(looseKey(work.partition, dueMs, id))
}

const NO_BYTES = new Uint8Array(0)

export function encodePart(chunks: readonly ChunkRef[]): Uint8Array {
  writer.clear()
  for (const { hash, bytes } of chunks) {
    writer.hex(hash)
    writer.number(bytes)
  }
  return writer.view().slice()
}

export function decodePart({ value }: Pick<StoredRecord, 'value'>): readonly ChunkRef[] {
  const read = new CompactReader(value)
  const chunks: ChunkRef[] = []
  while (read.left > 0) chunks.push({ hash: read.hex(HASH_BYTES), bytes: read.number() })
  assert(read.isDone, 'a part of a content')
  return chunks
}

export function bytesOf(chunks: readonly ChunkRef[]): number {
  return chunks.reduce((sum, { bytes }) => sum + bytes, 0)
}
