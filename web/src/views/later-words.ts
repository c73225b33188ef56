/** Words that come with a part of the page, in the language in use. */
import { useEffect, useState } from 'preact/hooks'

import type { LaterTexts } from '../texts/later-texts.ts'
import { useWords } from './words.ts'

/** @returns `undefined` while they are on their way; a file that cannot be had is told apart */
export function useLaterTexts<T extends object>(later: LaterTexts<T>): T | 'missing' | undefined {
  const { language } = useWords()
  const [texts, setTexts] = useState(() => later.get(language))
  const [isMissing, setIsMissing] = useState(false)
  useEffect(() => {
    let isWanted = true
    later.load(language).then(
      (loaded) => isWanted && setTexts(loaded),
      () => isWanted && setIsMissing(true),
    )
    return () => {
      isWanted = false
    }
  }, [language])
  // The language that was there before stays where the other cannot be had.
  if (texts === undefined) return isMissing ? 'missing' : undefined
  return texts
}
