/**
 * Addresses of the archive: `/20261122013000/http://example.org/` is that page as it was then
 * (as the Wayback Machine and pywb write them). Pure.
 */

/** Under what a page's own addresses are rewritten. */
export interface ReplayPlace {
  /** `YYYYMMDDhhmmss` in UTC. */
  readonly digits: string
  /** Lets what the page loads be read without a log-in of its own; absent: none is needed. */
  readonly pass?: string
}

/** An address on the replay origin, from its first slash on. */
export function replayPath({ digits, pass }: ReplayPlace, url: string): string {
  return `${pass === undefined ? '' : `/p/${pass}`}/${digits}/${url}`
}

/** What an address that no archive could hold becomes. */
export const NOWHERE = 'about:invalid'

/**
 * @returns what an address on a page becomes; `undefined`: it leads to no other page, and stays.
 */
export function rewrittenAddress(
  place: ReplayPlace,
  { address, base }: { readonly address: string; readonly base: string },
): string | undefined {
  const text = address.trim()
  if (text === '' || text.startsWith('#')) return undefined
  const url = URL.parse(text, base)
  if (url === null) return NOWHERE
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  return replayPath(place, url.href)
}

/** Of an instant (ISO 8601 in UTC); parts of a second are left out. */
export function digitsOf(instant: string): string {
  return instant.replaceAll(/[-T:]/g, '').slice(0, DIGITS)
}

/**
 * The end of the second, minute, hour, day, month or year that is meant, so that a version that
 * began in it is found; `undefined`: there is no such time.
 */
export function instantOfDigits(text: string): string | undefined {
  if (!/^(?:\d{2}){2,7}$/.test(text)) return undefined
  const [year, ...rest] = [text.slice(0, 4), ...(text.slice(4).match(/../g) ?? [])]
  const [month = '01', day = '01', hour = '00', minute = '00', second = '00'] = rest
  const start = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const begin = Date.parse(start)
  // A month of 31 days that has 30 is read as the next one.
  if (Number.isNaN(begin) || new Date(begin).toISOString() !== start) return undefined
  return new Date(endOf(new Date(begin), text.length) - 1).toISOString()
}

const DIGITS = 14

/** When what so many digits name is over, ms since 1970. */
function endOf(begin: Date, digits: number): number {
  const [year, month] = [begin.getUTCFullYear(), begin.getUTCMonth()]
  if (digits === 4) return Date.UTC(year + 1, 0)
  if (digits === 6) return Date.UTC(year, month + 1)
  return begin.getTime() + (SPAN_MS[digits] ?? 0)
}

const SPAN_MS: Readonly<Record<number, number>> = {
  8: 86_400_000,
  10: 3_600_000,
  12: 60_000,
  14: 1_000,
}
