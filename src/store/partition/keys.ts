/**
 * Keys of a partition's rows. The first byte is the space, so that spaces lie apart; names end with
 * NUL, which no name contains, so that rows of one (table, pk) lie together in byte order of the
 * UTF-8 of `sk`. Numbers are big-endian, so that their order is that of their bytes.
 */
import { assert } from '../../base/assert.ts'
import { SharedBytes } from '../../base/shared-bytes.ts'
import type { MessageNumber } from '../../wire/command.ts'
import type { PartitionId } from '../../wire/partition.ts'
import { PK_BYTES_MAX, SK_BYTES_MAX, TABLE_BYTES_MAX } from '../../wire/record-limits.ts'
import type { RangeOptions, RecordKey } from './procedure.ts'

/** docs/spec/partition.md has what stands in each. */
export const SPACE = {
  meta: 0x01,
  session: 0x02,
  answers: 0x03,
  retry: 0x04,
  expiry: 0x05,
  mark: 0x06,
  sent: 0x07,
  outbox: 0x08,
  refused: 0x09,
  record: 0x20,
} as const

const NUMBER_BYTES = 8
const WORD = 2 ** 32
const encoder = new TextEncoder()

/** The longest record key, with room for a start or a prefix beyond it. */
const scratch = new Uint8Array(4 + TABLE_BYTES_MAX + PK_BYTES_MAX + 3 * SK_BYTES_MAX)
const scratchView = new DataView(scratch.buffer)
/** Keys over 64 bytes: they live as long as their entry is applied. */
const longKeys = new SharedBytes()

/** Where the text ends in `scratch`. */
function putText(text: string, at: number): number {
  let end = at
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return at + encodeText(text, at)
    scratch[end++] = unit
  }
  return end
}

function encodeText(text: string, at: number): number {
  const { read, written } = encoder.encodeInto(text, scratch.subarray(at))
  assert(read === text.length, 'a name longer than a key')
  return written
}

function putNumber(number: number, at: number): number {
  scratchView.setUint32(at, Math.floor(number / WORD))
  scratchView.setUint32(at + 4, number % WORD)
  return at + NUMBER_BYTES
}

/** Where the (table, pk) ends in `scratch`. */
function putHome(table: string, pk: string): number {
  scratch[0] = SPACE.record
  let at = putText(table, 1)
  scratch[at++] = 0
  at = putText(pk, at)
  scratch[at++] = 0
  return at
}

/** Table, pk and sk are names (`isName`). */
export function recordKey(key: RecordKey): Uint8Array {
  return scratch.slice(0, putText(key.sk, putHome(key.table, key.pk)))
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** The names in a record's key. */
export function readRecordKey(key: Uint8Array): RecordKey {
  assert(key[0] === SPACE.record, 'the key of a record')
  const tableEnd = key.indexOf(0, 1)
  const pkEnd = key.indexOf(0, tableEnd + 1)
  assert(tableEnd > 1 && pkEnd > tableEnd, 'a record key has two NULs')
  return {
    table: decoder.decode(key.subarray(1, tableEnd)),
    pk: decoder.decode(key.subarray(tableEnd + 1, pkEnd)),
    sk: decoder.decode(key.subarray(pkEnd + 1)),
  }
}

export interface KeyRange {
  readonly from: Uint8Array
  /** Not included. */
  readonly to: Uint8Array
}

/** Keys of the records that a range asks for. */
export function recordRange(range: RangeOptions): KeyRange {
  const { table, pk, prefix = '', start = '', end } = range
  const home = putHome(table, pk)
  const prefixed = scratch.slice(0, putText(prefix, home))
  const started = scratch.slice(0, putText(start, home))
  const from = later(prefixed, started)
  const afterPrefix = successor(prefixed)
  if (end === undefined) return { from, to: afterPrefix }
  const ended = scratch.slice(0, putText(end, home))
  return { from, to: compare(ended, afterPrefix) < 0 ? ended : afterPrefix }
}

function later(a: Uint8Array, b: Uint8Array): Uint8Array {
  return compare(a, b) < 0 ? b : a
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** The first key behind all that begin so. The last byte is of UTF-8 or NUL, never 0xff. */
export function successor(prefix: Uint8Array): Uint8Array {
  const next = prefix.slice()
  const last = next.length - 1
  const byte = next[last]
  assert(byte !== undefined && byte < 0xff, 'a prefix without a successor')
  next[last] = byte + 1
  return next
}

/** All keys of a space. */
export function spaceRange(space: number): KeyRange {
  return { from: Uint8Array.of(space), to: Uint8Array.of(space + 1) }
}

export const META_KEY = Uint8Array.of(SPACE.meta)

export function sessionKey(session: number): Uint8Array {
  scratch[0] = SPACE.session
  return scratch.slice(0, putNumber(session, 1))
}

/** A page of a session's answers. */
export function answersKey(session: number, page: number): Uint8Array {
  scratch[0] = SPACE.answers
  return scratch.slice(0, putNumber(page, putNumber(session, 1)))
}

export function answersRange(session: number): KeyRange {
  return { from: answersKey(session, 0), to: answersKey(session + 1, 0) }
}

/** `key`: 64 hex digits. */
export function retryKey(key: string): Uint8Array {
  scratch[0] = SPACE.retry
  return longKeys.copy(scratch.subarray(0, putText(key, 1)))
}

/** What expires first comes first; behind the time the key of the row that goes with it. */
export function expiryKey(atMs: number, row: Uint8Array): Uint8Array {
  const key = longKeys.take(1 + NUMBER_BYTES + row.length)
  scratch[0] = SPACE.expiry
  key.set(scratch.subarray(0, putNumber(atMs, 1)))
  key.set(row, 1 + NUMBER_BYTES)
  return key
}

export interface ExpiryKey {
  readonly atMs: number
  readonly row: Uint8Array
}

export function readExpiryKey(key: Uint8Array): ExpiryKey {
  assert(key[0] === SPACE.expiry && key.length > 1 + NUMBER_BYTES, 'the key of an expiry')
  return { atMs: numberAt(key, 1), row: key.subarray(1 + NUMBER_BYTES) }
}

/** Everything that is due at `timeMs`. */
export function dueRange(timeMs: number): KeyRange {
  scratch[0] = SPACE.expiry
  return { from: Uint8Array.of(SPACE.expiry), to: scratch.slice(0, putNumber(timeMs + 1, 1)) }
}

/** How far messages of a source were taken. */
export function markKey(source: PartitionId): Uint8Array {
  return Uint8Array.of(SPACE.mark, source)
}

/** Which numbers wait for a destination. */
export function sentKey(destination: PartitionId): Uint8Array {
  return Uint8Array.of(SPACE.sent, destination)
}

export function outboxKey(destination: PartitionId, number: number): Uint8Array {
  scratch[0] = SPACE.outbox
  scratch[1] = destination
  return scratch.slice(0, putNumber(number, 2))
}

/** A place in the ring of refused messages. */
export function refusedKey(place: number): Uint8Array {
  scratch[0] = SPACE.refused
  return scratch.slice(0, putNumber(place, 1))
}

/** The number that is the last in a key. */
export function lastNumber(key: Uint8Array): number {
  return numberAt(key, key.length - NUMBER_BYTES)
}

/** The session in the key of its row, or of a page of its answers. */
export function sessionIn(key: Uint8Array): number {
  return numberAt(key, 1)
}

function numberAt(key: Uint8Array, at: number): number {
  const view = new DataView(key.buffer, key.byteOffset + at, NUMBER_BYTES)
  return view.getUint32(0) * WORD + view.getUint32(4)
}

/** Generation first, then number. */
export function compareNumbers(a: MessageNumber, b: MessageNumber): number {
  return a.generation - b.generation || a.number - b.number
}
