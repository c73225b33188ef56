/**
 * What drives the groups of one member: their machines, the log, the state and the messages between
 * members. Placement, routing and the page see it through this interface.
 */
import type { MemberId } from '../../base/ids.ts'
import type { ChangeOutcome, RaftStatus } from '../../consensus/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { ProposalOutcome } from '../../wire/raft.ts'
import type { RangeOptions, RecordKey, StoredRecord } from '../partition/procedure.ts'
import type { Change } from '../types.ts'

/** What became of a command; `timeout`: no word of it, it may be carried out still. */
export type SubmitOutcome =
  | { readonly kind: 'applied'; readonly index: number; readonly answer: Uint8Array }
  | {
      readonly kind: 'refused'
      readonly why: Extract<ProposalOutcome, { kind: 'refused' }>['why'] | 'unreachable'
      readonly hint: MemberId | undefined
    }
  | { readonly kind: 'lost' }
  | { readonly kind: 'timeout' }

/**
 * `ready`: this replica may answer reads that arrived before. `refused`: no leader confirmed.
 * `notHere`: this member holds no replica.
 */
export type ReadOutcome = 'ready' | 'refused' | 'notHere'

/** What a replica holds, as of the last entry applied here. */
export interface Replica {
  readonly appliedIndex: number
  get(key: RecordKey): StoredRecord | undefined
  list(range: RangeOptions): { readonly items: readonly StoredRecord[]; readonly hasMore: boolean }
  /** Runs `changed` after each entry that changes the pk; `undefined` when that is too far back. */
  watch(
    what: { readonly table: string; readonly pk: string; readonly fromIndex: number },
    changed: (change: Change) => void,
  ): { stop(): void } | undefined
}

export interface GroupHost {
  /** Groups with a replica here. */
  held(): readonly PartitionId[]
  status(group: PartitionId): RaftStatus | undefined
  replica(group: PartitionId): Replica | undefined
  /**
   * Has the command taken by `at`, which may be this member, and waits until it is applied: there,
   * or in a replica here, whichever is first known.
   */
  submit(
    group: PartitionId,
    at: MemberId,
    data: Uint8Array,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<SubmitOutcome>
  /** Many callers of one turn share one confirmation. */
  confirmRead(
    group: PartitionId,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<ReadOutcome>
  /** Of a group led here. */
  change(
    group: PartitionId,
    target: { readonly voters: readonly MemberId[]; readonly learners: readonly MemberId[] },
  ): ChangeOutcome
  transfer(group: PartitionId, to: MemberId): void
  /** Role, leader, term or configuration of a group changed. */
  onChanged(changed: (group: PartitionId) => void): () => void
  /** Applied entries, in order, with what they changed: for watches, the roster, chunks. */
  onApplied(applied: (group: PartitionId, index: number) => void): () => void
}
