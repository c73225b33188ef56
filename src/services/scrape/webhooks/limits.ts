/** Every bound of webhooks, with its unit and why it is what it is. */
import { DAY_MS, HOUR_MS, KIB, MINUTE_MS, SECOND_MS } from '../../../base/limits.ts'
import { WEBHOOK_DAYS } from '../../../wire/webhook-bounds.ts'

/** After the first failure, the second, and so on; the last one for all that follow. */
export const TRY_AGAIN_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
]
export const GIVEN_UP_AFTER_MS = WEBHOOK_DAYS * DAY_MS
/** Given up in one entry; more in the next one. */
export const GIVEN_UP_PER_STEP = 100
/** Pages that changed one after the other are told in one event. */
export const CHANGES_GATHER_MS = 5 * SECOND_MS
/** Of the pages of one event, as JSON: a row has 64 KiB. */
export const CHANGES_BYTES_MAX = 40 * KIB
/** A webhook that was made and of which no crawl came to be. */
export const UNUSED_KEPT_MS = HOUR_MS
/** Between two looks at what waits for a webhook of a crawl that runs. */
export const LOOK_EVERY_MS = 2 * SECOND_MS
/** Webhooks that a member serves at once; others wait. */
export const SERVED_AT_ONCE_MAX = 256
