/** The words of the microblog, which come with it. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

import type { DweetTexts } from '../../texts/dweets.en.ts'
import { DWEET_TEXTS } from '../../texts/load-dweets.ts'
import { useLaterTexts } from '../later-words.ts'
import { useWords, type Words } from '../words.ts'

export interface DweetWords extends Omit<Words, 'texts'> {
  readonly texts: DweetTexts
}

const DweetWordsContext = createContext<DweetWords | undefined>(undefined)
export const DweetWordsProvider = DweetWordsContext.Provider

/** @returns `undefined` while they are on their way; a file that cannot be had is told apart */
export function useLoadedWords(): DweetWords | 'missing' | undefined {
  const words = useWords()
  const texts = useLaterTexts(DWEET_TEXTS)
  return texts === undefined || texts === 'missing' ? texts : { ...words, texts }
}

/** Within the microblog. */
export function useDweetWords(): DweetWords {
  const words = useContext(DweetWordsContext)
  if (words === undefined) throw new Error('the words of the microblog are not loaded')
  return words
}
