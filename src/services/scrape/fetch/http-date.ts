/**
 * Dates in headers (RFC 9110, 5.6.7), in the three forms that a reader has to take. Without the
 * engine's own parser, which takes nearly anything, in its own time zone.
 */

/** Milliseconds since 1970; `undefined`: it is no such date. */
export function httpDateMs(text: string): number | undefined {
  const found = IMF_FIXDATE.exec(text) ?? RFC_850.exec(text) ?? ASCTIME.exec(text)
  const groups = found?.groups
  if (groups === undefined) return undefined
  const month = MONTHS.indexOf((groups['month'] ?? '').toLowerCase())
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) =>
    Number(groups[name]),
  )
  const year = fullYear(groups['year'] ?? '')
  if (month === -1 || !isTime(hour, minute, second)) return undefined
  const atMs = Date.UTC(year, month, day, hour, minute, second)
  // The 30th of February would be another day.
  return new Date(atMs).getUTCMonth() === month ? atMs : undefined
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})'
/** Sun, 06 Nov 1994 08:49:37 GMT */
const IMF_FIXDATE = new RegExp(
  `^\\w{3}, (?<day>\\d{1,2}) (?<month>\\w{3}) (?<year>\\d{4}) ${TIME} (?:GMT|UTC)$`,
  'i',
)
/** Sunday, 06-Nov-94 08:49:37 GMT */
const RFC_850 = new RegExp(
  `^\\w{3,9}, (?<day>\\d{2})-(?<month>\\w{3})-(?<year>\\d{2}|\\d{4}) ${TIME} GMT$`,
  'i',
)
/** Sun Nov  6 08:49:37 1994 */
const ASCTIME = new RegExp(
  `^\\w{3} (?<month>\\w{3}) (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`,
  'i',
)

/** Of two digits: of this century up to 69, else of the last (as POSIX). */
function fullYear(digits: string): number {
  const year = Number(digits)
  if (digits.length > 2) return year
  return year < CENTURY_FROM ? 2_000 + year : 1_900 + year
}

const CENTURY_FROM = 70

/** 60 is a leap second. */
function isTime(hour = NaN, minute = NaN, second = NaN): boolean {
  return hour < 24 && minute < 60 && second <= 60
}
