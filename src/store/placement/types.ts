/** Who stores, and who ought to (architecture 5). */
import type { MemberId } from '../../base/ids.ts'
import type { Levels } from '../../wire/levels.ts'
import type { PartitionId } from '../../wire/partition.ts'
import type { Configuration } from '../../wire/raft.ts'

/**
 * `active`: holds replicas. `draining`: is to be emptied. `gone`: another stands at its address,
 * its disk is lost: replaced at once. `removed`: out for good, its certificate void.
 */
export type EnrolledState = 'active' | 'draining' | 'gone' | 'removed'

/** A row of partition 0's table `ring`: a member as it was enrolled. */
export interface EnrolledMember {
  readonly id: MemberId
  readonly name: string
  /** `host:port`; its SHA-256 is the place on the ring. */
  readonly address: string
  /** Failure domain. */
  readonly host: string
  readonly roles: readonly ('entry' | 'chord' | 'tweeter')[]
  readonly state: EnrolledState
  /** While `draining`: to be removed once no group holds it. */
  readonly isLeaving?: boolean
  /** That it knows; who says nothing knows the first alone. */
  readonly levels?: Levels
}

/** What holds for the whole ring, each with a default (`RING_SETTINGS`). */
export interface RingSettings {
  /** A replica that is down so long is replaced. */
  readonly replaceAfterMs: number
  /** The ring must have been still for so long before replicas follow its order. */
  readonly stableMs: number
  /** Copies that one member takes in at once. */
  readonly incomingMax: number
}

/** All enrolled members, as of one log index of partition 0; a member keeps its last copy. */
export interface Roster {
  readonly index: number
  readonly members: readonly EnrolledMember[]
  readonly settings: RingSettings
  /** The ring's feature level. */
  readonly level: number
}

/** Where a group is, as far as a member knows: a hint (architecture 2.3). */
export interface Whereabouts {
  readonly group: PartitionId
  /** Of the configuration: a greater (term, index) is newer. */
  readonly term: number
  readonly index: number
  readonly leader: MemberId | undefined
  readonly configuration: Configuration
}
