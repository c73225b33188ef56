/** Every bound of scraping one page, with its unit and why it is what it is (scrape.md 3). */
import { DAY_MS, KIB, MIB, SECOND_MS } from '../../base/limits.ts'

/** Longer addresses are traps or mistakes; 2,048 is what search engines and old browsers take. */
export const URL_CHARS_MAX = 2_048
/** A chain longer than this is a loop in disguise. */
export const REDIRECTS_MAX = 10

export const CONNECT_TIMEOUT_MS = 10 * SECOND_MS
/** A name server that hangs is given up as a connection is. */
export const RESOLVE_TIMEOUT_MS = 10 * SECOND_MS
export const HEADERS_TIMEOUT_MS = 15 * SECOND_MS
/** No byte for so long: the site is gone. */
export const IDLE_TIMEOUT_MS = 15 * SECOND_MS
/** One download with all its redirects. */
export const WHOLE_TIMEOUT_MS = 120 * SECOND_MS
/**
 * A site that drips slower than `SLOW_BYTES_PER_SECOND_MIN` over such a stretch holds a slot for
 * nothing.
 */
export const SLOW_WINDOW_MS = 30 * SECOND_MS
export const SLOW_BYTES_PER_SECOND_MIN = KIB

export const HEADER_BYTES_MAX = 64 * KIB
export const HEADERS_COUNT_MAX = 200
/** Decoded. A page for people is far smaller; a parser's memory is a multiple of it. */
export const HTML_BYTES_MAX = 16 * MIB
/** Decoded, for all that is not HTML. */
export const FILE_BYTES_MAX = 256 * MIB
/** No text packs better than about 1 : 100 by itself; zeros pack 1 : 1,000. */
export const UNPACK_RATIO_MAX = 200
/** Below it no ratio is judged: a small page of blanks is no bomb. */
export const UNPACK_RATIO_FROM_BYTES = MIB
/** Codings on top of each other; real sites use one. */
export const CODINGS_MAX = 2
/**
 * What one step of unpacking is fed, so that a bomb is seen before it has grown: 16 KiB unpack to
 * 16 MiB at most.
 */
export const UNPACK_FEED_BYTES = 16 * KIB

/** How much of a page is searched for its title and its declared charset. */
export const TITLE_SEARCH_BYTES = 64 * KIB
export const CHARSET_SEARCH_BYTES = KIB
export const TITLE_CHARS_MAX = 300

/** A copy younger than this is an answer, where the asker names no age. */
export const MAX_AGE_DEFAULT_MS = DAY_MS
/** A failure this young is told again instead of bothering the site again. */
export const FAILURE_FRESH_MS = 10 * SECOND_MS
