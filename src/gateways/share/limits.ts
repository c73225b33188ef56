/** Bounds of the open door: each with its unit and its reason. */
import { KIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

/** Of one address, so that one stranger leaves room for others; those of this machine are many. */
export const TRANSFERS_PER_ADDRESS_MAX = 16
/**
 * Who takes less than `PACED_BYTES` in so long gives its place to whoever wants one: else some who
 * take a byte a minute each would hold them all.
 */
export const DAWDLE_MS = 10 * SECOND_MS
/** Sent in one go, so that no wait of a bounded rate, or for a slow reader, is long. */
export const PACED_BYTES = 64 * KIB
/** A burst is what flows in so long. */
export const BURST_MS = 250

/** Names that are looked for outside at once, for who asks for what the ring does not have. */
export const SOUGHT_AT_ONCE = 8
/** Of one address, so that one stranger leaves some to others. */
export const SOUGHT_PER_ADDRESS_MAX = 2
/** Where a name leads is remembered for so long, of so many names. */
export const SOUGHT_KNOWN_MS = 30 * SECOND_MS
export const SOUGHT_KNOWN_MAX = 256

/** What is here of a content on its way in is read from the store so often, and not each time. */
export const HAVE_KNOWN_MS = SECOND_MS
export const HAVE_KNOWN_MAX = 64

/**
 * Connections of all strangers: their own, so that they never take those of the page and the API.
 */
export const CONNECTIONS_MAX = 512
/** Requests of one connection that wait for those before them: Node hands over all that come. */
export const PIPELINED_MAX = 16
export const KEEP_ALIVE_MS = 15 * SECOND_MS
export const REQUEST_MS = 15 * SECOND_MS
/** Who takes nothing for so long is gone. */
export const STALL_MS = MINUTE_MS
/** Longer addresses are of nothing that there is. */
export const TARGET_CHARS_MAX = 2_048
