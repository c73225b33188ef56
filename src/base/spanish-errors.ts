/** Errors as sentences in Spanish. */
import { detailInSpanish } from './details.es.ts'
import { ERRORS_ES } from './errors.es.ts'
import type { ErrorCode } from './errors.ts'
import { TYPED_DETAILS } from './typed-details.ts'

/** What is not known of the details stays in braces. */
export function errorInSpanish(
  code: ErrorCode,
  details: Readonly<Record<string, unknown>>,
): string {
  return ERRORS_ES[code].replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name]
    if (typeof value === 'string') {
      return TYPED_DETAILS.has(name) ? value : (detailInSpanish(value) ?? value)
    }
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : whole
  })
}
