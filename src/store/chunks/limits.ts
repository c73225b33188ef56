/** Bounds of chunks: each with its unit and its reason. */
import { DAY_MS, HOUR_MS, MIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

/** What tests and the simulator make smaller, and an owner may set. */
export interface ChunkSettings {
  /** What nothing holds is kept so long: by logged time. */
  readonly graceMs: number
  /** A pin older than this is settled by asking the partition of its record. */
  readonly pinAgeMs: number
  /** Between two looks over a group's chunks, where nothing calls for one. */
  readonly auditEveryMs: number
  /** Fetched by this member for repair, over all groups. */
  readonly repairBytesPerSecondMax: number
  /** Below it no chunk is taken. */
  readonly diskFreeBytesMin: number
}

export const CHUNK_SETTINGS: ChunkSettings = {
  graceMs: HOUR_MS,
  pinAgeMs: DAY_MS,
  auditEveryMs: 30 * MINUTE_MS,
  // Above what is asked of a refill (50 MB/s); leaves those who read half of a link of 1 Gbit/s.
  repairBytesPerSecondMax: 64 * MIB,
  // Chunks stop before logs do, which need 64 MiB (architecture 5, *Full disk*).
  diskFreeBytesMin: 128 * MIB,
}

/** Free space is asked for at most so often. */
export const DISK_LOOK_MS = SECOND_MS

/** Of the thread pool's work for files and the like eight may run at once (architecture 9). */
export const FILES_AT_ONCE_MAX = 4
/** Each waits with a chunk in memory at most; askers are bounded before. */
export const FILES_WAITING_MAX = 4_096

/** Of one chunk under way to one member: 1 MiB fills 1 Gbit/s at 8 ms. */
export const BLOCKS_AT_ONCE = 4
/** A member that is to give on what it gets may have to apply much before it is asked to. */
export const ARRIVAL_WAIT_MS = 5 * SECOND_MS
/** A connection that is full takes more after this; so often it is tried. */
export const BLOCK_BUSY_PAUSE_MS = 20
export const BLOCK_BUSY_TRIES = 50

/** Kept for the next chunks: 16 MiB. */
export const BUFFERS_IDLE_MAX = 4

/** Opened for others to fetch, the latest: 16 MiB. */
export const OPENED_MAX = 4

/** A holder waits so long until it has applied what was asked for. */
export const APPLIED_WAIT_MS = 5 * SECOND_MS

/** Chunks that one member puts at once: each in memory whole. */
export const PUTS_AT_ONCE_MAX = 8
export const PUTS_WAITING_MAX = 256
export const PUT_TIMEOUT_MS = 60 * SECOND_MS
export const GET_TIMEOUT_MS = 30 * SECOND_MS
/** Between two rounds over all holders: where the group is may have changed. */
export const ROUND_PAUSE_MS = 200

/** Of one stream: 12 MiB in memory at most, in either direction. */
export const STREAM_CHUNKS_AT_ONCE = 3

/** A member that was asked to take no more of a group does so for this long; asked again before. */
export const LEAVING_MS = MINUTE_MS
/** A verdict that members may leave holds for less: until then they take nothing. */
export const SAFE_FOR_MS = 20 * SECOND_MS
/** Chunks that hold a member back are looked at again after this. */
export const UNSAFE_FOR_MS = 2 * SECOND_MS

/** A leader that is not confirmed by then looks over its group, or answers, another time. */
export const CONFIRM_TIMEOUT_MS = 2 * SECOND_MS

/** Chunks that one leader has copied at once: who lost its disk takes from all leaders. */
export const REPAIRS_AT_ONCE_MAX = 4
/** Groups that one leader looks over at once: many have no chunk to copy, and wait for answers. */
export const AUDITS_AT_ONCE_MAX = 4
/** Chunks that one member fetches at once, each in memory: 32 MiB. */
export const FETCHES_AT_ONCE_MAX = 8
export const FETCHES_WAITING_MAX = 4_096
/** How often a leader looks whether there is something to do in its groups. */
export const KEEPER_TICK_MS = 2 * SECOND_MS
/** Old pins settled and free chunks collected of one group in one tick. */
export const UPKEEP_PER_TICK_MAX = 64
/** After a change in a group, for more to come. */
export const AUDIT_AFTER_CHANGE_MS = SECOND_MS
/** An audit that left something undone is made again after this. */
export const AUDIT_AGAIN_MS = 15 * SECOND_MS
