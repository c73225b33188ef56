/** Times that the tree of files keeps: from 1970 to the end of 9999, as all its doors can tell. */
import { instant } from '../base/instant.ts'

export const FILE_TIME_MAX_MS = Date.UTC(9_999, 11, 31, 23, 59, 59, 999)

/** Of a file elsewhere: the nearest time that the tree keeps. */
export function fileInstant(ms: number): string {
  return instant(Math.min(Math.max(0, ms), FILE_TIME_MAX_MS))
}

/** What ISO 8601 tells; `undefined` for what is none, or none that is kept. */
export function fileTimeIn(text: string): number | undefined {
  const ms = /^\d{4}(-|$)/.test(text) ? Date.parse(text) : NaN
  return ms >= 0 && ms <= FILE_TIME_MAX_MS ? ms : undefined
}
