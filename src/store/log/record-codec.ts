/**
 * Records as bytes, one after the other (docs/spec/log.md, *Records*). Numbers are float64, which
 * holds every integer of ours; all is big-endian.
 */
import { assert, unreachable } from '../../base/assert.ts'
import { tryText } from '../../base/bytes.ts'
import { parseMemberId, type MemberId } from '../../base/ids.ts'
import { MIB } from '../../base/limits.ts'
import { SharedBytes } from '../../base/shared-bytes.ts'
import { partitionIdOf } from '../../wire/partition.ts'
import type { EntryKind, LogEntry, LogPoint } from '../../wire/raft.ts'
import type { LogRecord } from './types.ts'

const ENTRIES = 1
const HARD_STATE = 2
const BASE = 3
const FORGET = 4

/** By their number in an entry. */
const ENTRY_KINDS: readonly EntryKind[] = ['empty', 'command', 'configuration']

const NUMBER_BYTES = 8
const COUNT_BYTES = 4
/** Kind of record and group. */
const HEAD_BYTES = 2
const MEMBER_ID_BYTES = 32
/** Term, time, kind, length of data. The index is that of the first entry and goes on by one. */
const ENTRY_HEAD_BYTES = 2 * NUMBER_BYTES + 1 + COUNT_BYTES
const FIRST_BYTES = 4_096
/** A buffer that grew beyond this is not kept. */
const KEPT_BYTES_MAX = 4 * MIB

/** Collects encoded records in a buffer of its own, into which the data of entries is copied. */
export class RecordWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = new DataView(this.#bytes.buffer)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Valid until the next `add`. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size)
  }

  /** Forgets what was added; `false` when the buffer is too large to be used again. */
  clear(): boolean {
    this.#size = 0
    return this.#bytes.length <= KEPT_BYTES_MAX
  }

  add(record: LogRecord): void {
    this.#reserve(recordBytes(record))
    switch (record.kind) {
      case 'entries':
        if (record.entries.length > 0) this.#entries(record.group, record.entries)
        return
      case 'hardState':
        this.#head(HARD_STATE, record.group)
        this.#number(record.hardState.term)
        this.#vote(record.hardState.vote)
        return
      case 'base':
        this.#head(BASE, record.group)
        this.#number(record.base.index)
        this.#number(record.base.term)
        return
      case 'forget':
        this.#head(FORGET, record.group)
        return
      default:
        unreachable(record)
    }
  }

  #entries(group: number, entries: readonly LogEntry[]): void {
    this.#head(ENTRIES, group)
    this.#count(entries.length)
    let index = entries[0]?.index ?? 0
    this.#number(index)
    for (const entry of entries) {
      assert(entry.index === index, `entry ${entry.index} stands in place ${index}`)
      this.#entry(entry)
      index++
    }
  }

  #entry(entry: LogEntry): void {
    const kind = ENTRY_KINDS.indexOf(entry.kind)
    assert(kind >= 0, 'an unknown kind of entry')
    this.#number(entry.term)
    this.#number(entry.timeMs)
    this.#bytes[this.#size++] = kind
    this.#count(entry.data.length)
    this.#bytes.set(entry.data, this.#size)
    this.#size += entry.data.length
  }

  #vote(vote: MemberId | undefined): void {
    this.#bytes[this.#size++] = vote === undefined ? 0 : 1
    if (vote === undefined) return
    assert(vote.length === MEMBER_ID_BYTES, 'a member id has 32 digits')
    for (let i = 0; i < MEMBER_ID_BYTES; i++) this.#bytes[this.#size++] = vote.charCodeAt(i)
  }

  #head(kind: number, group: number): void {
    this.#bytes[this.#size++] = kind
    this.#bytes[this.#size++] = group
  }

  #number(value: number): void {
    this.#view.setFloat64(this.#size, value)
    this.#size += NUMBER_BYTES
  }

  #count(value: number): void {
    this.#view.setUint32(this.#size, value)
    this.#size += COUNT_BYTES
  }

  #reserve(bytes: number): void {
    const needed = this.#size + bytes
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#size))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** At most so many bytes does it take. */
export function recordBytes(record: LogRecord): number {
  switch (record.kind) {
    case 'entries': {
      let bytes = HEAD_BYTES + COUNT_BYTES + NUMBER_BYTES
      for (const { data } of record.entries) bytes += ENTRY_HEAD_BYTES + data.length
      return bytes
    }
    case 'hardState':
      return HEAD_BYTES + NUMBER_BYTES + 1 + MEMBER_ID_BYTES
    case 'base':
      return HEAD_BYTES + 2 * NUMBER_BYTES
    case 'forget':
      return HEAD_BYTES
    default:
      return unreachable(record)
  }
}

/** What a `RecordWriter` wrote. It was under a seal: what cannot be read is a bug, not damage. */
export function decodeRecords(bytes: Uint8Array): readonly LogRecord[] {
  const reader = new RecordReader(bytes)
  const records: LogRecord[] = []
  while (!reader.isAtEnd) records.push(reader.record())
  return records
}

/** Of entries that were read: those of a log are forgotten in their order. */
const data = new SharedBytes()

class RecordReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length
  }

  record(): LogRecord {
    const kind = this.#byte()
    const group = partitionIdOf(this.#byte())
    switch (kind) {
      case ENTRIES:
        return { kind: 'entries', group, entries: this.#entries() }
      case HARD_STATE:
        return { kind: 'hardState', group, hardState: { term: this.#number(), vote: this.#vote() } }
      case BASE:
        return { kind: 'base', group, base: this.#point() }
      default:
        assert(kind === FORGET, `a record of the unknown kind ${kind}`)
        return { kind: 'forget', group }
    }
  }

  #entries(): readonly LogEntry[] {
    const count = this.#view.getUint32(this.#pass(COUNT_BYTES))
    const first = this.#number()
    return Array.from({ length: count }, (_, place) => this.#entry(first + place))
  }

  #entry(index: number): LogEntry {
    const term = this.#number()
    const timeMs = this.#number()
    const kind = ENTRY_KINDS[this.#byte()]
    assert(kind !== undefined, 'an unknown kind of entry')
    const length = this.#view.getUint32(this.#pass(COUNT_BYTES))
    const start = this.#pass(length)
    // Copied, since an entry kept for long must not hold its whole batch.
    return {
      index,
      term,
      timeMs,
      kind,
      data: data.copy(this.#bytes.subarray(start, start + length)),
    }
  }

  #vote(): MemberId | undefined {
    if (this.#byte() === 0) return undefined
    const start = this.#pass(MEMBER_ID_BYTES)
    const text = tryText(this.#bytes.subarray(start, this.#at))
    assert(text !== undefined, 'a vote for no member')
    return parseMemberId(text)
  }

  #point(): LogPoint {
    return { index: this.#number(), term: this.#number() }
  }

  #number(): number {
    return this.#view.getFloat64(this.#pass(NUMBER_BYTES))
  }

  #byte(): number {
    return this.#view.getUint8(this.#pass(1))
  }

  /** Where the next `bytes` start. */
  #pass(bytes: number): number {
    const start = this.#at
    this.#at += bytes
    assert(this.#at <= this.#bytes.length, 'a record ends behind its batch')
    return start
  }
}
