/** How long what lies in the open network is kept, and how often it is said again. */
import { DAY_MS, HOUR_MS } from '../../base/limits.ts'

/** Of a signed record, from when it is published. */
export const RECORD_LIFE_MS = DAY_MS
export const RECORD_REFRESH_MS = 6 * HOUR_MS

/** Of a plain value, as at stock nodes: a week, said again by who holds it after an hour. */
export const VALUE_LIFE_MS = 7 * DAY_MS
export const VALUE_REPUBLISH_MS = HOUR_MS
