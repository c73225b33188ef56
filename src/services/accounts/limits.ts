/** How many, how long: of accounts and all that belongs to them. */
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../base/limits.ts'

/** Short enough that what a token says of its holder need not be true for long. */
export const ACCESS_TOKEN_MS = 10 * MINUTE_MS
/** By which the clocks of two members may differ: the session’s row is what ends a session. */
export const CLOCK_LEEWAY_MS = 30 * SECOND_MS
/** Longer is none of ours. */
export const BEARER_CHARS_MAX = 1_024
/** Checked once and remembered: 300 bytes each. */
export const KNOWN_TOKENS_MAX = 10_000

/** Without being used. */
export const SESSION_IDLE_MS = 30 * DAY_MS
/** A further one ends the one used longest ago. */
export const SESSIONS_MAX = 20
/** Of a session whose token is never changed it is noted so often that it is used. */
export const SESSION_USED_EVERY_MS = DAY_MS
/** A code by which an application is let in (RFC 6749, 4.1.2: ten minutes at most). */
export const CODE_MS = 10 * MINUTE_MS

/** Since somebody let the application in last, and since it was made where nobody did. */
export const APP_KEPT_MS = 400 * DAY_MS
export const APP_UNUSED_KEPT_MS = 30 * DAY_MS
/** In one partition: anybody may make some. 64 of them: 16,384 of 4 KiB at most. */
export const APPS_UNUSED_MAX = 256
export const KEYS_MAX = 20
export const CLIENT_CHARS_MAX = 200

/** All of them are in one partition, and listed together. */
export const GROUPS_MAX = 1_000
export const GROUP_PEOPLE_MAX = 500
/** Sessions and keys carry the names of all. */
export const GROUPS_A_PERSON_MAX = 50
/** That somebody left a group is known for longer than an earlier message may take. */
export const MEMBERSHIP_GONE_KEPT_MS = 30 * DAY_MS

/** An answer that was lost, or a second tab: the token that was just used is answered alike. */
export const REPEATED_WITHIN_MS = 10 * SECOND_MS
/** So many uses back a token is known as stolen; before, it is only refused. */
export const ANCESTORS_MAX = 100

/** Guesses of a password: then nobody may try for a while. */
export const GUESSES_A_NICK_MAX = 5
export const GUESSES_AN_ADDRESS_MAX = 20
/** Of what many people open with one password: one who mistypes shuts out the others. */
export const GUESSES_A_SUBJECT_MAX = 20
export const GUESSES_WITHIN_MS = 15 * MINUTE_MS
export const SHUT_OUT_MS = 10 * MINUTE_MS
/** A right one whose log-in broke off is taken back within this, of so many accounts at once. */
export const FORGIVING_MS = MINUTE_MS
export const FORGIVING_MAX = 256

/** argon2id takes 19 MiB and a core each. */
export const PASSWORDS_AT_ONCE = 2
export const PASSWORDS_WAITING_MAX = 64

/**
 * A password that was right is known so long at the member that looked at it, of so many people.
 */
export const KNOWN_PASSWORD_MS = 10 * MINUTE_MS
export const KNOWN_PASSWORDS_MAX = 1_000

export const SIGNING_KEY_MS = 30 * DAY_MS
/** A key that signs no more is published until all that it signed has expired, with room. */
export const SIGNING_KEY_KEPT_MS = SIGNING_KEY_MS + DAY_MS

export const AUDIT_KEPT_MS = 90 * DAY_MS
/** In one partition; beyond, the oldest go. 64 of them: a million entries, some 200 MiB. */
export const AUDIT_ENTRIES_MAX = 16_384
/** Events that wait to be written; beyond, they go to the member’s own log alone. */
export const NOTES_WAITING_MAX = 1_024
export const NOTES_AT_ONCE = 32

/** A read that all doors of a member wait for together. */
export const READ_TIMEOUT_MS = 5 * SECOND_MS
/** Somebody else changed the account in between: so often it is tried again. */
export const TRIES_MAX = 5
