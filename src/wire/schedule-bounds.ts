/**
 * What a schedule of crawls may ask for. Imports nothing: the page and the command line tell it to
 * people before they ask.
 */

export const CRON_CHARS_MAX = 100
export const ZONE_CHARS_MAX = 64
/** Minutes from one time of a schedule to the next, at least. */
export const SCHEDULE_MINUTES_MIN = 5
/** Times that are shown before they come. */
export const SCHEDULE_TIMES_SHOWN = 5
/** Of a ring. */
export const SCHEDULES_MAX = 1_000
/** Of one account; of all guests together. */
export const SCHEDULES_OF_ONE_MAX = 100
/** Runs that a schedule remembers. */
export const SCHEDULE_RUNS_MAX = 20
