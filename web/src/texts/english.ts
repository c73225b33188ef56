/** All that the page says in English. */
import { ERRORS } from '../../../src/base/errors.ts'
import { EN } from './en.ts'
import type { LanguagePack } from './texts.ts'

export const ENGLISH: LanguagePack = {
  language: 'en',
  texts: EN,
  errorText: (code) => ERRORS[code].text,
  detail: () => undefined,
}
