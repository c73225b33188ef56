/** Bounds of the open door: each with its unit and its reason. */
import { KIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

/** Of one address, so that one stranger leaves room for others; those of this machine are many. */
export const TRANSFERS_PER_ADDRESS_MAX = 16
/** Sent in one go, so that no wait of a bounded rate is long. */
export const PACED_BYTES = 64 * KIB
/** A burst is what flows in so long. */
export const BURST_MS = 250

/** Names that are looked for outside at once, for who asks for what the ring does not have. */
export const SOUGHT_AT_ONCE = 8
/** Where a name leads is remembered for so long, of so many names. */
export const SOUGHT_KNOWN_MS = 30 * SECOND_MS
export const SOUGHT_KNOWN_MAX = 256

export const KEEP_ALIVE_MS = 15 * SECOND_MS
export const REQUEST_MS = 15 * SECOND_MS
/** Who takes nothing for so long is gone. */
export const STALL_MS = MINUTE_MS
/** Longer addresses are of nothing that there is. */
export const TARGET_CHARS_MAX = 2_048
