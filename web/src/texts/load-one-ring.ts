/** The words of what all services have in common come with its views. */
import { LaterTexts } from './later-texts.ts'
import type { OneRingTexts } from './one-ring.en.ts'

export const ONE_RING_TEXTS = new LaterTexts<OneRingTexts>(async (language) =>
  language === 'es'
    ? (await import('./one-ring.es.ts')).ONE_RING_ES
    : (await import('./one-ring.en.ts')).ONE_RING_EN,
)
