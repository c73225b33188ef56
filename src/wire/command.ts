/**
 * What stands in a partition's log: calls of procedures, and what binds retries to their first
 * answer. A procedure is deterministic code that reads and writes one partition
 * (`store/partition/procedure.ts`); all changes of records, locks, chunks and the ring's tables are
 * such calls.
 */
import type { PartitionId } from './partition.ts'

/**
 * Names one change of one asker, so that its retries are applied once (dissertation 6.3). A session
 * is opened by a command of its own; its number is the index of that entry.
 */
export interface RequestId {
  readonly session: number
  /** From 1, in the order in which the asker made them. */
  readonly sequence: number
  /** The asker never repeats a request below this: its answer may be forgotten. */
  readonly floor: number
}

/** A person's own key for a change (`Idempotency-Key`), kept for a day. */
export interface RetryKey {
  /** SHA-256 of account and key, 64 hex digits. */
  readonly key: string
  /** SHA-256 of the request; the same key with another one is refused. */
  readonly request: string
}

export type Command =
  | { readonly kind: 'openSession'; readonly owner: string }
  | {
      readonly kind: 'call'
      readonly request: RequestId
      readonly retry?: RetryKey
      readonly procedure: string
      readonly input: unknown
    }
  /** Messages of another partition, in order and without gaps (architecture 5, *Messages*). */
  | {
      readonly kind: 'deliver'
      readonly source: PartitionId
      readonly messages: readonly OutboxMessage[]
    }
  /** The destination has taken all up to `through`: drop them. */
  | {
      readonly kind: 'delivered'
      readonly destination: PartitionId
      readonly through: MessageNumber
      /** Newest backup number that the destination knew. */
      readonly backup: number
    }
  /** Lets logged time pass: what expired by it goes. Proposed when something is due. */
  | { readonly kind: 'expire' }
  /** From this entry on, entries apply by the rules of this level. */
  | { readonly kind: 'feature'; readonly level: number }
  /** A backup of this number begins: the state as of before this entry belongs to it. */
  | { readonly kind: 'backup'; readonly number: number }

/** Generation first, then number; without gaps within a pair of partitions. */
export interface MessageNumber {
  readonly generation: number
  readonly number: number
}

export interface OutboxMessage extends MessageNumber {
  /** The procedure that takes it at the destination. */
  readonly procedure: string
  readonly input: unknown
  /** Newest backup number that the sender knew (architecture 5, *Backup*). */
  readonly backup: number
}

/** What `deliver` answers. */
export interface DeliverAnswer {
  /** The last message of that source that was taken. */
  readonly mark: MessageNumber
  /** Newest backup number that is known there. */
  readonly backup: number
}

/** What a procedure answers; a refusal changes nothing but is remembered as an answer too. */
export type Answer =
  | { readonly kind: 'done'; readonly value: unknown }
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly details: Readonly<Record<string, string | number | boolean>>
    }
