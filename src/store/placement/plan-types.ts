/** What planning is asked, and what it answers (plan.ts). */
import type { MemberId } from '../../base/ids.ts'
import type { RaftStatus } from '../../consensus/types.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'
import type { StorageOrder } from './desired.ts'

/**
 * Why a member comes or goes. `repair`: one was lost. `grow`: the ring is larger than the group.
 * `drain`: one is to be emptied. `balance`: the order of the ring wants another. `shrink`: fewer
 * hosts are enrolled, or it was in the way of nobody.
 */
export type MoveKind = 'repair' | 'grow' | 'drain' | 'balance' | 'shrink'

/** What a move waits for, as status and page tell it. */
export type Wait =
  /** Down, and may come back: it is replaced after so long. */
  | { readonly kind: 'grace'; readonly member: MemberId; readonly leftMs: number }
  /** The ring changed a moment ago. */
  | { readonly kind: 'stability'; readonly leftMs: number }
  /** Repairs go first. */
  | { readonly kind: 'repairs' }
  /** The newcomer takes as many others as it may at once. */
  | { readonly kind: 'incoming'; readonly member: MemberId }
  /** The newcomer copies. */
  | { readonly kind: 'copying'; readonly member: MemberId; readonly entriesLeft: number }
  /** The newcomer does not answer. */
  | { readonly kind: 'down'; readonly member: MemberId }
  /** No other host stores: add a member. */
  | { readonly kind: 'noMember' }
  /** The change before, or the first entry of a leader's term, is not committed. */
  | { readonly kind: 'change' }
  /** The other newcomer of a pair: one alone would not let more fail. */
  | { readonly kind: 'pair' }
  /** Another move of this group is under way. */
  | { readonly kind: 'move' }
  /** Chunks of the one that leaves have too few copies elsewhere. */
  | { readonly kind: 'chunks'; readonly member: MemberId }
  /** Too few live voters would be left. */
  | { readonly kind: 'margin' }

export interface Move {
  readonly kind: MoveKind
  /** Who comes. */
  readonly to: MemberId | undefined
  /** Who goes. */
  readonly from: MemberId | undefined
  /** `undefined`: it is taken just now. */
  readonly waitsFor: Wait | undefined
}

export type Step =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'change'
      readonly voters: readonly MemberId[]
      readonly learners: readonly MemberId[]
    }
  /** A change that adds `member` as a learner: it takes one of that member's incoming places. */
  | {
      readonly kind: 'add'
      readonly member: MemberId
      readonly voters: readonly MemberId[]
      readonly learners: readonly MemberId[]
    }
  | { readonly kind: 'transfer'; readonly to: MemberId }

export interface Plan {
  readonly step: Step
  readonly moves: readonly Move[]
}

/** A group as its leader sees it. */
export interface PlanGroup {
  readonly id: PartitionId
  /** The leader, which plans. */
  readonly self: MemberId
  readonly configuration: Configuration
  readonly status: Pick<RaftStatus, 'isChanging' | 'isReady' | 'last' | 'progress'>
  /** Each chunk of the group has the copies that it needs among `staying`. */
  readonly chunksSafe: (staying: readonly MemberId[]) => boolean
}

export interface PlanRing {
  readonly order: StorageOrder
  readonly nowMs: number
  /** Members that do not answer, since when on the clock of `nowMs`. */
  readonly downSinceMs: ReadonlyMap<MemberId, number>
  /** Since when roster and liveness are as they are. */
  readonly stableSinceMs: number
  readonly graceMs: number
  readonly stableMs: number
  /** Some group waits for a repair that can be made. */
  readonly hasRepairs: boolean
  /** It can take one more move. */
  readonly hasPlace: (member: MemberId) => boolean
}
