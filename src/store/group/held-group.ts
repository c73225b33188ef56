/** One group of this member: its machines, and what the host keeps for it. */
import type { MemberId } from '../../base/ids.ts'
import type { RaftGroup } from '../../consensus/group.ts'
import type { Role } from '../../consensus/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration, LogIndex, Term } from '../../wire/raft.ts'
import type { Partition } from '../partition/partition.ts'
import type { GroupState } from '../state/types.ts'
import type { ReadOutcome } from './types.ts'

/** Who waits for an entry that this member took as leader. */
export interface Asker {
  readonly term: Term
  readonly token: number
  /** `undefined`: a caller of this member. */
  readonly from: MemberId | undefined
}

/** Reads of one group and one turn. */
export interface ReadBatch {
  readonly token: number
  readonly waiting: { settle(outcome: ReadOutcome): void }[]
  /** Once confirmed: they may be served when it is applied. */
  index: LogIndex
}

export interface HeldGroupParts {
  readonly id: PartitionId
  readonly raft: RaftGroup
  readonly state: GroupState
  readonly partition: Partition
}

export class HeldGroup {
  readonly id: PartitionId
  readonly raft: RaftGroup
  /** Both are replaced when a snapshot takes their place. */
  state: GroupState
  partition: Partition

  /** The replica is here; afterwards nothing of it is stepped or sent. */
  isOpen = true
  /** Was stepped since the last `take`. */
  isDirty = false
  /** Committed entries wait to be applied. */
  hasCommitted = false
  /** When its machine wants the time, as of the last `take`: asked for much more often than set. */
  deadlineMs: number
  /** The last batch of the log with something of this group; 0: none since the start. */
  batch = 0

  /** As of the last change that the machine told. */
  role: Role = 'follower'
  term: Term = 0
  leader: MemberId | undefined
  /** Appends and offers heard: whoever looks away and back sees whether there were any. */
  heard = 0
  /** When there was last a leader, or the group began here. */
  ledAtMs: number

  /** Who waits for an entry that was taken here, by its index. */
  readonly askers = new Map<LogIndex, Asker>()
  /** Reads that this turn joins. */
  readJoining: ReadBatch | undefined
  /** Reads that wait for a confirmation, by token. */
  readonly readsAsked = new Map<number, ReadBatch>()
  /** Confirmed reads that wait for an index to be applied. */
  readsWaiting: ReadBatch[] = []

  constructor(parts: HeldGroupParts, nowMs: number) {
    this.id = parts.id
    this.raft = parts.raft
    this.state = parts.state
    this.partition = parts.partition
    this.ledAtMs = nowMs
    this.deadlineMs = parts.raft.deadlineMs
  }

  get isLeader(): boolean {
    return this.role === 'leader'
  }

  /** As of the last entry applied. */
  get configuration(): Configuration | undefined {
    return this.state.mark.configuration
  }

  get appliedIndex(): LogIndex {
    return this.state.mark.applied.index
  }
}
