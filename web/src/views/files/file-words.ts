/** The words of the file manager, which come with it. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'

import { UPLOAD_TROUBLES } from '../../files/uploads.ts'
import type { FileTexts } from '../../texts/files.en.ts'
import { FILE_TEXTS } from '../../texts/load-files.ts'
import type { Trouble } from '../../texts/texts.ts'
import { useLaterTexts } from '../later-words.ts'
import { useWords, type Words } from '../words.ts'

export interface FileWords extends Omit<Words, 'texts'> {
  readonly texts: FileTexts
}

const FileWordsContext = createContext<FileWords | undefined>(undefined)
export const FileWordsProvider = FileWordsContext.Provider

/** @returns `undefined` while they are on their way; a file that cannot be had is told apart */
export function useLoadedWords(): FileWords | 'missing' | undefined {
  const words = useWords()
  const texts = useLaterTexts(FILE_TEXTS)
  if (texts === undefined || texts === 'missing') return texts
  return {
    ...words,
    texts,
    trouble: (trouble) => ownTrouble(texts, trouble) ?? words.trouble(trouble),
  }
}

function ownTrouble({ uploads }: FileTexts, { code }: Trouble): string | undefined {
  if (code === UPLOAD_TROUBLES.damaged) return uploads.damaged
  return code === UPLOAD_TROUBLES.unreadable ? uploads.unreadable : undefined
}

/** Within the file manager. */
export function useFileWords(): FileWords {
  const words = useContext(FileWordsContext)
  if (words === undefined) throw new Error('the words of the file manager are not loaded')
  return words
}
