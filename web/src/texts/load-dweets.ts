/** The words of the microblog come with it. */
import type { DweetTexts } from './dweets.en.ts'
import { LaterTexts } from './later-texts.ts'

export const DWEET_TEXTS = new LaterTexts<DweetTexts>(async (language) =>
  language === 'es'
    ? (await import('./dweets.es.ts')).DWEETS_ES
    : (await import('./dweets.en.ts')).DWEETS_EN,
)
