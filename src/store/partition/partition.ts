/**
 * One partition as a machine: entries of its log go in, writes and an answer come out. It is
 * synchronous and deterministic; everything it knows stands in the state, what it keeps in memory
 * is a copy of rows there (docs/spec/partition.md).
 */
import { assert } from '../../base/assert.ts'
import type { OutboxMessage } from '../../wire/command.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { LogEntry } from '../../wire/raft.ts'
import type { Replica } from '../group/types.ts'
import type { WatchEvent } from '../types.ts'
import { Entry } from './entry.ts'
import type { Parts } from './entry.ts'
import { ExpiryIndex } from './expiry.ts'
import { refusedIn } from './inbox.ts'
import { readMeta } from './meta.ts'
import type { Meta } from './meta.ts'
import { Outbox } from './outbox.ts'
import type { RangeOptions, RecordKey, StoredRecord } from './procedure.ts'
import { getRecord, listRecords } from './records.ts'
import type { RecordList } from './records.ts'
import { Sessions } from './sessions.ts'
import type { Applied, PartitionCounts, PartitionOptions, RefusedMessage } from './types.ts'
import { Watches } from './watches.ts'
import type { Watched } from './watches.ts'

/** The constructor throws AnilloError VERSION_TOO_OLD or VERSION_TOO_NEW (`ProcedureTable`). */
export class Partition implements Replica {
  readonly #parts: Parts
  readonly #watches: Watches
  #meta: Meta

  constructor(options: PartitionOptions) {
    const { id, state, procedures, onBackup = () => undefined } = options
    const sessions = new Sessions(state)
    const outbox = new Outbox(state)
    const expiry = new ExpiryIndex(state)
    this.#parts = { id, state, procedures, onBackup, sessions, outbox, expiry }
    this.#meta = readMeta(state)
    procedures.checkLevel(this.#meta.featureLevel, `partition ${id}`)
    this.#watches = new Watches(this.#meta.index)
  }

  /** Index of the last entry applied. */
  get appliedIndex(): number {
    return this.#meta.index
  }

  /** Logged time of the last entry applied, ms since 1970. */
  get timeMs(): number {
    return this.#meta.timeMs
  }

  get generation(): number {
    return this.#meta.generation
  }

  get featureLevel(): number {
    return this.#meta.featureLevel
  }

  /** Newest backup number known here. */
  get backupNumber(): number {
    return this.#meta.backup
  }

  /** When an `expire` is to be proposed: the earliest expiry; Infinity: never. */
  get dueAtMs(): number {
    return this.#parts.expiry.earliestMs
  }

  /**
   * The entry after the last. Its writes are to be in the state before anything else is asked here.
   * Nothing in the entry's bytes makes it throw but a feature level that this build does not know;
   * a bug (`assert`) does.
   */
  apply(entry: LogEntry): Applied {
    const work = new Entry(this.#parts, this.#meta, entry)
    const applied = work.run(entry)
    this.#meta = work.meta
    return applied
  }

  /** Tells watchers. After the writes of `applied` are committed, in order. */
  announce(applied: Applied): void {
    assert(applied.index === this.#meta.index, 'changes are announced before the next entry')
    this.#watches.announce(applied)
  }

  /** Names are within their limits (`isName`). */
  get(key: RecordKey): StoredRecord | undefined {
    return getRecord(this.#parts.state, key, this.#meta.timeMs)
  }

  /** Names and bounds are within their limits (`isRange`). */
  list(range: RangeOptions): RecordList {
    return listRecords(this.#parts.state, range, this.#meta.timeMs)
  }

  /** `undefined`: too much changed since, or nobody remembers it. */
  changedSince(
    what: Pick<RecordKey, 'table' | 'pk'>,
    index: number,
  ): readonly string[] | undefined {
    return this.#watches.changedSince(what, index)
  }

  /**
   * First what changed after `fromIndex`, each record once as it is, then what each entry changes
   * as it is announced. `undefined`: `fromIndex` is too far back, read again.
   */
  watch(what: Watched, tell: (event: WatchEvent) => void): { stop(): void } | undefined {
    const { table, pk } = what
    return this.#watches.watch(what, (sk) => this.get({ table, pk, sk }), tell)
  }

  /** This replica ends, or its state was replaced: watchers are told to read again. */
  close(): void {
    this.#watches.close(this.#meta.index)
  }

  /** Partitions for which messages wait: what a new leader begins to send. */
  destinations(): readonly PartitionId[] {
    return this.#parts.outbox.destinations()
  }

  /**
   * The oldest messages that wait for it, in order: one at least, then up to so many bytes. The
   * next are sent when these are answered: after a recovery a receiver relies on that order.
   */
  outboxOf(destination: PartitionId, bytesMax: number): readonly OutboxMessage[] {
    return this.#parts.outbox.of(destination, bytesMax, this.#meta.backup)
  }

  /** The latest messages that were refused here, oldest first. */
  refusedMessages(): readonly RefusedMessage[] {
    return refusedIn(this.#parts.state)
  }

  counts(): PartitionCounts {
    const { records, recordBytes, retries, refused } = this.#meta
    return {
      records,
      recordBytes,
      retries,
      sessions: this.#parts.sessions.count,
      outboxMessages: this.#parts.outbox.waiting,
      messagesRefused: refused,
    }
  }
}
