/**
 * A batch of writes as one piece of memory, so that it goes to the writing thread without a copy:
 * for each write its kind, the lengths of its two parts, and the parts. A put has a key and a
 * value, a delete a key and nothing, a range its two ends.
 */
import type { DatabaseWrite } from '../effects/database.ts'

const KIND_PUT = 1
const KIND_DELETE = 2
const KIND_DELETE_RANGE = 3

/** Kind, and two lengths of four bytes. */
const HEAD_BYTES = 9
const FIRST_LENGTH_AT = 1
const SECOND_LENGTH_AT = 5

const NOTHING = new Uint8Array(0)

/** Carries out what a packed batch asks for. The parts are views, valid during the call. */
export interface BatchReader {
  put(key: Uint8Array, value: Uint8Array): void
  delete(key: Uint8Array): void
  deleteRange(from: Uint8Array, to: Uint8Array): void
}

export function packBatch(batch: readonly DatabaseWrite[]): ArrayBuffer {
  let length = 0
  for (const write of batch) length += HEAD_BYTES + firstOf(write).length + secondOf(write).length
  const bytes = new Uint8Array(length)
  const heads = new DataView(bytes.buffer)
  let at = 0
  for (const write of batch) {
    const first = firstOf(write)
    const second = secondOf(write)
    heads.setUint8(at, kindOf(write))
    heads.setUint32(at + FIRST_LENGTH_AT, first.length)
    heads.setUint32(at + SECOND_LENGTH_AT, second.length)
    bytes.set(first, at + HEAD_BYTES)
    bytes.set(second, at + HEAD_BYTES + first.length)
    at += HEAD_BYTES + first.length + second.length
  }
  return bytes.buffer
}

export function readBatch(packed: ArrayBuffer, reader: BatchReader): void {
  const bytes = new Uint8Array(packed)
  const heads = new DataView(packed)
  let at = 0
  while (at < bytes.length) {
    const kind = heads.getUint8(at)
    const firstAt = at + HEAD_BYTES
    const secondAt = firstAt + heads.getUint32(at + FIRST_LENGTH_AT)
    const end = secondAt + heads.getUint32(at + SECOND_LENGTH_AT)
    const first = bytes.subarray(firstAt, secondAt)
    if (kind === KIND_PUT) reader.put(first, bytes.subarray(secondAt, end))
    else if (kind === KIND_DELETE) reader.delete(first)
    else reader.deleteRange(first, bytes.subarray(secondAt, end))
    at = end
  }
}

function kindOf({ kind }: DatabaseWrite): number {
  if (kind === 'put') return KIND_PUT
  return kind === 'delete' ? KIND_DELETE : KIND_DELETE_RANGE
}

function firstOf(write: DatabaseWrite): Uint8Array {
  return write.kind === 'deleteRange' ? write.from : write.key
}

function secondOf(write: DatabaseWrite): Uint8Array {
  if (write.kind === 'put') return write.value
  return write.kind === 'delete' ? NOTHING : write.to
}
