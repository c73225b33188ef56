/**
 * Where a site makes up pages without end: paths that repeat themselves, one page under thousands
 * of queries, calendars that turn for ever. What one address shows by itself is refused at once;
 * the rest by how many of its kind are known, which the caller counts under the keys given here.
 */
import { DAY_MS } from '../../../base/limits.ts'

/** One segment this often in a row: `/a/a/a/a`. Dates and versions have three. */
export const SEGMENT_RUN_MAX = 3
/** Several segments this often in a row: `/a/b/a/b/a/b`. */
export const SEQUENCE_RUNS_MAX = 2
/** The longest sequence looked for. */
const SEQUENCE_SEGMENTS_MAX = 8
/** One segment anywhere in a path. */
export const SEGMENT_COUNT_MAX = 5
/** Deeper paths are made by machines for machines. */
export const SEGMENTS_MAX = 40
/** A form of thirty fields is no address of a page. */
export const PARAMETERS_MAX = 30

/** Queries of one path: a forum has thousands of threads under one, a filter millions. */
export const QUERY_VARIANTS_MAX = 2_000
/** Addresses that differ only in numbers and hold a date: three years, a page a day. */
export const CALENDAR_PAGES_MAX = 1_100
/** Events are announced a year ahead; a calendar goes on. */
export const FUTURE_MAX_MS = 400 * DAY_MS

export const TRAPS = ['repeats', 'tooDeep', 'query', 'calendar'] as const
export type Trap = (typeof TRAPS)[number]

/** So many addresses with this key are enough. */
export interface TrapKey {
  readonly trap: Trap
  /** Among the keys of one host. */
  readonly key: string
  readonly countMax: number
}

/** What is wrong with the address by itself. @param url canonical. */
export function trapOf(url: string, nowMs: number): Trap | undefined {
  const { pathname, searchParams, search } = new URL(url)
  const segments = pathname.split('/').filter((segment) => segment !== '')
  if (segments.length > SEGMENTS_MAX || searchParams.size > PARAMETERS_MAX) return 'tooDeep'
  if (isRepeated(segments)) return 'repeats'
  const dateMs = dateIn(pathname + search)
  return dateMs !== undefined && dateMs > nowMs + FUTURE_MAX_MS ? 'calendar' : undefined
}

/**
 * Under which keys the address is counted: an address whose key has `countMax` known ones already
 * is a trap.
 */
export function trapKeysOf(url: string, queryVariantsMax = QUERY_VARIANTS_MAX): readonly TrapKey[] {
  const { pathname, search } = new URL(url)
  const keys: TrapKey[] = []
  if (search !== '') {
    keys.push({ trap: 'query', key: `query ${pathname}`, countMax: queryVariantsMax })
  }
  if (dateIn(pathname + search) !== undefined) {
    const shape = (pathname + search).replaceAll(/\d+/g, '0')
    keys.push({ trap: 'calendar', key: `calendar ${shape}`, countMax: CALENDAR_PAGES_MAX })
  }
  return keys
}

function isRepeated(segments: readonly string[]): boolean {
  const counts = new Map<string, number>()
  for (const segment of segments) {
    const count = (counts.get(segment) ?? 0) + 1
    if (count > SEGMENT_COUNT_MAX) return true
    counts.set(segment, count)
  }
  for (let size = 1; size <= SEQUENCE_SEGMENTS_MAX; size += 1) {
    const runsMax = size === 1 ? SEGMENT_RUN_MAX : SEQUENCE_RUNS_MAX
    // So many segments in a row equal those `size` before them.
    let equal = 0
    for (let at = size; at < segments.length; at += 1) {
      equal = segments[at] === segments[at - size] ? equal + 1 : 0
      if (equal >= size * runsMax) return true
    }
  }
  return false
}

/** When the first date in the text begins: of a month its first day. */
function dateIn(text: string): number | undefined {
  const found = DATE.exec(text) ?? COMPACT_DATE.exec(text)
  if (found !== null) return dayMs(found[1], found[2], found[3])
  const year = YEAR_PARAMETER.exec(text)?.[1]
  if (year === undefined) return undefined
  return dayMs(year, MONTH_PARAMETER.exec(text)?.[1])
}

function dayMs(year = '1', month = '1', day = '1'): number {
  return Date.UTC(Number(year), Number(month) - 1, Number(day))
}

const MONTH = '(0?[1-9]|1[0-2])'
const DAY = '(0?[1-9]|[12]\\d|3[01])'
/** 2026-11, 2026/11/21, 2026_11_21, 2026.11.21 */
const DATE = new RegExp(`(?<!\\d)([1-9]\\d{3})[-/_.]${MONTH}(?:[-/_.]${DAY})?(?!\\d)`)
/** 20261121, as the value of a parameter */
const COMPACT_DATE = /[=]([1-9]\d{3})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)/
const YEAR_PARAMETER = /[?&](?:[a-z_]*year|yr|y|jahr|ano|annee)=([1-9]\d{3})(?!\d)/i
const MONTH_PARAMETER = /[?&](?:[a-z_]*month|mon|m|monat|mes|mois)=(0?[1-9]|1[0-2])(?!\d)/i
