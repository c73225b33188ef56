/** All that the page says in Spanish. */
import { detailInSpanish } from './details.es.ts'
import { ERRORS_ES } from './errors.es.ts'
import { ES } from './es.ts'
import type { LanguagePack } from './texts.ts'

export const SPANISH: LanguagePack = {
  language: 'es',
  texts: ES,
  errorText: (code) => ERRORS_ES[code],
  detail: (english) => detailInSpanish(english),
}
