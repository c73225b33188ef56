/** What went wrong, as a sentence in the language of who asked. */
import { detailInSpanish } from '../../base/details.es.ts'
import { ERRORS_ES } from '../../base/errors.es.ts'
import type { AnilloError } from '../../base/errors.ts'
import type { Language } from './accept-language.ts'

export function problemWords({ code, details, message }: AnilloError, language: Language): string {
  if (language === 'en') return message
  return ERRORS_ES[code].replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = details[name]
    if (value === undefined) return whole
    return typeof value === 'string' ? (detailInSpanish(value) ?? value) : String(value)
  })
}
