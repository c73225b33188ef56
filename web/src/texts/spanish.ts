/** All that the page says in Spanish. */
import { ERRORS_ES } from '../../../src/base/errors.es.ts'
import { ES } from './es.ts'
import type { LanguagePack } from './texts.ts'

let detail: LanguagePack['detail'] = () => undefined

/**
 * What fills the sentences of errors comes by itself, a moment later: nobody’s first visit waits
 * for it. Where it does not come, those words stay as they came.
 */
export const detailsHaveCome: Promise<void> = import('../../../src/base/details.es.ts').then(
  ({ detailInSpanish }) => {
    detail = detailInSpanish
  },
  () => undefined,
)

export const SPANISH: LanguagePack = {
  language: 'es',
  texts: ES,
  errorText: (code) => ERRORS_ES[code],
  detail: (english) => detail(english),
}
