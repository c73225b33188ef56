/** Bounds of webhooks. Imports nothing: the page and the command line tell them to people. */

/** What is told. `page.changed` is told of pages in batches. */
export const WEBHOOK_EVENTS = ['crawl.started', 'crawl.ended', 'page.changed'] as const
/** Of a webhook that names none. */
export const WEBHOOK_EVENTS_DEFAULT = ['crawl.started', 'crawl.ended'] as const
/** Standard Webhooks: 24 to 64 bytes in base64, behind a prefix. */
export const WEBHOOK_SECRET_PREFIX = 'whsec_'
export const WEBHOOK_SECRET_BYTES_MIN = 24
export const WEBHOOK_SECRET_BYTES_MAX = 64
/** Days for which what cannot be delivered is tried again. */
export const WEBHOOK_DAYS = 3
/** Events that wait for one webhook; of changed pages a hundred fewer. */
export const WEBHOOK_WAITING_MAX = 500
export const WEBHOOK_CHANGES_WAITING_MAX = 400
/** Of one event. */
export const WEBHOOK_PAGES_MAX = 100
