/** Bounds of calls between members, each with what happens when it is hit (docs/spec/rpc.md). */
import { KIB, MIB, SECOND_MS } from '../base/limits.ts'
import { PACKED_SHARED_BYTES_MAX } from '../wire/packed.ts'

/** Requests under way on one connection, each way. Beyond it: BUSY, not applied. */
export const IN_FLIGHT_MAX = 1024

/** Handlers running for one member over all its connections. Beyond it: BUSY, not applied. */
export const RUNNING_PER_MEMBER_MAX = 2048

/** Handlers running for all members: some 10 KiB each. Beyond it: BUSY, not applied. */
export const RUNNING_MAX = 8192

/** Names that one side may announce on a connection. Beyond it: garbled. */
export const METHODS_MAX = 1024
export const METHOD_NAME_BYTES_MAX = 100

/** Waiting to be sent on one connection: new requests, ours and the other side's, are BUSY. */
export const OUT_BUSY_BYTES = 8 * MIB

/** Waiting to be sent: the other side reads nothing; the connection is closed. */
export const OUT_BYTES_MAX = 64 * MIB

/** Frames are gathered into pieces of this size; larger bodies are handed on as they are. */
export const SLAB_BYTES = 64 * KIB
export const COPIED_BODY_BYTES_MAX = PACKED_SHARED_BYTES_MAX

/**
 * Bytes of items that may be under way on a stream, or wait for their consumer. An item may exceed
 * what is left, so that at most this and one frame are held. 4 MiB fill 10 Gbit/s at 3 ms.
 */
export const STREAM_WINDOW_BYTES = 4 * MIB

/**
 * A consumer that takes nothing for so long loses its stream: it holds a handler at the other side.
 */
export const STREAM_STALL_MS = 120 * SECOND_MS

/** From a connection to the hello of the other side. */
export const HELLO_TIMEOUT_MS = 5 * SECOND_MS

/** One address gets at most this long to be connected to. */
export const CONNECT_TIMEOUT_MS = 3 * SECOND_MS

/** Silence after which the other side is asked whether it is there, and after which it is not. */
export const PING_AFTER_MS = 5 * SECOND_MS
export const DEAD_AFTER_MS = 15 * SECOND_MS
export const HEART_BEAT_MS = SECOND_MS

/**
 * Of two connections with one member the kept one must prove alive in this time; so must one on
 * which a request was not answered in time.
 */
export const VERIFY_TIMEOUT_MS = 2 * SECOND_MS

/** After that time: what lies unread in this process is read before the connection is judged. */
export const READ_LAST_MS = 50

/** A beat so much late says that this process stood still: no silence is held against others. */
export const OWN_LAG_MS = 2 * SECOND_MS

/** Between failed connections to one address; in between calls to it fail at once. */
export const BACKOFF_MIN_MS = 50
export const BACKOFF_MAX_MS = 2 * SECOND_MS

/** One pair needs one; a moment's more come from both sides opening, or a restart. */
export const LINKS_PER_MEMBER_MAX = 4

/** Members that may be connected at once; beyond it new connections are refused. */
export const LINKS_MAX = 1024

/** Addresses of which the last failures are remembered; the oldest are forgotten. */
export const ADDRESSES_MAX = 4096

/** Tries of one call: each address once, and once more where a kept connection turned out dead. */
export const EXTRA_TRIES = 1

/**
 * Notices that wait for a connection to one member, and their bytes; beyond it further ones are
 * dropped. Connecting takes some milliseconds or fails.
 */
export const NOTICES_WAITING_MAX = 256
export const NOTICE_BYTES_WAITING_MAX = 4 * MIB

/** A graceful stop waits so long for what is under way. */
export const STOP_TIMEOUT_MS = 3 * SECOND_MS
