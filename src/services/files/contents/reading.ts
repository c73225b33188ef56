/** The chunks of a content in order, and the bytes of a range of it. */
import { present } from '../../../base/assert.ts'
import { AnilloError } from '../../../base/errors.ts'
import type { CallOptions, ChunkRef } from '../../../store/types.ts'
import type { ContentParts } from './parts.ts'
import {
  CONTENTS_TABLE,
  decodeHead,
  decodePart,
  headKey,
  offsetOf,
  PART_PREFIX,
  partSk,
  type HeadRow,
} from './rows.ts'
import type { ByteRange } from './types.ts'

type ReadingParts = Pick<ContentParts, 'store'>

export interface PlacedChunk extends ChunkRef {
  /** Where in the content it begins. */
  readonly offset: number
}

/** Rows of one list: 1,024 chunks, some 36 KiB. */
const PARTS_PER_LIST = 4

export async function readHead(
  { store }: ReadingParts,
  id: string,
  options?: CallOptions,
): Promise<HeadRow | undefined> {
  const record = await store.get(headKey(id), options)
  return record === undefined ? undefined : decodeHead(record)
}

/** All that have bytes of the range. @throws AnilloError NO_ENTRY */
export async function* chunksIn(
  { store }: ReadingParts,
  { from, id, to }: ByteRange & { readonly id: string },
  options?: CallOptions,
): AsyncGenerator<PlacedChunk> {
  if (from >= to) return
  const range = { table: CONTENTS_TABLE, pk: id, prefix: PART_PREFIX }
  const upTo = { ...range, end: partSk(from + 1), reverse: true, limit: 1 }
  const [head, first] = await Promise.all([
    readHead({ store }, id, options),
    store.list(upTo, options),
  ])
  if (head === undefined) throw new AnilloError('NO_ENTRY', { path: id })
  const tailOffset = head.bytes - (head.tail?.bytes ?? 0)
  const [firstPart] = first.items
  let offset = firstPart === undefined ? 0 : offsetOf(firstPart.sk)
  let parts = first.items
  while (offset < Math.min(to, tailOffset)) {
    // It was taken away meanwhile.
    if (parts.length === 0) throw new AnilloError('NO_ENTRY', { path: id })
    for (const chunk of parts.flatMap(decodePart)) {
      if (offset + chunk.bytes > from && offset < to) yield { ...chunk, offset }
      offset += chunk.bytes
    }
    if (offset >= Math.min(to, tailOffset)) break
    const more = { ...range, start: partSk(offset), limit: PARTS_PER_LIST }
    parts = (await store.list(more, options)).items
  }
  const { tail } = head
  if (tail !== undefined && tailOffset < to && head.bytes > from) {
    yield { ...tail, offset: tailOffset }
  }
}

/** Each chunk with its bytes, which are the taker’s until the next one is asked for. */
export async function* readChunks(
  { store }: ReadingParts,
  chunks: AsyncIterable<PlacedChunk>,
  options?: CallOptions,
): AsyncGenerator<{ readonly chunk: PlacedChunk; readonly bytes: Uint8Array }> {
  const ahead: PlacedChunk[] = []
  async function* noted(): AsyncGenerator<ChunkRef> {
    for await (const chunk of chunks) {
      ahead.push(chunk)
      yield chunk
    }
  }
  for await (const bytes of store.chunks.read(noted(), options)) {
    yield { chunk: present(ahead.shift(), 'the chunk of these bytes'), bytes }
  }
}

/** @throws AnilloError NO_ENTRY */
export async function* readRange(
  parts: ReadingParts,
  range: ByteRange & { readonly id: string },
  options?: CallOptions,
): AsyncGenerator<Uint8Array> {
  const { from, to } = range
  const placed = chunksIn(parts, range, options)
  for await (const { bytes, chunk } of readChunks(parts, placed, options)) {
    yield bytes.subarray(Math.max(0, from - chunk.offset), to - chunk.offset)
  }
}
