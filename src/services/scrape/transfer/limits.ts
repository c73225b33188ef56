/** Bounds of what goes out of the archive and comes in. */
import { KIB, MIB, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'

const GIB = KIB * MIB

/**
 * What a crawl says of when it got a page is logged time: the median of clocks, of which the leader
 * hears late. A page that is younger by no more than this is the one that it got.
 */
export const LOGGED_BEHIND_MS_MAX = 10 * SECOND_MS

/** Rows of pages read at a time: each may be 64 KiB, with content under 8 KiB in it. */
export const HELD_ROWS_AT_ONCE = 64
/** Looked at for one answer; then it is given with what was found, and a cursor. */
export const HELD_ROWS_PER_LIST_MAX = 2_048
/** Addresses of a crawl read at a time. */
export const CRAWL_ROWS_AT_ONCE = 500

/** An archive as it comes. Larger ones are cut by their tools anyway, at 1 GiB mostly. */
export const IMPORT_BYTES_MAX = 16 * GIB
/** Unpacked, where it came packed: what a bomb may cost in time; it costs no memory. */
export const IMPORT_UNPACKED_BYTES_MAX = 64 * GIB
/** Below it no ratio is judged; above, records that unpack further are no pages. */
export const IMPORT_RATIO_FROM_BYTES = 64 * MIB
export const IMPORT_RATIO_MAX = 200
/** Pages that are being kept while the next are read. */
export const IMPORT_KEEPS_AT_ONCE = 8
/** Contents remembered for what refers to them: some 40 MiB. */
export const IMPORT_CONTENTS_MAX = 200_000
/**
 * A clock may be wrong. What comes from further ahead would stay the newest copy, and give what is
 * downloaded meanwhile times that are to come.
 */
export const IMPORT_AHEAD_MS_MAX = 5 * MINUTE_MS
/** An import looks so often, after so long, whether others are done with a page. */
export const IMPORT_LOOKS_MAX = 240
export const IMPORT_LOOK_MS = 250
/** Of the headers of one answer, in its page. */
export const IMPORT_HEADER_BYTES_MAX = 64 * KIB
