/** What went wrong, as a sentence in the language of who asked. */
import type { AnilloError } from '../../base/errors.ts'
import { errorInSpanish } from '../../base/spanish-errors.ts'
import type { Language } from './accept-language.ts'

export function problemWords({ code, details, message }: AnilloError, language: Language): string {
  return language === 'en' ? message : errorInSpanish(code, details)
}
