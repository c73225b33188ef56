/**
 * When a schedule is due: five fields as of crontab(5), in a time zone of the IANA. The arithmetic
 * is croner's. A time that a change to summer time leaves out comes at the end of the gap; one that
 * comes twice counts once where hour and minute are given, and each time where they repeat anyway.
 */
import { Cron } from 'croner'

import { AnilloError } from '../../../base/errors.ts'
import { MINUTE_MS } from '../../../base/limits.ts'
import { SCHEDULE_MINUTES_MIN } from '../../../wire/schedule-bounds.ts'

export interface Times {
  readonly cron: string
  readonly zone: string
}

/** More than a day of those that are just apart enough: nearer ones show among them. */
const CHECKED_TIMES = 300
const FIELDS = /^(@[a-z]+|\S+( +\S+){4})$/i
/** `Europe/Madrid`, `UTC`, `Etc/GMT+3`; no bare offsets, which know no summer. */
const ZONE = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/

/** The next ones after the instant, ms since 1970; fewer where there are no more. */
export function timesAfter({ cron, zone }: Times, afterMs: number, count: number): number[] {
  const pattern = new Cron(cron, { timezone: zone, mode: '5-part', paused: true })
  return pattern.nextRuns(count, new Date(afterMs)).map((at) => at.getTime())
}

/** @throws AnilloError SCHEDULE_INVALID: no times, none ever, or too many of them */
export function checkTimes(times: Times, nowMs: number): void {
  const { cron, zone } = times
  checkZone(zone)
  const wrong = (why: string) => {
    return new AnilloError('SCHEDULE_INVALID', { problem: `“${cron}” ${why}`, field: 'cron' })
  }
  if (!FIELDS.test(cron)) {
    throw wrong('is not five fields: minute, hour, day, month, day of the week')
  }
  const found = readTimes(times, nowMs)
  if (found === undefined) throw wrong('has a field that cannot be read')
  if (found.length === 0) throw wrong('is a time that never comes')
  const leastMs = SCHEDULE_MINUTES_MIN * MINUTE_MS
  const isTooOften = found.some((at, n) => n > 0 && at - (found[n - 1] ?? 0) < leastMs)
  if (isTooOften) throw wrong(`comes more often than each ${SCHEDULE_MINUTES_MIN} minutes`)
}

function checkZone(zone: string): void {
  const problem = `“${zone}” is no time zone; give one such as Europe/Madrid`
  if (!ZONE.test(zone)) throw new AnilloError('SCHEDULE_INVALID', { problem, field: 'zone' })
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch (cause) {
    throw new AnilloError('SCHEDULE_INVALID', { problem, field: 'zone' }, { cause })
  }
}

/** `undefined`: it is none. croner says so with errors of no type of its own. */
function readTimes(times: Times, nowMs: number): number[] | undefined {
  try {
    return timesAfter(times, nowMs, CHECKED_TIMES)
  } catch {
    return undefined
  }
}
