/** What was typed into the form for a crawl, as a request or with what is wrong with it. Pure. */
import type { CrawlRequest } from '../../../src/wire/api-crawls.ts'
import type { ScheduleSpec } from '../../../src/wire/api-schedules.ts'
import {
  CRAWL_CONNECTIONS_MAX,
  CRAWL_DELAY_MAX_S,
  CRAWL_DEPTH_MAX,
  CRAWL_HOPS_MAX,
  CRAWL_PAGES_MAX,
  CRAWL_PATTERN_CHARS_MAX,
  CRAWL_PATTERNS_MAX,
  CRAWL_SCOPES,
} from '../../../src/wire/crawl-bounds.ts'
import { WEBHOOK_EVENTS } from '../../../src/wire/webhook-bounds.ts'
import { completeAddress } from './address.ts'
import { readSchedule } from './schedule-form.ts'

/** Seconds; longer ago nobody downloaded anything. */
const MAX_AGE_MAX_S = 2 ** 31

interface Bounds {
  readonly least: number
  readonly most: number
  /** A part of one will do. */
  readonly isFraction?: true
}

export const CRAWL_NUMBERS = {
  pages: { least: 1, most: CRAWL_PAGES_MAX },
  depth: { least: 0, most: CRAWL_DEPTH_MAX },
  delay: { least: 0, most: CRAWL_DELAY_MAX_S, isFraction: true },
  connections: { least: 1, most: CRAWL_CONNECTIONS_MAX },
  maxAge: { least: 0, most: MAX_AGE_MAX_S },
  extraHops: { least: 0, most: CRAWL_HOPS_MAX },
} as const satisfies Readonly<Record<string, Bounds>>

export type NumberName = keyof typeof CRAWL_NUMBERS
export const NUMBER_NAMES = Object.keys(CRAWL_NUMBERS).filter(isNumberName)
/** Of the field `resources`. */
export const WITHOUT_RESOURCES = 'without'
/** Of the field `render`. */
export const WITH_RENDER = 'with'
/** Patterns, one a line. */
export const PATTERN_NAMES = ['include', 'exclude'] as const
export type PatternName = (typeof PATTERN_NAMES)[number]
export type CrawlFieldName = 'address' | NumberName | PatternName | 'time' | 'cron' | 'webhook'

function isNumberName(name: string): name is NumberName {
  return Object.hasOwn(CRAWL_NUMBERS, name)
}

export type CrawlFormRead =
  | {
      readonly kind: 'request'
      readonly request: CrawlRequest
      /** Absent: it begins once, now. */
      readonly schedule?: ScheduleSpec
    }
  /** The address is empty, a number is none or beyond its bounds, patterns are too many. */
  | { readonly kind: 'wrong'; readonly fields: readonly CrawlFieldName[] }

/** @param fields what was typed; what was left empty is not asked for */
export function readCrawlForm(fields: (name: string) => string, zone = 'UTC'): CrawlFormRead {
  const address = completeAddress(fields('address'))
  const numbers: Partial<Record<NumberName, number>> = {}
  const wrong: CrawlFieldName[] = address === '' ? ['address'] : []
  for (const name of NUMBER_NAMES) {
    const typed = fields(name).trim()
    if (typed === '') continue
    const number = readNumber(typed, CRAWL_NUMBERS[name])
    if (number === undefined) wrong.push(name)
    else numbers[name] = number
  }
  const patterns: Partial<Record<PatternName, string[]>> = {}
  for (const name of PATTERN_NAMES) {
    const lines = fields(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    const isLong = lines.some((line) => line.length > CRAWL_PATTERN_CHARS_MAX)
    if (lines.length > CRAWL_PATTERNS_MAX || isLong) wrong.push(name)
    else if (lines.length > 0) patterns[name] = lines
  }
  const repeated = readSchedule(fields, zone)
  if (repeated.kind === 'wrong') return { kind: 'wrong', fields: [...wrong, repeated.field] }
  if (wrong.length > 0) return { kind: 'wrong', fields: wrong }
  const scope = CRAWL_SCOPES.find((one) => one === fields('scope'))
  const reach = scope === undefined ? {} : { scope }
  const alone = fields('resources') === WITHOUT_RESOURCES ? { resources: false } : {}
  const drawn = fields('render') === WITH_RENDER ? { render: true } : {}
  const told = { ...drawn, ...recrawlOf(fields), ...webhookOf(fields) }
  const request = { seeds: [address], ...reach, ...alone, ...numbers, ...patterns, ...told }
  const { schedule } = repeated
  return { kind: 'request', request, ...(schedule === undefined ? {} : { schedule }) }
}

function recrawlOf(fields: (name: string) => string): Pick<CrawlRequest, 'recrawl'> {
  return fields('recrawl') === 'adaptive' ? { recrawl: 'adaptive' } : {}
}

function webhookOf(fields: (name: string) => string): Pick<CrawlRequest, 'webhook'> {
  const url = fields('webhook').trim()
  if (url === '') return {}
  const events = fields('webhookPages') === '' ? {} : { events: [...WEBHOOK_EVENTS] }
  return { webhook: { url, ...events } }
}

/** Half of the world writes a comma where the other writes a point. */
function readNumber(typed: string, { least, most, isFraction }: Bounds): number | undefined {
  const form = isFraction === true ? /^\d+(?:[.,]\d+)?$/ : /^\d+$/
  if (!form.test(typed)) return undefined
  const number = Number(typed.replace(',', '.'))
  return number >= least && number <= most ? number : undefined
}
