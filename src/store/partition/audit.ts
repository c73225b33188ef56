/**
 * Reads a partition's whole state and says what is wrong with it: for tests, and for a doctor. Each
 * line names the invariant of docs/spec/partition.md that does not hold.
 */
import type { DatabaseEntry } from '../../effects/database.ts'
import { partitionIdOf, partitionOf } from '../../wire/partition.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { numberIn, unpackRow } from '../../wire/row-codec.ts'
import type { StateReader } from '../state/types.ts'
import { REFUSED_MESSAGES_MAX } from './inbox.ts'
import { lastNumber, readExpiryKey, readRecordKey, sessionIn, SPACE, spaceRange } from './keys.ts'
import { expiryKey, outboxKey } from './keys.ts'
import { readMeta } from './meta.ts'
import { readRecord } from './records.ts'
import { readRetryRow, RETRIES_MAX } from './retries.ts'
import { readSessionRow } from './session-row.ts'
import { SESSION_BYTES_MAX, SESSION_PAGES_MAX, SESSIONS_MAX } from './sessions.ts'

/** Tables whose procedures choose the partition by another name than `pk`: chunks do. */
export type PlacedOtherwise = readonly string[]

/** Empty: all invariants hold. */
export function audit(
  partition: PartitionId,
  state: StateReader,
  placedOtherwise: PlacedOtherwise = [],
): readonly string[] {
  return [
    ...auditRecords(partition, state, placedOtherwise),
    ...auditExpiry(state),
    ...auditSessions(state),
    ...auditRetries(state),
    ...auditOutbox(state),
    ...auditRefused(state),
  ]
}

function rowsOf(state: StateReader, space: number): readonly DatabaseEntry[] {
  return state.scan(spaceRange(space))
}

function auditRecords(
  partition: PartitionId,
  state: StateReader,
  placedOtherwise: PlacedOtherwise,
): readonly string[] {
  const meta = readMeta(state)
  const wrong: string[] = []
  let bytes = 0
  const rows = rowsOf(state, SPACE.record)
  for (const { key, value } of rows) {
    bytes += key.length + value.length
    const { table, pk, sk } = readRecordKey(key)
    const { etag, expiresAtMs } = readRecord(sk, value)
    const isPlaced = placedOtherwise.includes(table) || partitionOf(table, pk) === partition
    if (!isPlaced) wrong.push(`belongs: ${table}/${pk} lies elsewhere`)
    if (etag.index > meta.index || etag.generation > meta.generation) {
      wrong.push(`etags: ${table}/${pk}/${sk} is of a time to come`)
    }
    if (expiresAtMs !== undefined && state.get(expiryKey(expiresAtMs, key)) === undefined) {
      wrong.push(`expiry: ${table}/${pk}/${sk} would stay for ever`)
    }
  }
  if (rows.length !== meta.records) wrong.push(`counts: ${meta.records} records, ${rows.length}`)
  if (bytes !== meta.recordBytes) wrong.push(`counts: ${meta.recordBytes} bytes, ${bytes}`)
  return wrong
}

function auditExpiry(state: StateReader): readonly string[] {
  const wrong: string[] = []
  for (const { key } of rowsOf(state, SPACE.expiry)) {
    const { atMs, row } = readExpiryKey(key)
    const value = state.get(row)
    if (value === undefined) wrong.push(`expiry: nothing expires at ${atMs}`)
    else if (atMs !== expiryOf(row, value)) wrong.push(`expiry: something else than at ${atMs}`)
  }
  return wrong
}

function expiryOf(key: Uint8Array, value: Uint8Array): number | undefined {
  if (key[0] === SPACE.retry) return readRetryRow(value).expiresAtMs
  return readRecord(readRecordKey(key).sk, value).expiresAtMs
}

function auditSessions(state: StateReader): readonly string[] {
  const wrong: string[] = []
  const first = new Map<number, number>()
  for (const { key, value } of rowsOf(state, SPACE.session)) {
    first.set(sessionIn(key), readSessionRow(value).firstPage)
  }
  if (first.size > SESSIONS_MAX) wrong.push(`sessions: ${first.size} of them`)
  const kept = new Map<number, { pages: number; bytes: number }>()
  for (const { key, value } of rowsOf(state, SPACE.answers)) {
    const session = sessionIn(key)
    const { pages, bytes } = kept.get(session) ?? { pages: 0, bytes: 0 }
    kept.set(session, { pages: pages + 1, bytes: bytes + value.length })
    const firstPage = first.get(session)
    if (firstPage === undefined) wrong.push(`sessions: answers of ${session}, which is none`)
    else if (lastNumber(key) < firstPage) wrong.push(`sessions: ${session} keeps what it forgot`)
  }
  for (const [session, { pages, bytes }] of kept) {
    if (pages > SESSION_PAGES_MAX) wrong.push(`sessions: ${session} has ${pages} pages`)
    // The page that is written to stays, whatever its size.
    if (pages > 1 && bytes > SESSION_BYTES_MAX)
      wrong.push(`sessions: ${session} has ${bytes} bytes`)
  }
  return wrong
}

function auditRetries(state: StateReader): readonly string[] {
  const wrong: string[] = []
  const rows = rowsOf(state, SPACE.retry)
  const counted = readMeta(state).retries
  if (rows.length !== counted) wrong.push(`counts: ${counted} retries, ${rows.length}`)
  if (rows.length > RETRIES_MAX) wrong.push(`retries: ${rows.length} of them`)
  for (const { key, value } of rows) {
    if (state.get(expiryKey(readRetryRow(value).expiresAtMs, key)) === undefined) {
      wrong.push('expiry: a retry would stay for ever')
    }
  }
  return wrong
}

/** Numbers without gaps, from the first not taken to the last given; nothing else. */
function auditOutbox(state: StateReader): readonly string[] {
  const wrong: string[] = []
  let waiting = 0
  for (const { key, value } of rowsOf(state, SPACE.sent)) {
    const destination = partitionIdOf(key[1] ?? 0)
    const fields = unpackRow(value)
    for (let number = numberIn(fields, 0) + 1; number <= numberIn(fields, 1); number++) {
      waiting++
      if (state.get(outboxKey(destination, number)) !== undefined) continue
      wrong.push(`messages: ${number} to ${destination} is missing`)
    }
  }
  const rows = rowsOf(state, SPACE.outbox).length
  if (rows !== waiting) wrong.push(`messages: ${rows} rows for ${waiting} that wait`)
  return wrong
}

function auditRefused(state: StateReader): readonly string[] {
  const rows = rowsOf(state, SPACE.refused).length
  const kept = Math.min(readMeta(state).refused, REFUSED_MESSAGES_MAX)
  return rows === kept ? [] : [`messages: ${rows} refused ones kept of ${kept}`]
}
