/**
 * Procedures: the only way in which a partition changes. Deterministic: what they do depends on the
 * partition's state, the input and the entry alone, so that every replica does the same. A service
 * brings its own (`defineProcedure`), and its tables; the store's own are `transact`, locks, chunks
 * and the ring's members.
 */
import type { ErrorCode, ErrorDetails } from '../../base/errors.ts'
import type { PartitionId } from '../../wire/partition.ts'

/** Where a record stands: byte order of the UTF-8 of `sk` within (table, pk). */
export interface RecordKey {
  readonly table: string
  readonly pk: string
  readonly sk: string
}

/** Generation and log index of the write: never the same twice for one key. */
export interface Etag {
  readonly generation: number
  readonly index: number
}

export interface StoredRecord {
  readonly sk: string
  readonly value: Uint8Array
  readonly etag: Etag
  /** Gone when logged time reaches it; ms since 1970. */
  readonly expiresAtMs: number | undefined
}

export interface RangeOptions {
  readonly table: string
  readonly pk: string
  readonly prefix?: string
  /** First `sk`, itself included. */
  readonly start?: string
  /** Where to stop, itself not included. */
  readonly end?: string
  readonly reverse?: boolean
  readonly limit: number
  readonly bytesMax?: number
}

/** What a procedure sees while it runs. What it wrote it reads again. */
export interface PartitionWork {
  readonly partition: PartitionId
  /** Of the entry that is applied. */
  readonly index: number
  readonly generation: number
  /** Logged time, ms since 1970; never goes back. */
  readonly timeMs: number
  readonly featureLevel: number
  get(key: RecordKey): StoredRecord | undefined
  /** As `get`, where it does not matter what stands there. */
  has(key: RecordKey): boolean
  list(range: RangeOptions): readonly StoredRecord[]
  put(key: RecordKey, value: Uint8Array, expiresAtMs?: number): void
  delete(key: RecordKey): void
  /** Sent exactly once in effect, after this entry; in order with others to the same partition. */
  send(message: PartitionMessage): void
  /** Ends the procedure; what it wrote is dropped, the refusal is its answer. */
  refuse(code: ErrorCode, details?: ErrorDetails): never
}

export interface PartitionMessage {
  readonly to: PartitionId
  readonly procedure: string
  readonly input: unknown
}

export interface Procedure<Q = unknown, A = unknown> {
  /** `subject.verb`. Stable: it stands in logs. */
  readonly name: string
  /** `undefined` when the value is not of the shape: answered with BAD_REQUEST. */
  readonly readInput: (value: unknown) => Q | undefined
  readonly run: (work: PartitionWork, input: Q) => A
  /** Tables that it alone writes, or that it shares with others that name them too. */
  readonly tables: readonly string[]
  /**
   * With this input it leaves no more than before, or helps to: taken while a disk is nearly full.
   */
  readonly freesRoom?: (input: Q) => boolean
  /** Unknown below this feature level; absent: known from the first on. */
  readonly sinceLevel?: number
}
