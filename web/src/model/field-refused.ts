/** Where in the form for a crawl the ring's refusal belongs. Pure. */
import type { Trouble } from '../texts/texts.ts'
import { PATTERN_NAMES, type CrawlFieldName } from './crawl-form.ts'

type Refusal = Pick<Trouble, 'code' | 'details'>

/** That refusals name. */
const NAMED = ['webhook', ...PATTERN_NAMES] as const

/** Where what the ring refused was typed; `undefined`: nowhere in this form, or nobody knows. */
export function fieldRefused({ code, details }: Refusal): CrawlFieldName | undefined {
  const { field } = details
  // A member of an older version names no field.
  if (code === 'SCHEDULE_INVALID') return field === 'zone' ? undefined : 'cron'
  const named = NAMED.find((name) => name === field)
  return named ?? (code.startsWith('URL_') ? 'address' : undefined)
}
