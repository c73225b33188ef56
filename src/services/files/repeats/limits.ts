/** Bounds of what is known of changes that may be asked for again. */
import { DAY_MS, HOUR_MS, KIB, SECOND_MS } from '../../../base/limits.ts'

/** An answer, by logged time. */
export const ANSWER_KEPT_MS = DAY_MS

/**
 * A change that has begun. Its partition keeps what came of it for a day from later on: that must
 * not be forgotten first, however the clocks of members differ.
 */
export const BEGUN_KEPT_MS = DAY_MS - HOUR_MS

/**
 * Of an account, in one day: fewer than one partition keeps, so that none alone fills it; some
 * 50 MiB, as an answer has about 1 KiB.
 */
export const KEYS_A_DAY_MAX = 50_000

/** As JSON, in UTF-8. A larger answer is made anew from what the change told. */
export const ANSWER_BYTES_MAX = 32 * KIB

/** One that has begun elsewhere is let go on for so long. */
export const PATIENCE_MS = SECOND_MS
export const LOOK_MS = 50

/** Each time another member was faster. */
export const ROUNDS_MAX = 8
