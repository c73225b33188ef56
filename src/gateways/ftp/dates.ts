/** Dates as RFC 3659 section 2.3 writes them, and as `ls -l` does. Always UTC. */
import { FILE_TIME_MAX_MS } from '../../wire/file-times.ts'
import { RECENT_MS } from './limits.ts'

const TIME_VAL = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:\.(\d{1,9}))?$/

/**
 * Ms since 1970; `undefined` for what is no date, or before. Seconds may be missing (`SITE UTIME`).
 */
export function parseTime(text: string): number | undefined {
  const found = TIME_VAL.exec(text)
  if (found === null) return undefined
  const [year, month, day, hour, minute] = found.slice(1, 6).map(Number) as Five
  const seconds = found[6] ?? '00'
  const ms = Math.floor(Number(`0.${found[7] ?? '0'}`) * 1_000)
  const at = Date.UTC(year, month - 1, day, hour, minute, Number(seconds), ms)
  const date = new Date(at)
  const isSame =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute
  // A year below 100 is taken for one of the last century; second 60 is a leap second.
  return isSame && date.getUTCFullYear() === year && at >= 0 ? at : undefined
}

type Five = [number, number, number, number, number]

/** `YYYYMMDDHHMMSS`, and `.sss` where there are any. */
export function timeText(ms: number): string {
  const iso = dateOf(ms).toISOString()
  const text = iso.slice(0, -5).replaceAll(/[-:T]/g, '')
  const fraction = iso.slice(-4, -1)
  return fraction === '000' ? text : `${text}.${fraction}`
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** Twelve characters: with the time where it is of the last half year, else with the year. */
export function lsDate(ms: number, nowMs: number): string {
  const date = dateOf(ms)
  const day = `${MONTHS[date.getUTCMonth()]} ${`${date.getUTCDate()}`.padStart(2)}`
  const isRecent = ms <= nowMs + DAY_AHEAD_MS && ms > nowMs - RECENT_MS
  if (!isRecent) return `${day}  ${date.getUTCFullYear()}`
  return `${day} ${date.toISOString().slice(11, 16)}`
}

/** Clocks of members differ: a file of just now is not told with its year. */
const DAY_AHEAD_MS = 86_400_000

/** What is no date at all is told as the first of all. */
function dateOf(ms: number): Date {
  return new Date(ms >= 0 && ms <= FILE_TIME_MAX_MS ? ms : 0)
}
