/**
 * What a crawl may ask for, and what it gets where it does not say. Imports nothing: the page and
 * the command line tell it to people before they ask.
 */

export const CRAWL_SEEDS_MAX = 100
/** Links followed from a seed on. */
export const CRAWL_DEPTH_MAX = 20
export const CRAWL_DEPTH_DEFAULT = 20
export const CRAWL_HOPS_MAX = 5
export const CRAWL_PATTERNS_MAX = 20
export const CRAWL_PATTERN_CHARS_MAX = 500
/** Pages of a crawl that names no number, and the most that it may ask for. */
export const CRAWL_PAGES_DEFAULT = 10_000
export const CRAWL_PAGES_MAX = 10_000_000
/** Seconds between two requests to a host, from one begin to the next. */
export const CRAWL_DELAY_MAX_S = 60
export const CRAWL_DELAY_DEFAULT_S = 1
/** At once, to a host. */
export const CRAWL_CONNECTIONS_MAX = 64
export const CRAWL_CONNECTIONS_DEFAULT = 1

/**
 * Which links are followed: none; below the folder of a seed; on its host; on its registrable
 * domain and all below it; anywhere.
 */
export const CRAWL_SCOPES = ['page', 'prefix', 'host', 'domain', 'any'] as const
export const CRAWL_URL_STATES = ['queued', 'begun', 'done', 'failed', 'skipped'] as const
