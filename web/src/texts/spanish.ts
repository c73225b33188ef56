/** All that the page says in Spanish. */
import { ERRORS, type ErrorCode } from '../../../src/base/errors.ts'
import { ES } from './es.ts'
import type { LanguagePack } from './texts.ts'

let detail: LanguagePack['detail'] = () => undefined
let errors: Readonly<Partial<Record<ErrorCode, string>>> = {}

/**
 * Sentences of errors, and what fills them, come by themselves, a moment later: nobody’s first
 * visit waits for them. Where they do not come, those words stay as they came.
 */
export const detailsHaveCome: Promise<void> = import('./error-words.ts').then(
  (come) => {
    detail = come.detailInSpanish
    errors = come.ERRORS_ES
  },
  () => undefined,
)

export const SPANISH: LanguagePack = {
  language: 'es',
  texts: ES,
  errorText: (code) => errors[code] ?? ERRORS[code].text,
  detail: (english) => detail(english),
}
