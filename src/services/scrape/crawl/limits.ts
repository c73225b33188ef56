/** Every bound of crawls, with its unit and why it is what it is. */
import { KIB, SECOND_MS } from '../../../base/limits.ts'

/** Pages of a crawl, where it names no other number; and the most that it may name. */
export const PAGES_DEFAULT = 10_000
export const PAGES_MAX = 10_000_000
/** Links followed from a seed on. */
export const DEPTH_DEFAULT = 20

/** Of one message or call: a change of a partition has 4,096 records at most, a URL three. */
export const URLS_PER_ADD_MAX = 500
/** A message may have 128 KiB; names and numbers stand around its URLs. */
export const ADD_BYTES_MAX = 96 * KIB
/** URLs of one call that ends them, and links that it brings. */
export const ENDED_PER_CALL_MAX = 64
export const FOUND_PER_CALL_MAX = 1_000
export const FOUND_BYTES_PER_CALL_MAX = 384 * KIB

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
