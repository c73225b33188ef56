/**
 * One partition as a machine: entries of its log go in, writes and an answer come out. It is
 * synchronous and deterministic; everything it knows stands in the state, what it keeps in memory
 * is a copy of rows there (docs/spec/partition.md).
 */
import type { OutboxMessage } from '../../wire/command.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogEntry } from '../../wire/raft.ts'
import type { Replica } from '../group/types.ts'
import type { Change } from '../types.ts'
import type { RangeOptions, RecordKey, StoredRecord } from './procedure.ts'
import type { Applied, PartitionCounts, PartitionOptions, RefusedMessage } from './types.ts'

export class Partition implements Replica {
  readonly #options: PartitionOptions

  constructor(options: PartitionOptions) {
    this.#options = options
  }

  /** Index of the last entry applied. */
  get appliedIndex(): number {
    return 0
  }

  /** Logged time of the last entry applied, ms since 1970. */
  get timeMs(): number {
    return 0
  }

  get generation(): number {
    return 1
  }

  get featureLevel(): number {
    return 1
  }

  /** Newest backup number known here. */
  get backupNumber(): number {
    return 0
  }

  /** When an `expire` is to be proposed: the earliest expiry; Infinity: never. */
  get dueAtMs(): number {
    return Infinity
  }

  /** Never throws, whatever the entry's bytes; only a bug in a procedure (`assert`) does. */
  apply(entry: LogEntry): Applied {
    throw new Error(`${this.#options.id} ${entry.index}`)
  }

  /** Tells watchers. After the writes of `applied` are committed, in order. */
  announce(applied: Applied): void {
    throw new Error(`${applied.index}`)
  }

  get(key: RecordKey): StoredRecord | undefined {
    throw new Error(key.sk)
  }

  list(range: RangeOptions): {
    readonly items: readonly StoredRecord[]
    readonly hasMore: boolean
  } {
    throw new Error(range.pk)
  }

  /**
   * First what changed after `fromIndex`, each record once as it is, then each change as it is
   * announced. `undefined`: `fromIndex` is too far back, read again.
   */
  watch(
    what: { readonly table: string; readonly pk: string; readonly fromIndex: number },
    changed: (change: Change) => void,
  ): { stop(): void } | undefined {
    changed({ kind: 'resync', index: what.fromIndex })
    return undefined
  }

  /** This replica ends, or its state was replaced: watchers are told to read again. */
  close(): void {
    throw new Error('close')
  }

  /** Partitions for which messages wait: what a new leader begins to send. */
  destinations(): readonly PartitionId[] {
    return []
  }

  /** The oldest messages that wait for it, in order: one at least, then up to so many bytes. */
  outboxOf(destination: PartitionId, limitBytes: number): readonly OutboxMessage[] {
    throw new Error(`${destination} ${limitBytes}`)
  }

  /** The latest messages that were refused here. */
  refusedMessages(): readonly RefusedMessage[] {
    return []
  }

  counts(): PartitionCounts {
    throw new Error('counts')
  }
}
