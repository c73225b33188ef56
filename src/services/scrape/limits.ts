/** Every bound of scraping one page, with its unit and why it is what it is. */
import { DAY_MS, HOUR_MS, KIB, MIB, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

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

/** A copy younger than this is an answer, where neither the asker nor the site names an age. */
export const MAX_AGE_DEFAULT_MS = DAY_MS
/** A failure this young is told again instead of bothering the site again. */
export const FAILURE_FRESH_MS = 10 * SECOND_MS

/** A member that downloads a page and dies is followed by another after this. */
export const LEASE_MS = 6 * SECOND_MS
/**
 * A ring of which no neighbour changed for so long is at rest: whoever joined, left or died is
 * known to all whom it concerns.
 */
export const QUIET_MS = 10 * SECOND_MS
/** A member looks so often whether it stood still; it did when it comes so late. */
export const AWAKE_EVERY_MS = 500
export const STOOD_STILL_MS = 1_500
/** Links that are told with a page; of more the page itself is read. */
export const LINKS_CHARS_MAX = 256 * KIB
/** Three tries within a lease. */
export const LEASE_RENEW_MS = 2 * SECOND_MS
/** Between two looks whether another member has ended the download that this one waits for. */
export const LEASE_LOOK_MS = 500
/** A member whose lease ran out each time hangs too often to download anything. */
export const LEASES_LOST_MAX = 3

/** Of content in the store: 64 downloads at once have two each in memory. */
export const BODY_CHUNK_BYTES = MIB

/** An order outlives its taker for so long; nobody remembers giving it after that. */
export const ORDER_KEPT_MS = HOUR_MS
/** So many members begin with an order: the page that kills who downloads it must end somewhere. */
export const ORDER_TRIES_MAX = 3
/** Orders under one head taken up at a look; the next look takes more. */
export const ORDERS_PER_LOOK_MAX = 100
/** Nobody leaves an order behind without a change of neighbours but by an error. */
export const ORDERS_EVERY_MS = 5 * MINUTE_MS

/** What one call to an owner waits for a running download; a dead owner is noticed no later. */
export const ASK_WAIT_MS = SECOND_MS
/** What an answer may take beside the waiting. */
export const ASK_MARGIN_MS = 2 * SECOND_MS
/** How long an asker goes on looking for a member that answers, while the ring heals. */
export const ASK_PATIENCE_MS = 30 * SECOND_MS
/** Between two tries, doubled each time up to the second number. */
export const ASK_PAUSE_MIN_MS = 100
export const ASK_PAUSE_MAX_MS = SECOND_MS
/** “Not me, ask that one”: followed so often before the ring is asked anew. */
export const HINTS_MAX = 3

/** Downloads at once a member, and how many more may wait; beyond, askers are told BUSY. */
export const DOWNLOADS_MAX_DEFAULT = 64
export const DOWNLOADS_WAITING_MAX = 1_000

/** What a reader of content is given at a time. */
export const BODY_PIECE_BYTES = 256 * KIB

/** Between two heads of pages that are counted: each takes some milliseconds where all is full. */
export const CENSUS_PAUSE_MS = 20
/** All is counted: whether a replica came is looked at so often. */
export const CENSUS_LOOK_MS = 2 * SECOND_MS

/** A leaving member waits so long for its running downloads. */
export const DRAIN_DOWNLOADS_MS = 5 * SECOND_MS

/**
 * Versions of a page beside the newest: a year of daily changes. The oldest goes for the next one.
 */
export const OLDER_VERSIONS_MAX = 365
/** Imported versions of a page have a share of their own: they push none out that the ring got. */
export const IMPORTED_VERSIONS_MAX = 365
/** Rows of versions read at a time by whoever looks for the oldest: each may have 64 KiB. */
export const VERSION_ROWS_AT_ONCE = 16
/** Of versions told at a time. */
export const VERSIONS_PER_LIST_MAX = 100
/**
 * A page that is kept anew each time while it is being removed is downloaded by somebody in a loop.
 */
export const REMOVE_TRIES_MAX = 5

/** Attempts remembered with a page. */
export const HISTORY_MAX = 20
