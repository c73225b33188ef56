/** Bounds of the host: each with its unit and its reason. */
import { MIB, KIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'
import { RAFT_SETTINGS } from '../../consensus/settings.ts'
import { ALL_PARTITIONS } from '../../wire/partition.ts'
import type { GroupSettings } from './types.ts'

export const GROUP_SETTINGS: GroupSettings = {
  groups: ALL_PARTITIONS,
  raft: RAFT_SETTINGS,
  // Architecture 5, *Log*: read again at a start in well under a second.
  checkpointBytes: 32 * MIB,
  // An idle member's log stays short, too.
  checkpointEveryMs: 5 * MINUTE_MS,
  // The overlay is bounded memory; a second's worth of a fast disk.
  unwrittenBytesMax: 32 * MIB,
  // Architecture 5, *Full disk*.
  diskFreeBytesMin: 64 * MIB,
  // Above what is asked of a refill (10 MB/s), below what starves a link of 1 Gbit/s.
  snapshotBytesPerSecondMax: 64 * MIB,
}

/** Bundles grow to about this; more to one member goes in a further one. */
export const BUNDLE_BYTES_MAX = MIB

/**
 * How late followers may hear what is committed, and watchers there what changed: with one client
 * a member sends a bundle every few milliseconds, and a third of them said nothing else. A read at
 * a follower does not wait for it: its confirmation takes along what waits.
 */
export const COMMITTED_WAITS_MS = 50

/**
 * How late those hear of entries that a majority does not need. When one of the others is gone a
 * write takes so much longer, until the leader notices that it is late.
 */
export const APPEND_WAITS_MS = 20

/** Handed to the log and not synced: more is held back until it is less. */
export const LOG_IN_FLIGHT_BYTES_MAX = 24 * MIB

/** Commands of this member that wait for an answer. */
export const SUBMITS_MAX = 16_384

/** Reads that wait for a confirmation, callers counted. */
export const READS_MAX = 65_536

/** Of one turn: nothing blocks the event loop over 20 ms (architecture 5). */
export const APPLY_MS_MAX = 8
export const APPLY_BYTES_MAX = 4 * MIB
/** Given out by a machine at once; between two such the time is looked at. */
export const APPLY_STEP_BYTES = 64 * KIB
/** While the database catches up. */
export const APPLY_RETRY_MS = 5

/** So often a turn looks again at groups that it stepped itself; the rest waits for the next. */
export const PASSES_MAX = 4

/** A round for reads that so few confirm in this time is not waited for by the next one. */
export const ROUND_PATIENCE_MS = 10

/**
 * Bounds of what is told of appends, seconds: a fast disk syncs within the first, a leader later
 * than the eleventh hands over.
 */
export const APPEND_TIMES = [
  0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 4,
]

/** A leader later than this with its loop or its disk hands over (architecture 5). */
export const LAG_MS_MAX = 500

/** A planned stop waits so long for others to take over. */
export const HAND_OVER_MS_MAX = 2 * SECOND_MS

/**
 * A member that is late over and over hands over no more often: where all are slow, leaderships
 * that go round only add to it.
 */
export const HAND_OVER_AGAIN_MS_MAX = MINUTE_MS

/** Checkpoints, watermark, expiry, standing: looked at this often. */
export const UPKEEP_EVERY_MS = SECOND_MS

/**
 * The disk is asked again, too, when the log has grown by this part of what is kept back: at 1 GB/s
 * a second is too long.
 */
export const FULL_LOOKS = 8

/** One that has not said for so long that its disk is full takes nothing, full or not. */
export const FULL_WORD_MS = 3 * SECOND_MS

/** A replica that hears of no leader for so long asks whether it is still a member. */
export const STANDING_AFTER_MS = 10 * SECOND_MS

/** A block that fails is asked for again so often, then the leader hears that it failed. */
export const SNAPSHOT_TRIES_MAX = 5
export const SNAPSHOT_RETRY_MS = 200
/** An open source costs space in the database: closed when nobody asks for so long. */
export const SNAPSHOT_IDLE_MS = 15 * SECOND_MS

/** Outbox messages on their way. */
export const DELIVERY_TIMEOUT_MS = 5 * SECOND_MS
/** Between two tries, doubled each time up to the second. */
export const DELIVERY_RETRY_MS_MIN = 50
export const DELIVERY_RETRY_MS_MAX = 2 * SECOND_MS
/** Under way at once from one member; further pairs wait. */
export const DELIVERIES_MAX = 64
