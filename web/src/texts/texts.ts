/** Which language, and the sentence for a failure in it. */
import { parseErrorCode, type ErrorCode, type ErrorDetails } from '../../../src/base/errors.ts'
import { TYPED_DETAILS } from '../../../src/base/typed-details.ts'
import type { Texts } from './en.ts'

export type Language = 'en' | 'es'
export const LANGUAGES: readonly Language[] = ['en', 'es']

/** All that the page says in one language; only the one in use is downloaded (`load.ts`). */
export interface LanguagePack {
  readonly language: Language
  readonly texts: Texts
  /** A sentence with `{placeholders}` that the details of the error fill. */
  readonly errorText: (code: ErrorCode) => string
  /** What fills them, which comes in English; `undefined`: it is shown as it came. */
  readonly detail: (english: string) => string | undefined
}

export function parseLanguage(text: unknown): Language | undefined {
  return LANGUAGES.find((language) => language === text)
}

/** The first language of the person that the page has. @param wanted BCP 47 tags, best first */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = parseLanguage(tag.toLowerCase().split('-')[0])
    if (language !== undefined) return language
  }
  return 'en'
}

/** What went wrong, as the API tells it. */
export interface Trouble {
  readonly code: string
  readonly details: ErrorDetails
  /** The server's own sentence, for codes that this page does not know. */
  readonly text: string
}

/** A sentence for a person. A code of a more recent member is told in the member's own words. */
export function sentence(pack: LanguagePack, trouble: Trouble): string {
  const code = parseErrorCode(trouble.code)
  if (code === undefined) return trouble.text
  const { fillings } = pack.texts
  return pack.errorText(code).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = trouble.details[name]
    if (value === undefined) return whole
    if (typeof value !== 'string') return formatted(pack.language, name, value)
    if (TYPED_DETAILS.has(name)) return value
    return fillings[value] ?? pack.detail(value) ?? value
  })
}

/** Counts are grouped; ports and codes are names, not counts. */
function formatted(language: Language, name: string, value: number | boolean): string {
  if (typeof value === 'boolean' || name === 'port' || name === 'code') return String(value)
  return value.toLocaleString(language)
}
