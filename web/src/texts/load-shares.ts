/** The words of shares come with their views. */
import { LaterTexts } from './later-texts.ts'
import type { ShareTexts } from './shares.en.ts'

export const SHARE_TEXTS = new LaterTexts<ShareTexts>(async (language) =>
  language === 'es'
    ? (await import('./shares.es.ts')).SHARES_ES
    : (await import('./shares.en.ts')).SHARES_EN,
)
