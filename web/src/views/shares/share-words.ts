/** The words of shares, which come with their views. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

import { SHARE_TEXTS } from '../../texts/load-shares.ts'
import type { ShareTexts } from '../../texts/shares.en.ts'
import { useLaterTexts } from '../later-words.ts'
import { useWords, type Words } from '../words.ts'

export interface ShareWords extends Words {
  readonly own: ShareTexts
}

const ShareWordsContext = createContext<ShareWords | undefined>(undefined)
export const ShareWordsProvider = ShareWordsContext.Provider

/** @returns `undefined` while they are on their way; a file that cannot be had is told apart */
export function useLoadedShareWords(): ShareWords | 'missing' | undefined {
  const words = useWords()
  const own = useLaterTexts(SHARE_TEXTS)
  return own === undefined || own === 'missing' ? own : { ...words, own }
}

/** Within the views of shares. */
export function useShareWords(): ShareWords {
  const words = useContext(ShareWordsContext)
  if (words === undefined) throw new Error('the words of shares are not loaded')
  return words
}
