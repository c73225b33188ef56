/**
 * The store as services and gateways see it: the seam at which another engine can stand
 * (architecture 3). Every operation on records is linearizable; a change that is told as done is on
 * disk on a majority.
 */
import type { ErrorCode, ErrorDetails } from '../base/errors.ts'
import type { PartitionId } from '../wire/partition.ts'
import type {
  Etag,
  Procedure,
  RangeOptions,
  RecordKey,
  StoredRecord,
} from './partition/procedure.ts'

/** What must be true of a record for a transaction to change anything. */
export interface Condition {
  /** Within the transaction's table; another `pk` needs the same head. */
  readonly pk?: string
  readonly sk: string
  /** `fence`: at `sk` stands a lock that is held under this fence (store/locks). */
  readonly is: 'absent' | 'present' | Etag | { readonly fence: number }
}

export type RecordWrite =
  | {
      readonly kind: 'put'
      readonly pk?: string
      readonly sk: string
      readonly value: Uint8Array
      /** By logged time; absent: until deleted. */
      readonly expiresInMs?: number
    }
  | { readonly kind: 'delete'; readonly pk?: string; readonly sk: string }

/** A message to a record's partition, carried out there exactly once in effect. */
export interface RecordMessage {
  readonly to: Pick<RecordKey, 'table' | 'pk'>
  readonly procedure: string
  readonly input: unknown
}

export interface TransactRequest {
  readonly table: string
  readonly pk: string
  readonly conditions: readonly Condition[]
  readonly writes: readonly RecordWrite[]
  readonly messages?: readonly RecordMessage[]
  readonly chunks?: ChunkChanges
}

/**
 * What the transaction's records refer to from then on, and what no more; where a chunk is in both,
 * it stays. Chunks that are referred to are pinned before, by an upload that put them.
 */
export interface ChunkChanges {
  /** Its pins end; refused with UPLOAD_VOID where it was given up. 32 hex digits. */
  readonly upload?: string
  readonly refer?: ChunkLinks
  readonly unrefer?: ChunkLinks
}

export interface ChunkLinks {
  /** Who refers, the same in both directions: a name within SK_BYTES_MAX. */
  readonly reference: string
  readonly chunks: readonly ChunkRef[]
}

export interface TransactDone {
  /** Of everything that was put. */
  readonly etag: Etag
  /** For each write, in order: there was a record before. */
  readonly existed: readonly boolean[]
}

export type TransactOutcome =
  | ({ readonly kind: 'done' } & TransactDone)
  /** The first condition that did not hold, and what is there instead. */
  | {
      readonly kind: 'conflict'
      readonly condition: number
      readonly etag: Etag | undefined
    }

export interface ListPage {
  readonly items: readonly StoredRecord[]
  /** Applied index that the page shows. */
  readonly index: number
  /** There is more; give it again to go on. */
  readonly cursor: string | undefined
}

/** As of which entry of its partition an answer is. */
export interface Version {
  readonly generation: number
  readonly index: number
}

/** Records of a range, or only what changed of them since an answer to the same question. */
export interface RangeQuestion extends RangeOptions {
  readonly since?: Version | undefined
}

export type RangeAnswer =
  | {
      readonly kind: 'page'
      readonly items: readonly StoredRecord[]
      readonly hasMore: boolean
      /** Absent where some of it ends by itself: nobody is told of that as of a change. */
      readonly version: Version | undefined
    }
  /** Of the whole range, also beyond the page that was told; each record once. */
  | { readonly kind: 'changes'; readonly changes: readonly Change[]; readonly version: Version }

export type Change =
  | { readonly kind: 'put'; readonly record: StoredRecord }
  | { readonly kind: 'delete'; readonly sk: string }

/** What a watcher is told: with it all up to its index is, so that is where to go on from. */
export type WatchEvent =
  /** What one entry changed, at least one record; of those that changed again since, nothing. */
  | { readonly kind: 'changes'; readonly index: number; readonly changes: readonly Change[] }
  /** Too much was missed: read again. */
  | { readonly kind: 'resync'; readonly index: number }

export interface CallOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

export interface WriteOptions extends CallOptions {
  /** Account and key of whom the change is for, and what it was: repeated, it is answered again. */
  readonly retry?: { readonly key: string; readonly request: string }
}

/**
 * All reject with AnilloError: BUSY, TOO_LARGE, BAD_REQUEST, STORE_UNAVAILABLE (no majority, or
 * nobody knows where; surely not carried out), OUTCOME_UNKNOWN (it may have been carried out),
 * DISK_FULL, RETRY_MISMATCH.
 */
export interface Store {
  get(key: RecordKey, options?: CallOptions): Promise<StoredRecord | undefined>
  /** @throws AnilloError CURSOR_STALE when a cursor's page cannot be gone on from. */
  list(range: RangeOptions & { readonly cursor?: string }, options?: CallOptions): Promise<ListPage>
  /**
   * Linearizable, as `list`, for those who keep what they read. Those that are asked in one turn of
   * members that hold the partitions leave as one question a member.
   */
  read(question: RangeQuestion, options?: CallOptions): Promise<RangeAnswer>
  transact(request: TransactRequest, options?: WriteOptions): Promise<TransactOutcome>
  /** Runs a procedure in the partition. Its refusal is thrown. */
  call<Q, A>(
    partition: PartitionId,
    procedure: Procedure<Q, A>,
    input: Q,
    options?: WriteOptions,
  ): Promise<A>
  /** What changes of (table, pk) after `fromIndex`, once committed; leaving the loop ends it. */
  watch(
    what: { readonly table: string; readonly pk: string; readonly fromIndex?: number },
    signal: AbortSignal,
  ): AsyncIterable<WatchEvent>
  readonly chunks: ChunkStore
}

/**
 * Immutable content by its SHA-256. All reject with AnilloError: BUSY, TOO_LARGE, BAD_REQUEST,
 * DISK_FULL, STORE_UNAVAILABLE, RPC_CANCELLED.
 */
export interface ChunkStore {
  /** On the disks of three hosts (fewer where fewer are) before it resolves. */
  put(bytes: Uint8Array, upload: Upload, options?: CallOptions): Promise<PutChunk>
  /** Verified. @throws AnilloError NOT_FOUND, CHUNK_LOST, STORE_UNAVAILABLE */
  get(hash: string, options?: CallOptions): Promise<Uint8Array>
  /**
   * In order, fetched ahead within a bounded memory, which is used again: a piece is the taker's
   * until the next one is asked for.
   */
  read(
    chunks: Iterable<ChunkRef> | AsyncIterable<ChunkRef>,
    options?: CallOptions,
  ): AsyncIterable<Uint8Array>
  /** Cuts a stream into chunks and puts several at once. */
  write(
    content: AsyncIterable<Uint8Array>,
    upload: Upload,
    options?: CallOptions,
  ): Promise<readonly PutChunk[]>
}

/**
 * What keeps chunks that no record refers to yet: pinned for this upload, until the record's
 * transaction refers to them or the record's partition says that it never will.
 */
export interface Upload {
  /** 32 hex digits of chance. */
  readonly id: string
  /** The partition of the record that will refer to the chunks. */
  readonly partition: PartitionId
}

export interface ChunkRef {
  /** SHA-256, 64 hex digits. */
  readonly hash: string
  readonly bytes: number
}

export interface PutChunk extends ChunkRef {
  /** Fewer copies than the ring's hosts would bear: repair makes the others. */
  readonly isDegraded: boolean
}

/** A refusal as data, for procedures' answers. */
export interface Refusal {
  readonly code: ErrorCode
  readonly details: ErrorDetails
}
