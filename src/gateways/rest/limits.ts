import { KIB, MIB, SECOND_MS } from '../../base/limits.ts'

/** A scrape request is an address and an age; far below this. */
export const REQUEST_BODY_BYTES_MAX = 64 * KIB

/**
 * A part of a path that is a name. Node takes no longer request lines, so that each name meets the
 * limit of its own kind, and the reason is told.
 */
export const PARAM_CHARS_MAX = 16 * KIB

/** Longest that `Prefer: wait=` holds a request open: below the 60 s at which proxies give up. */
export const WAIT_SECONDS_MAX = 30

/** A client that does not finish its request in this time loses the connection. */
export const REQUEST_TIMEOUT_MS = 15 * SECOND_MS

/**
 * A connection on which nothing moves while an answer is due: a client that stops reading holds the
 * answer in memory. Twice what a request may be held open; event streams beat more often.
 */
export const STALL_TIMEOUT_MS = 2 * WAIT_SECONDS_MAX * SECOND_MS

/**
 * Requests of one connection that wait for the answers before them. Each may be answered with a MiB
 * that nobody reads; browsers send none, tools a handful.
 */
export const PIPELINED_MAX = 16

/**
 * Answers that one connection may leave unsent before it is refused further large ones, and all
 * connections of a door together: above that, who has taken nothing for longest is closed.
 */
export const UNSENT_BYTES_PER_CONNECTION_MAX = 4 * MIB
export const UNSENT_BYTES_MAX = 64 * MIB

/** A connection that is behind and has not taken one answer whole in this time is closed. */
export const UNSENT_STALL_MS = STALL_TIMEOUT_MS
/** Between two looks for such ones. */
export const UNSENT_LOOK_MS = 5 * SECOND_MS

/** Pages of records being read: each is up to a MiB, and takes milliseconds to write as JSON. */
export const LISTS_AT_ONCE = 8
/** Beyond that they wait; more than these would hold too much memory with their answers. */
export const LISTS_WAITING_MAX = 504

/** Longer than most clients wait between two requests, so that they find the connection open. */
export const KEEP_ALIVE_TIMEOUT_MS = 65 * SECOND_MS

/** A comment line on an idle event stream, so that both ends notice a dead connection. */
export const EVENT_BEAT_MS = 15 * SECOND_MS

/** Between two looks whether the reader of events, or of a backup, may still read. */
export const ASK_AGAIN_MS = 10 * SECOND_MS

/** Doings kept for a newcomer to the event stream. */
export const EVENTS_RECENT_MAX = 200

/**
 * What one reader of doings may leave unread; then its stream ends. It comes again and gets the
 * latest ones.
 */
export const UNREAD_EVENTS_MAX = 2_000

/** So long such a reader may still take the event that says so; then its connection is closed. */
export const EVENT_LAG_GRACE_MS = 5 * SECOND_MS

/**
 * Event streams open at once at one member; those that ask for other numbers of latest events each
 * cost a subscription at every other member.
 */
export const EVENT_STREAMS_MAX = 100

/** Of those, streams of dweets of one account: pages, consoles and other programs of one person. */
export const EVENT_STREAMS_OF_ONE_MAX = 10

/** A message of a program by WebSocket names a stream and what it is of. */
export const SOCKET_MESSAGE_BYTES_MAX = 4 * KIB
/** So many at once, so many a second after that: each may cost reads of the ring. */
export const SOCKET_MESSAGES_MAX = 60
export const SOCKET_MESSAGES_A_SECOND = 1
/** Streams that one socket has at once: programs have one for each column. */
export const SOCKET_TOPICS_MAX = 20
/** What a socket's reader may leave unsent; then it is closed, and comes again. */
export const SOCKET_UNSENT_BYTES_MAX = 256 * KIB

/** Longest and shortest life of a join token that the API makes. */
export const TOKEN_SECONDS_MAX = 7 * 24 * 3600
export const TOKEN_SECONDS_DEFAULT = 3600

/** So long a browser keeps a session that it does not use: as long as the ring does. */
export const SESSION_COOKIE_SECONDS = 30 * 24 * 3600

/**
 * Log-ins, registrations and changes of passwords under way at a door: each costs a change of the
 * ring, memory and processor time. So many are worked on, some more wait, all others are refused
 * before any of it.
 */
export const PASSWORDS_AT_ONCE = 8
export const PASSWORDS_WAITING_MAX = 56

/** Rows of lists of people and of the audit log. */
export const PAGE_ROWS_DEFAULT = 50
export const PAGE_ROWS_MAX = 200

/** What a client calls itself, in lists of sessions and in the audit log. */
export const CLIENT_CHARS_MAX = 200

/** Between two looks at a crawl whose events are read; all readers share one. */
export const CRAWL_LOOK_MS = 500

/** Exports under way at one member: each packs all that it sends, on the one processor. */
export const EXPORTS_AT_ONCE = 4
/** Of what people take along: a few thousand rows each, seldom. */
export const DWEET_EXPORTS_AT_ONCE = 8
/** Imports likewise: what they read is unpacked, and what they keep is written to the ring. */
export const IMPORTS_AT_ONCE = 2

/**
 * Downloads and uploads of files under way at one member: each holds some chunks of up to 4 MiB;
 * others are told to go elsewhere, or to come again.
 */
export const DOWNLOADS_AT_ONCE = 256
export const UPLOADS_AT_ONCE = 64
/** Each may hold a picture of 16 MiB in memory. */
export const ATTACHING_AT_ONCE = 8

/**
 * Requests of one address by public links: so many at once, so many a second after that. One that
 * names no link costs as much as several: tokens cannot be guessed, but trying costs the ring.
 */
export const LINK_REQUESTS_MAX = 600
export const LINK_REQUESTS_A_SECOND = 10
export const LINK_MISS_COST = 20
/** Addresses that are counted; those that came longest ago are forgotten. 100 bytes each. */
export const LINK_ADDRESSES_MAX = 10_000
/** Of the form that takes a password. */
export const LINK_FORM_BYTES_MAX = 4 * KIB
/** Entries on one page of a folder. */
export const LINK_PAGE_ENTRIES = 500
