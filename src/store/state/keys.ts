/**
 * Keys in the database. A row of a group: group (1 byte), incarnation (4 bytes, big endian), the
 * partition's key. Rows of the state's own stand behind all of them, under 0xff.
 */
import { assert } from '../../base/assert.ts'
import { SharedBytes } from '../../base/shared-bytes.ts'
import { PARTITIONS, type PartitionId } from '../../wire/partition.ts'

/** Counts the times that a group was begun or taken over here; a number is used once. */
export type Incarnation = number

export const PREFIX_BYTES = 5
const INCARNATION_MAX = 2 ** 32 - 1

const OWN = 0xff
const KIND_MARK = 1
const KIND_SINK = 2

/** Says that this is a state, and how it is laid out. */
export const FORMAT_KEY = Uint8Array.of(OWN, 0)
/** Where the rows of the state's own begin and end. */
export const OWN_FROM = Uint8Array.of(OWN)

export function rowPrefix(group: number, incarnation: Incarnation): Uint8Array {
  assert(group <= PARTITIONS, 'a group is a partition')
  assert(incarnation <= INCARNATION_MAX, 'incarnations fit their four bytes')
  const prefix = new Uint8Array(PREFIX_BYTES)
  prefix[0] = group
  // A view would make the engine allocate the five bytes anew, outside its heap.
  for (let at = 1; at < PREFIX_BYTES; at++)
    prefix[at] = incarnation >>> (8 * (PREFIX_BYTES - 1 - at))
  return prefix
}

/** The first key behind all rows of that incarnation. */
export function behindPrefix(group: PartitionId, incarnation: Incarnation): Uint8Array {
  if (incarnation === INCARNATION_MAX) return rowPrefix(group + 1, 0)
  return rowPrefix(group, incarnation + 1)
}

export function incarnationOf(key: Uint8Array): Incarnation {
  return new DataView(key.buffer, key.byteOffset).getUint32(1)
}

/** Used within the call or the batch that asks. */
const rowKeys = new SharedBytes()

/** The prefix, and room behind it for a key of that length. */
export function newRowKey(prefix: Uint8Array, length: number): Uint8Array {
  const key = rowKeys.take(PREFIX_BYTES + length)
  key.set(prefix)
  return key
}

export function rowKey(prefix: Uint8Array, key: Uint8Array): Uint8Array {
  const whole = newRowKey(prefix, key.length)
  whole.set(key, PREFIX_BYTES)
  return whole
}

/** The first key behind this one. */
export function behind(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

export function markKey(group: PartitionId): Uint8Array {
  return Uint8Array.of(OWN, KIND_MARK, group)
}

export function sinkKey(group: PartitionId): Uint8Array {
  return Uint8Array.of(OWN, KIND_SINK, group)
}

/** What a key under 0xff stands for; `undefined` where it is none of ours. */
export function readOwnKey(
  key: Uint8Array,
): { readonly kind: 'mark' | 'sink'; readonly group: number } | undefined {
  const [own, kind, group = PARTITIONS] = key
  if (key.length !== 3 || own !== OWN || group >= PARTITIONS) return undefined
  if (kind === KIND_MARK) return { kind: 'mark', group }
  return kind === KIND_SINK ? { kind: 'sink', group } : undefined
}
