/** The words of what all services have in common, which come with its views. */
import { ONE_RING_TEXTS } from '../../texts/load-one-ring.ts'
import type { OneRingTexts } from '../../texts/one-ring.en.ts'
import { useLaterTexts } from '../later-words.ts'
import { useWords, type Words } from '../words.ts'

export interface OneRingWords extends Words {
  readonly own: OneRingTexts
}

/** They are there before the view is: `app.tsx` waits for both. */
export function useOneRingWords(): OneRingWords | undefined {
  const words = useWords()
  const own = useLaterTexts(ONE_RING_TEXTS)
  return own === undefined || own === 'missing' ? undefined : { ...words, own }
}
