/** Bounds of public links. */
import { DAY_MS, HOUR_MS } from '../../../base/limits.ts'

/** Of one account. */
export const LINKS_MAX = 1_000
export const LINKS_LISTED_DEFAULT = 100
/** Paths of a list that are looked for at once. */
export const LOOKS_AT_ONCE = 16

/** Bytes of chance in a token: it cannot be guessed, however many are tried. */
export const TOKEN_BYTES = 20

/** So long it is told that a link has expired; then it is as if it had never been. */
export const EXPIRED_TOLD_MS = 30 * DAY_MS
/** A password that was shown need not be shown again for so long. */
export const PROOF_MS = DAY_MS

/** A download that broke off is gone on with from the same address for so long, and counts once. */
export const GOES_ON_MS = HOUR_MS
/** Of one link; the oldest are forgotten. */
export const GOING_ON_MAX = 32
