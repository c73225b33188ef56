/** How much two versions may differ to be compared, with units and reasons. */
import { KIB, MIB, SECOND_MS } from '../../../base/limits.ts'

/** Of each version. Nobody reads the differences of more, and a thread has both in memory. */
export const DIFF_BYTES_MAX = 4 * MIB
/** Lines taken away and added; the time grows with them times all lines. */
export const DIFF_EDITS_MAX = 4_000
/** Of all lines that are told. */
export const DIFF_CHARS_MAX = 2 * MIB
/** Words are compared within lines no longer than this; a longer one is marked whole. */
export const DIFF_WORDS_CHARS_MAX = 8 * KIB
/** Words taken away and added in one line: beyond it, it is another line. */
export const DIFF_WORD_EDITS_MAX = 400
/** Same lines told before and after a change. */
export const DIFF_CONTEXT_LINES = 3
/** What ends one that takes longer in spite of all. */
export const DIFF_TIMEOUT_MS = 10 * SECOND_MS
