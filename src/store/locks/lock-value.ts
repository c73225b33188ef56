/**
 * A lock as a record. It is an ordinary one, with an expiry: where the lock's name is free, or its
 * lease has run out by logged time, there is no record. The fence stands in the value.
 */
import { assert } from '../../base/assert.ts'
import { concat, equalBytes, tryText, utf8 } from '../../base/bytes.ts'
import type { Etag, StoredRecord } from '../partition/procedure.ts'

/** Begins a lock's value: other records are no locks. */
const MAGIC = utf8('anillo lock 1\0')
const FENCE_BYTES = 8

/** 35 years of a thousand entries a second in one partition. */
const FENCE_INDEX_MAX = 2 ** 40 - 1
/** 8,191 recoveries of one ring. */
const FENCE_GENERATION_MAX = 2 ** 13 - 1

export interface LockValue {
  readonly fence: number
  /** Known to the holder alone. */
  readonly token: string
}

/**
 * Generation and log index of the acquisition as one number, which only grows, over deletions and
 * recoveries too.
 */
export function fenceOf({ generation, index }: Etag): number {
  assert(generation <= FENCE_GENERATION_MAX && index <= FENCE_INDEX_MAX, 'no more fences')
  return generation * (FENCE_INDEX_MAX + 1) + index
}

export function lockValue({ fence, token }: LockValue): Uint8Array {
  const number = new Uint8Array(FENCE_BYTES)
  new DataView(number.buffer).setFloat64(0, fence)
  return concat([MAGIC, number, utf8(token)])
}

/** `undefined` where the record is no lock. */
export function readLockValue({ value }: StoredRecord): LockValue | undefined {
  const tokenStart = MAGIC.length + FENCE_BYTES
  if (value.length <= tokenStart || !equalBytes(value.subarray(0, MAGIC.length), MAGIC)) {
    return undefined
  }
  const view = new DataView(value.buffer, value.byteOffset + MAGIC.length, FENCE_BYTES)
  const token = tryText(value.subarray(tokenStart))
  return token === undefined ? undefined : { fence: view.getFloat64(0), token }
}

/** For conditions of transactions: the record, which has not expired, is a lock with this fence. */
export function isHeldUnder(record: StoredRecord, fence: number): boolean {
  return readLockValue(record)?.fence === fence
}
