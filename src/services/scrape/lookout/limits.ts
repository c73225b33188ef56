/** Every bound of looking for what is this member’s to do, with its unit and why it is so. */
import { MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'

/** Neighbours change in bursts; the last change counts. A look that failed is made again, too. */
export const LOOK_SOON_MS = SECOND_MS
/** A ring that was killed goes on as soon as its members look: the first one waits for less. */
export const FIRST_LOOK_MS = 300
/**
 * Between two looks for what nobody told this member of: words get lost when members die, and then
 * neighbours change, which makes it look at once.
 */
export const LOOK_AROUND_EVERY_MS = 2 * MINUTE_MS
/** What is told of is looked for after each of these, one after the other, until it has come. */
export const LOOKS_AFTER_WORD_MS: readonly number[] = [0, 200, 500, 1_000, 2_000]
