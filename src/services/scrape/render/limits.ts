/** Every bound of drawing one page, with its unit and why it is what it is. */
import { KIB, MIB, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'
import { HTML_BYTES_MAX } from '../limits.ts'

/** Pages at once at one member: each takes a core while it loads. */
export const RENDERS_AT_ONCE_MAX = 2
/** More wait; beyond, askers are told BUSY. */
export const RENDERS_WAITING_MAX = 100

/** One page, from its first request to its picture. */
export const RENDER_WHOLE_MS = 30 * SECOND_MS
/** Of a page of a crawl, whose requests wait for their host’s turn. */
export const RENDER_PACED_WHOLE_MS = 5 * MINUTE_MS
/** Loaded, and nothing asked for so long: it has settled. */
export const RENDER_QUIET_MS = 500
/** What goes on asking is taken as it is then: the rest of the time is for reading it. */
export const RENDER_SETTLE_MS = 15 * SECOND_MS
/** The same of a page of a crawl. */
export const RENDER_PACED_SETTLE_MS = RENDER_PACED_WHOLE_MS - 15 * SECOND_MS

/** Pages of newspapers ask for 200 to 300. */
export const RENDER_REQUESTS_MAX = 500
/** Decoded, of all answers together. */
export const RENDER_BYTES_MAX = 64 * MIB
/** To one host at once, as browsers do. */
export const RENDER_CONNECTIONS_MAX = 6
/** One answer is waited for so long. */
export const RENDER_ANSWER_MS = 20 * SECOND_MS

/** As of a page that is downloaded. */
export const RENDER_HTML_BYTES_MAX = HTML_BYTES_MAX
/** A window as most people have it. */
export const RENDER_WIDTH = 1_280
export const RENDER_HEIGHT = 800
/** WebP has 16,383 at most; longer pages are lists without end. */
export const PICTURE_HEIGHT_MAX = 10_000
export const PICTURE_BYTES_MAX = 8 * MIB
/** Any one process of the browser; ended beyond. */
export const RENDERER_BYTES_MAX = 1_024 * MIB
/** All of them together: frames of other sites are processes of their own. */
export const RENDERERS_BYTES_MAX = 2 * RENDERER_BYTES_MAX

/** Requests that were refused and are told of, the first ones. */
export const REFUSALS_TOLD_MAX = 20
/** Of their addresses. */
export const REFUSAL_URL_CHARS_MAX = KIB / 2

/** A failure this young is told again instead of trying again. */
export const RENDER_FAILURE_FRESH_MS = 30 * SECOND_MS
export const RENDER_FAILURES_MAX = 1_000
/** Members with a browser that are asked, one after another. */
export const RENDERERS_ASKED_MAX = 3
/** The page changes under it each time: somebody downloads it in a loop. */
export const KEEP_TRIES_MAX = 5
/** Copies that are younger need no turn of their host in a crawl. */
export const TURN_FRESH_SECONDS = 24 * 3_600
