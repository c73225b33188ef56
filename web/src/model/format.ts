/** Sizes, durations and instants for people, in their language. */

/** Between a number and its unit: they stay on one line. */
const GAP = '\u00a0'

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `1.4 MiB`; whole numbers below a KiB and from ten on. */
export function formatBytes(bytes: number, language: string): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1
  return `${value.toLocaleString(language, { maximumFractionDigits: digits })}${GAP}${UNITS[unit] ?? ''}`
}

/** Grouped, `12,345`; one digit after the point where it is below ten, as of rates. */
export function formatNumber(value: number, language: string): string {
  return value.toLocaleString(language, { maximumFractionDigits: value < 10 ? 1 : 0 })
}

/** `0.4 ms`, `182 ms`, `2.1 s`, `3 min 5 s`. */
export function formatDuration(durationMs: number, language: string): string {
  if (durationMs < 1_000) {
    const digits = durationMs < 10 ? 1 : 0
    return `${durationMs.toLocaleString(language, { maximumFractionDigits: digits })}${GAP}ms`
  }
  const seconds = durationMs / 1_000
  if (seconds < 60)
    return `${seconds.toLocaleString(language, { maximumFractionDigits: 1 })}${GAP}s`
  return formatSeconds(Math.round(seconds))
}

const STEPS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/**
 * The two largest units: `2 d 4 h`, `3 min 5 s`, `8 s`. The names are the same in both languages.
 */
export function formatSeconds(seconds: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.floor(seconds))
  for (const [name, size] of STEPS) {
    const count = Math.floor(rest / size)
    rest -= count * size
    if (count > 0) parts.push(`${count}${GAP}${name}`)
    else if (parts.length > 0) break
    if (parts.length === 2) break
  }
  return parts.length === 0 ? `0${GAP}s` : parts.join(' ')
}

/** Local date and time. @param instant ISO 8601; one that is no instant is shown as it came */
export function formatInstant(instant: string, language: string): string {
  const at = new Date(instant)
  if (Number.isNaN(at.getTime())) return instant
  return at.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'medium' })
}

/** Local date and time to the minute. @param instant as above */
export function formatMinute(instant: string, language: string): string {
  const at = new Date(instant)
  if (Number.isNaN(at.getTime())) return instant
  return at.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' })
}

/** Local time of day to the second, 24 hours. */
export function formatTime(instant: string): string {
  const at = new Date(instant)
  if (Number.isNaN(at.getTime())) return ''
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

/** The first digits tell positions and hashes apart at a glance. */
export function shortHex(hex: string): string {
  return hex.slice(0, 8)
}
