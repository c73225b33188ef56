/** What goes into a partition's machine, and what comes out. */
import type { MessageNumber } from '../../wire/command.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { RowWrite, StateReader } from '../state/types.ts'
import type { StoredRecord } from './procedure.ts'
import type { ProcedureTable } from './procedures.ts'

export interface PartitionOptions {
  readonly id: PartitionId
  readonly state: StateReader
  readonly procedures: ProcedureTable
  /**
   * An entry brings a greater backup number than was known here: called before anything of that
   * entry is applied, so that the state as it stands can be kept (architecture 5, *Backup*).
   */
  readonly onBackup?: (backup: number) => void
}

/** What an entry brought about. */
export interface Applied {
  readonly index: number
  /** To be committed, together with the entry's point as mark, before the next entry is applied. */
  readonly writes: readonly RowWrite[]
  /** Packed (`decodeAnswer`); `undefined` for entries that are no command. */
  readonly answer: Uint8Array | undefined
  readonly changes: readonly RecordChange[]
  /** Partitions to which this entry has messages. */
  readonly sent: readonly PartitionId[]
  /** Messages that their procedure refused: taken, without effect, and to be logged. */
  readonly refused: readonly RefusedMessage[]
}

export interface RecordChange {
  readonly table: string
  readonly pk: string
  readonly sk: string
  /** What stands there after the entry; `undefined`: nothing. */
  readonly record: StoredRecord | undefined
}

/** A message without effect; the state keeps the latest (`REFUSED_MESSAGES_MAX`). */
export interface RefusedMessage extends MessageNumber {
  readonly source: PartitionId
  readonly procedure: string
  readonly code: string
  readonly index: number
  readonly timeMs: number
}

/** Counts for the page, metrics and limits. */
export interface PartitionCounts {
  /** Some of them may have expired and wait to be removed. */
  readonly records: number
  /** Of names and values. */
  readonly recordBytes: number
  readonly sessions: number
  readonly retries: number
  /** Messages that wait for their partition to take them. */
  readonly outboxMessages: number
  /** Ever; see `RefusedMessage`. */
  readonly messagesRefused: number
}
