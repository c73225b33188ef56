/** Bounds of locks on paths. */
import { HOUR_MS, KIB, MINUTE_MS } from '../../../base/limits.ts'

/** A client that is gone holds nobody up for longer; one that works asks again in time. */
export const LOCK_MS_MAX = HOUR_MS
/** Where a client does not say. */
export const LOCK_MS_DEFAULT = 10 * MINUTE_MS
/** Of one home, or of one folder of the root: all are read for each lock that is taken. */
export const LOCKS_A_SCOPE_MAX = 1_000
/** Of one account there, so that nobody takes them all. */
export const LOCKS_A_NICK_MAX = 250
/** What a client says of who holds it, in UTF-8. */
export const LOCK_OWNER_BYTES_MAX = KIB
