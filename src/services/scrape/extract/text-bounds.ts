/** How much text of a page is read, with units and reasons. */
import { KIB, MIB } from '../../../base/limits.ts'

/** Of content: as much as a page of HTML may have. Of a longer text, the beginning. */
export const TEXT_BYTES_MAX = 16 * MIB
/** Of all lines together: the longest novels have as much. */
export const TEXT_CHARS_MAX = 4 * MIB
/** A longer line (data in one line) goes on in the next. */
export const TEXT_LINE_CHARS_MAX = 16 * KIB
/** Lines may be empty of all but one character. */
export const TEXT_LINES_MAX = 200_000
