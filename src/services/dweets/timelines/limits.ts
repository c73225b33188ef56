/** Bounds of reading dweets. Pure. */
import { SECOND_MS } from '../../../base/limits.ts'

/** Newest publications of an author that a member keeps. */
export const HEAD_ROWS = 40
/** Of all authors together, about a kilobyte each. */
export const CACHED_ROWS_MAX = 40_000

/** Records of short lists of one's own that a member keeps, some 100 bytes each. */
export const OWN_ROWS_MAX = 100_000
/** People whose circles a member keeps. */
export const CIRCLES_MAX = 1_000

/** Publications that are asked of an author at once, behind the newest. */
export const STRETCH_ROWS = 40
/** Of the list of a partition: a page has few of each of the 64. */
export const LOCAL_STRETCH_ROWS = 8

/** Publications looked at for one page: where nearly all are hidden, a page is short. */
export const LOOKED_AT_MAX = 2_000

/** Where there are more unseen ones, they are told as that many. */
export const UNSEEN_COUNTED_MAX = 1_000
/** Of so many authors more is kept by one reading, that many times as much: some 10 ms. */
export const DEEPENED_MAX = 25
export const DEEPENED_BY = 4

/** Notifications that one entry deletes. */
export const NOTES_CLEARED_MAX = 500

/** What waits for one reader of a stream: who lags further is told to read again. */
export const EVENTS_WAITING_MAX = 256
/** Dweets of which a stream knows how often they were edited, or what counts to tell. */
export const PLACES_KNOWN_MAX = 100
/** Counts are told that often at most. */
export const COUNTS_PAUSE_MS = SECOND_MS
/** Until an author's changes are asked for again, where nobody can tell them. */
export const WATCH_PAUSE_MS = SECOND_MS

/** Likes, redweets and bookmarks of one person, the newest dweets', that a member keeps. */
export const MINE_KEPT = 200
