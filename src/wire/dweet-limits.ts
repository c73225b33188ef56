/** Bounds of dweets and of what belongs to them. Pure. */
import { DAY_MS, HOUR_MS, MIB, MINUTE_MS } from '../base/limits.ts'

/** Code points after NFC; an address counts whole. */
export const DWEET_CHARS_MAX = 225
export const WARNING_CHARS_MAX = 100
export const BIO_CHARS_MAX = 225

/** Publications on a page of a list: what is answered unasked, and at most. */
export const PAGE_DEFAULT = 20
export const PAGE_MAX = 40

export const FOLLOWS_MAX = 1_000
export const MUTES_MAX = 1_000
export const BLOCKS_MAX = 1_000
/** Lists of people that one person has, and people in each. */
export const LISTS_MAX = 50
export const LIST_PEOPLE_MAX = 1_000
export const LIST_NAME_CHARS_MAX = 60
/** Of a report, and of what a moderator says. */
export const REPORT_NOTE_CHARS_MAX = 500
/** Reports of one account within the time. */
export const REPORTS_PER_PERIOD = 20
export const REPORTS_PERIOD_MS = HOUR_MS
/** A person is reported again by the same one after that; a dweet never is. */
export const REPORT_AGAIN_MS = DAY_MS
/** Reports of one case whose words are kept; further ones are only counted. */
export const CASE_REPORTS_MAX = 1_000
/** Of one case: those before are in the audit log. */
export const CASE_DECISIONS_MAX = 20
/** Closed cases, and reports. */
export const REPORTS_KEPT_MS = 365 * DAY_MS
export const DECISION_SECONDS_MAX = 366 * 24 * 3_600
/** People who are told that they are mentioned in one dweet. */
export const MENTIONS_TOLD_MAX = 10
/** Tags of one dweet under which it is found. */
export const TAGS_MAX = 10
export const TAG_CHARS_MAX = 64
/** Texts that a dweet had before, each kept. */
export const EDITS_MAX = 20

/** Of one dweet. */
export const ATTACHMENTS_MAX = 4
/** Code points of what is said of one, for whoever does not see it. */
export const DESCRIPTION_CHARS_MAX = 1_500
export const ATTACHED_NAME_CHARS_MAX = 255
/** A picture is held in memory whole while what its camera wrote is taken out of it. */
export const PICTURE_BYTES_MAX = 16 * MIB
export const ATTACHED_BYTES_MAX = 100 * MIB
/** Of one account: sent, and in no dweet yet. */
export const UNUSED_MAX = 40
/** They go then. Their bytes stay for a day, so that none goes while a dweet takes it in. */
export const UNUSED_KEPT_MS = 12 * HOUR_MS

/** Of a link’s preview. */
export const PREVIEW_URL_CHARS_MAX = 2_048
export const PREVIEW_TITLE_CHARS_MAX = 200
export const PREVIEW_DESCRIPTION_CHARS_MAX = 300
export const PREVIEW_SITE_CHARS_MAX = 80
export const PREVIEW_PICTURE_BYTES_MAX = 2 * MIB
/** A site is asked for an address once in so long. */
export const PREVIEW_KNOWN_MS = DAY_MS
/** Its picture is held by nobody but dweets, and goes a day after the last. */
export const PREVIEW_PICTURE_KNOWN_MS = 20 * HOUR_MS
/** Who asks is dead after this. */
export const PREVIEW_LEASE_MS = 2 * MINUTE_MS
/** Members that begin: what ends each of them must end somewhere. */
export const PREVIEW_TRIES_MAX = 3
/** Dweets with one address while its site is asked; more have no preview. */
export const PREVIEWS_WAITING_MAX = 100

/** Dweets of one account within the time. */
export const DWEETS_PER_PERIOD = 60
export const DWEETS_PERIOD_MS = 10 * MINUTE_MS

/** Answers shown with a dweet, and what it answers: those nearest to it. */
export const THREAD_ABOVE_MAX = 40
export const THREAD_BELOW_MAX = 200

/** Of somebody's dweets when one begins to follow them. */
export const UNSEEN_WHEN_FOLLOWED = 20

/** Of one person: a new one puts the oldest out. */
export const NOTIFICATIONS_MAX = 1_000
export const NOTIFICATIONS_KEPT_MS = 90 * DAY_MS

/** Publications that somebody has from elsewhere. */
export const IMPORTED_MAX = 100_000
/** Of one request. */
export const IMPORT_ITEMS_MAX = 40
/** Before, public ids were shorter, and would be ordered wrongly: 2014. */
export const IMPORT_FROM_MS = Date.UTC(2014, 0, 1)
/** Of an id elsewhere, often an address. */
export const IMPORT_ID_CHARS_MAX = 512

export const RETENTION_DAYS_MAX = 3_650
