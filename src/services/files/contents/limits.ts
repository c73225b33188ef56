/** Bounds of contents: each with its unit and its reason. */
import { DAY_MS, HOUR_MS, KIB, MIB, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'
import { PUTS_AT_ONCE_MAX } from '../../../store/chunks/limits.ts'

/** Less than this is kept in a row beside the entry: a chunk would cost more rows than it holds. */
export const SMALL_BODY_BYTES = 8 * KIB

/** What nobody holds stays so long after its last change, by logged time. */
export const LIFE_MS = DAY_MS
/** Whoever names what it sealed, or copies, has done so within this time: tries and pauses. */
export const NAMED_WITHIN_MS = HOUR_MS
/** Partitions that did not answer are asked again, should the question have got lost. */
export const ASKED_AGAIN_MS = 7 * DAY_MS
/** Who reads it for longer than this has it stay for another day. */
export const KEEP_EVERY_MS = LIFE_MS / 4
/** A hold that comes after its release, by another way, within this time holds nothing. */
export const RELEASED_KEPT_MS = 30 * DAY_MS

/** One row: some 9 KiB. */
export const CHUNKS_PER_PART_MAX = 256
/** As many as one message to a partition of chunks takes. */
export const CHUNKS_PER_APPEND_MAX = 256

/** Removed by one entry: 1,024 chunks, in some 64 messages. */
export const PARTS_PER_STEP = 4
/** Names of who held it once, removed by one entry. */
export const RELEASED_PER_STEP = 500
/** Contents whose removal one entry begins. */
export const SWEPT_PER_ENTRY = 16

/** Contents that are to be joined and are looked at at once: each is an entry. */
export const CHECKED_AT_ONCE = 32

/** What a member that dies costs: beyond it `push` waits. */
export const UNSAFE_BYTES_MAX = 8 * MIB
/** Chunks of one writer on their way, each with 4 MiB of memory. */
export const PUTS_AT_ONCE = 4
/** Of all writers of a member: as many as its store puts at once. */
export const ALL_PUTS_AT_ONCE = PUTS_AT_ONCE_MAX
/** Writers that wait for their turn: more than a member has sessions. */
export const PUTS_WAITING_MAX = 4_096
/** Kept for the next chunks of all writers: 16 MiB. */
export const BUFFERS_IDLE_MAX = 4
/** As much in whole chunks is worth an entry. */
export const APPEND_BYTES = 2 * MIB
/** A slow upload is made durable so often, within a chunk too. */
export const DURABLE_EVERY_MS = 5 * SECOND_MS

/** A change of a content is tried so long, with pauses where its partition is busy. */
export const CHANGE_TIMEOUT_MS = MINUTE_MS
export const BUSY_PAUSE_MS = 200
/** A chunk that finds no holders is tried so long. */
export const PUT_TIMEOUT_MS = MINUTE_MS
