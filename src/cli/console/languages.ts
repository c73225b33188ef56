/** The languages of the console, and which one a person gets. */
import { EN } from './texts.en.ts'
import { ES } from './texts.es.ts'
import type { Texts } from './texts.ts'

export type Language = 'en' | 'es'

export function textsIn(language: Language): Texts {
  return language === 'es' ? ES : EN
}

/** As POSIX has it: the first of these variables that is set says it. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((one) => one) ?? ''
  return /^es\b|^es_/i.test(locale) ? 'es' : 'en'
}
