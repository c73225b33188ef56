/** What one run of a procedure sees and does. Its rows are its own until the run is done. */
import { assert } from '../../base/assert.ts'
import { equalBytes } from '../../base/bytes.ts'
import type { ErrorCode, ErrorDetails } from '../../base/errors.ts'
import { CHUNKS_PER_MESSAGE_MAX, CHUNKS_PER_TRANSACTION_MAX } from '../../wire/chunks.ts'
import { PARTITIONS, type PartitionId } from '../../wire/partition.ts'
import {
  isName,
  isWhole,
  MESSAGE_BYTES_MAX,
  MESSAGE_DEPTH_MAX,
  MESSAGES_MAX,
  PK_BYTES_MAX,
  PROCEDURE_NAME_BYTES_MAX,
  SK_BYTES_MAX,
  TABLE_BYTES_MAX,
  VALUE_BYTES_MAX,
} from '../../wire/record-limits.ts'
import { depthOf, packRow } from '../../wire/row-codec.ts'
import type { ExpiryIndex } from './expiry.ts'
import { recordKey } from './keys.ts'
import type { Layer } from './layer.ts'
import type { Meta } from './meta.ts'
import type { PackedMessage } from './outbox.ts'
import type {
  PartitionMessage,
  PartitionWork,
  RangeOptions,
  RecordKey,
  StoredRecord,
} from './procedure.ts'
import { expiryOf, isGone, listRecords, readRecord, recordRow } from './records.ts'
import type { RecordChange } from './types.ts'

/** Records that one run may change: what a procedure does must end soon. */
export const WORK_WRITES_MAX = 4_096

/** A transaction's own, and those that its chunks need, referred to and no more. */
export const WORK_MESSAGES_MAX =
  MESSAGES_MAX + 2 * PARTITIONS + CHUNKS_PER_TRANSACTION_MAX / CHUNKS_PER_MESSAGE_MAX

/** Of no record. */
const NO_KEY = new Uint8Array(0)

/** A refusal on its way out of a procedure. */
export class Refusal extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(code)
    this.code = code
    this.details = details
  }
}

export interface WorkOptions {
  readonly partition: PartitionId
  readonly at: Pick<Meta, 'index' | 'generation' | 'timeMs' | 'featureLevel'>
  readonly layer: Layer
  readonly expiry: ExpiryIndex
  readonly mayWrite: (table: string) => boolean
}

export class Work implements PartitionWork {
  readonly partition: PartitionId
  readonly index: number
  readonly generation: number
  readonly timeMs: number
  readonly featureLevel: number
  readonly changes: RecordChange[] = []
  readonly messages: PackedMessage[] = []
  /** By how many records, and bytes of them, there are more. */
  recordsMore = 0
  recordBytesMore = 0
  /** Looked at last: a condition and the write behind it check and read it once. */
  #lastKey: RecordKey | undefined
  #lastRowKey: Uint8Array = NO_KEY
  #lastRow: Uint8Array | undefined
  readonly #layer: Layer
  readonly #expiry: ExpiryIndex
  readonly #mayWrite: (table: string) => boolean

  constructor(options: WorkOptions) {
    this.partition = options.partition
    this.index = options.at.index
    this.generation = options.at.generation
    this.timeMs = options.at.timeMs
    this.featureLevel = options.at.featureLevel
    this.#layer = options.layer
    this.#expiry = options.expiry
    this.#mayWrite = options.mayWrite
  }

  get(key: RecordKey): StoredRecord | undefined {
    const row = this.#look(key)
    const record = row === undefined ? undefined : readRecord(key.sk, row)
    return record === undefined || isGone(record, this.timeMs) ? undefined : record
  }

  has(key: RecordKey): boolean {
    const row = this.#look(key)
    if (row === undefined) return false
    const expiresAtMs = expiryOf(row)
    return expiresAtMs === undefined || expiresAtMs > this.timeMs
  }

  /** What stands in the layer. */
  #look(key: RecordKey): Uint8Array | undefined {
    if (key === this.#lastKey) return this.#lastRow
    this.#checkKey(key)
    return this.#row(key)
  }

  /** Of a key that was checked. */
  #row(key: RecordKey): Uint8Array | undefined {
    if (key === this.#lastKey) return this.#lastRow
    const rowKey = recordKey(key)
    if (!equalBytes(this.#lastRowKey, rowKey)) this.#lastRow = this.#layer.get(rowKey)
    this.#lastKey = key
    this.#lastRowKey = rowKey
    return this.#lastRow
  }

  list(range: RangeOptions): readonly StoredRecord[] {
    this.#checkRange(range)
    return listRecords(this.#layer, range, this.timeMs).items
  }

  put(key: RecordKey, value: Uint8Array, expiresAtMs?: number): void {
    this.#checkWrite(key)
    if (value.length > VALUE_BYTES_MAX) {
      this.refuse('TOO_LARGE', { what: 'the value', limit: `${VALUE_BYTES_MAX} bytes` })
    }
    if (expiresAtMs !== undefined && !isWhole(expiresAtMs, 1)) {
      this.refuse('BAD_REQUEST', { problem: 'a time of expiry that is none' })
    }
    this.#takeAway(key)
    const rowKey = this.#lastRowKey
    const etag = { generation: this.generation, index: this.index }
    const row = recordRow({ etag, value, expiresAtMs })
    this.#layer.put(rowKey, row)
    this.#lastRow = row
    if (expiresAtMs !== undefined) this.#expiry.add(this.#layer, expiresAtMs, rowKey)
    this.recordsMore++
    this.recordBytesMore += rowKey.length + row.length
    const { table, pk, sk } = key
    this.changes.push({ table, pk, sk, record: readRecord(sk, row) })
  }

  delete(key: RecordKey): void {
    this.#checkWrite(key)
    this.#remove(key)
  }

  #remove(key: RecordKey): Uint8Array | undefined {
    const before = this.#takeAway(key)
    if (before === undefined) return undefined
    this.#layer.delete(this.#lastRowKey)
    this.#lastRow = undefined
    const { table, pk, sk } = key
    this.changes.push({ table, pk, sk, record: undefined })
    return before
  }

  /**
   * What stood there leaves counts and expiry; its row, under the key looked at last, is the
   * caller's affair.
   */
  #takeAway(key: RecordKey): Uint8Array | undefined {
    const row = this.#row(key)
    if (row === undefined) return undefined
    const rowKey = this.#lastRowKey
    const expiresAtMs = expiryOf(row)
    if (expiresAtMs !== undefined) this.#expiry.remove(this.#layer, expiresAtMs, rowKey)
    this.recordsMore--
    this.recordBytesMore -= rowKey.length + row.length
    return row
  }

  /** Removes a record that the expiry index says to be due. */
  expire(key: RecordKey): void {
    const row = this.#remove(key)
    const expiresAtMs = row === undefined ? undefined : expiryOf(row)
    const isDue = expiresAtMs !== undefined && expiresAtMs <= this.timeMs
    assert(isDue, 'the expiry index tells the truth')
  }

  send(message: PartitionMessage): void {
    if (this.messages.length >= WORK_MESSAGES_MAX) {
      this.refuse('TOO_LARGE', { what: 'the list of messages', limit: WORK_MESSAGES_MAX })
    }
    if (!isName(message.procedure, PROCEDURE_NAME_BYTES_MAX)) {
      this.refuse('BAD_REQUEST', { problem: 'a message without a procedure' })
    }
    if (depthOf(message.input, MESSAGE_DEPTH_MAX) > MESSAGE_DEPTH_MAX) {
      this.refuse('BAD_REQUEST', { problem: 'a message of too many lists in one another' })
    }
    const row = packRow([this.generation, message.procedure, message.input])
    if (row.length > MESSAGE_BYTES_MAX) {
      this.refuse('TOO_LARGE', { what: 'the message', limit: `${MESSAGE_BYTES_MAX} bytes` })
    }
    this.messages.push({ to: message.to, row })
  }

  refuse(code: ErrorCode, details: ErrorDetails = {}): never {
    throw new Refusal(code, details)
  }

  #checkWrite(key: RecordKey): void {
    if (key !== this.#lastKey) this.#checkKey(key)
    if (!this.#mayWrite(key.table)) this.refuse('TABLE_RESERVED', { table: key.table })
    if (this.changes.length >= WORK_WRITES_MAX) {
      this.refuse('TOO_LARGE', { what: 'the change', limit: `${WORK_WRITES_MAX} records` })
    }
  }

  #checkKey({ table, pk, sk }: RecordKey): void {
    if (!isName(table, TABLE_BYTES_MAX)) this.#refuseName('table')
    if (!isName(pk, PK_BYTES_MAX)) this.#refuseName('pk')
    if (!isName(sk, SK_BYTES_MAX)) this.#refuseName('sk')
  }

  #checkRange(range: RangeOptions): void {
    if (!isRange(range)) this.refuse('BAD_REQUEST', { problem: 'a range that is none' })
  }

  #refuseName(what: string): never {
    return this.refuse('BAD_REQUEST', { problem: `${what} is empty, too long or no text` })
  }
}

/** Names within their limits; a bound of a range may be empty. */
export function isRange(range: RangeOptions): boolean {
  const { table, pk, prefix = '', start = '', end = '', limit, bytesMax = 1 } = range
  if (!isName(table, TABLE_BYTES_MAX) || !isName(pk, PK_BYTES_MAX)) return false
  if (!isWhole(limit, 1) || !isWhole(bytesMax, 1)) return false
  return [prefix, start, end].every((bound) => bound === '' || isName(bound, SK_BYTES_MAX))
}
