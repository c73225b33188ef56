/** Every bound of crawls, with its unit and why it is what it is. */
import { KIB, SECOND_MS } from '../../../base/limits.ts'
import {
  CRAWL_CONNECTIONS_DEFAULT,
  CRAWL_CONNECTIONS_MAX,
  CRAWL_DELAY_DEFAULT_S,
  CRAWL_DELAY_MAX_S,
  CRAWL_DEPTH_DEFAULT,
} from '../../../wire/crawl-bounds.ts'

/** Links followed from a seed on. */
export const DEPTH_DEFAULT = CRAWL_DEPTH_DEFAULT

/** A page names style sheets, they name others, and those the images that they show. */
export const RESOURCE_DEPTH_MAX = 3

/** Of a message: a change of a partition has 4,096 records at most, and a URL takes five. */
export const URLS_PER_ADD_MAX = 500
/** URLs of one call that ends them. */
export const ENDED_PER_CALL_MAX = 64
/** Links of such a call: all may go on in one message of 128 KiB. */
export const FOUND_PER_CALL_MAX = 500
export const FOUND_BYTES_PER_CALL_MAX = 64 * KIB

/**
 * URLs that a host’s scheduler takes out of the queue at once: what it has in hand when it dies.
 */
export const BEGIN_MAX = 64

/** Of a URL whose site or network failed; the first try counts. */
export const TRIES_MAX = 4
/** Before the second try; three times as much before each further one. */
export const RETRY_FIRST_MS = 5 * SECOND_MS

/** A member that schedules a host and dies is followed by another after this. */
export const HOST_LEASE_MS = 6 * SECOND_MS
/** Three tries within a lease. */
export const HOST_RENEW_MS = 2 * SECOND_MS

/** Results are acknowledged no later than this, or when so many wait as one call takes. */
export const ACKNOWLEDGE_MS = 250

/** Between two looks at a queue that was empty, or at a host that waits for something. */
export const LOOK_EVERY_MS = 30 * SECOND_MS
/** Between two looks whether a crawl is still to go on: a cancelled one stops within a second. */
export const JOB_LOOK_MS = 500
/** A scheduler whose store does not answer tries again. */
export const PAUSE_AFTER_ERROR_MS = SECOND_MS

/** Between two requests to a host, from one begin to the next, and how many at once. */
export const DELAY_DEFAULT_MS = CRAWL_DELAY_DEFAULT_S * SECOND_MS
export const CONNECTIONS_DEFAULT = CRAWL_CONNECTIONS_DEFAULT
export const CONNECTIONS_MAX = CRAWL_CONNECTIONS_MAX
/** Beyond it a host is left alone. */
export const DELAY_MAX_MS = CRAWL_DELAY_MAX_S * SECOND_MS
/** What a member that was told to begin may take for it. */
export const START_WITHIN_MS = 2 * SECOND_MS
