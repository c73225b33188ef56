/** Records as rows: sixteen bytes of etag and expiry, then the value. */
import { assert } from '../../base/assert.ts'
import type { DatabaseEntry } from '../../effects/database.ts'
import { LIST_BYTES_MAX, LIST_RECORDS_MAX } from '../../wire/record-limits.ts'
import type { StateReader } from '../state/types.ts'
import { readRecordKey, recordKey, recordRange } from './keys.ts'
import type { KeyRange } from './keys.ts'
import type { Etag, RangeOptions, RecordKey, StoredRecord } from './procedure.ts'
import { fourBytesAt, rowBytes, setFourBytes, setSixBytes, sixBytesAt } from './row-bytes.ts'

const HEAD_BYTES = 16
/** In the row's place of an expiry. */
const NEVER = 0

export interface RowContent {
  readonly etag: Etag
  readonly value: Uint8Array
  readonly expiresAtMs: number | undefined
}

export function recordRow({ etag, value, expiresAtMs }: RowContent): Uint8Array {
  const row = rowBytes(HEAD_BYTES + value.length)
  setFourBytes(row, 0, etag.generation)
  setSixBytes(row, 4, etag.index)
  setSixBytes(row, 10, expiresAtMs ?? NEVER)
  row.set(value, HEAD_BYTES)
  return row
}

/** When it expires; `undefined`: never. */
export function expiryOf(row: Uint8Array): number | undefined {
  assert(row.length >= HEAD_BYTES, 'a record without its head')
  const expiresAtMs = sixBytesAt(row, 10)
  return expiresAtMs === NEVER ? undefined : expiresAtMs
}

/** The value is a view of the row. */
export function readRecord(sk: string, row: Uint8Array): StoredRecord {
  const expiresAtMs = expiryOf(row)
  return {
    sk,
    value: row.subarray(HEAD_BYTES),
    etag: { generation: fourBytesAt(row, 0), index: sixBytesAt(row, 4) },
    expiresAtMs,
  }
}

export function isGone(record: StoredRecord, timeMs: number): boolean {
  return record.expiresAtMs !== undefined && record.expiresAtMs <= timeMs
}

/** `undefined` when it expired, too. */
export function getRecord(
  state: StateReader,
  key: RecordKey,
  timeMs: number,
): StoredRecord | undefined {
  const row = state.get(recordKey(key))
  if (row === undefined) return undefined
  const record = readRecord(key.sk, row)
  return isGone(record, timeMs) ? undefined : record
}

export interface RecordList {
  readonly items: readonly StoredRecord[]
  readonly hasMore: boolean
}

/** In byte order of the UTF-8 of `sk`. At most `LIST_RECORDS_MAX`, whatever is asked for. */
export function listRecords(state: StateReader, range: RangeOptions, timeMs: number): RecordList {
  const limit = Math.min(range.limit, LIST_RECORDS_MAX)
  const bytesMax = Math.min(range.bytesMax ?? LIST_BYTES_MAX, LIST_BYTES_MAX)
  const reverse = range.reverse ?? false
  const items: StoredRecord[] = []
  let bytes = 0
  let left: KeyRange | undefined = recordRange(range)
  while (left !== undefined) {
    const wanted = limit - items.length + 1
    const bytesWanted = Math.max(bytesMax - bytes, 0) + 1
    const rows = state.scan({ ...left, reverse, limit: wanted, bytesMax: bytesWanted })
    for (const row of rows) {
      const record = readRecord(readRecordKey(row.key).sk, row.value)
      if (isGone(record, timeMs)) continue
      if (items.length >= limit || bytes >= bytesMax) return { items, hasMore: true }
      items.push(record)
      bytes += bytesOf(row)
    }
    const isCut = rows.length >= wanted || sumOf(rows) >= bytesWanted
    left = isCut ? behind(left, rows.at(-1), reverse) : undefined
  }
  return { items, hasMore: false }
}

function bytesOf(row: DatabaseEntry): number {
  return row.key.length + row.value.length
}

function sumOf(rows: readonly DatabaseEntry[]): number {
  return rows.reduce((sum, row) => sum + bytesOf(row), 0)
}

/** What is left of the range behind its last row that was read. */
function behind(
  range: KeyRange,
  last: DatabaseEntry | undefined,
  reverse: boolean,
): KeyRange | undefined {
  if (last === undefined) return undefined
  if (reverse) return { from: range.from, to: last.key }
  const next = new Uint8Array(last.key.length + 1)
  next.set(last.key)
  return { from: next, to: range.to }
}
