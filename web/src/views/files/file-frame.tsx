/** Around each view about files: its words, once they are there, and the heading. */
import type { ComponentChildren } from 'preact'

import type { ViewName } from '../../model/accounts.ts'
import { Frame } from '../accounts/frame.tsx'
import { useWords } from '../words.ts'
import { FileWordsProvider, useLoadedWords, type FileWords } from './file-words.ts'

import '../../styles/files.css'

interface FileFrameProps {
  readonly name: Extract<ViewName, 'files' | 'shared' | 'trash'>
  readonly head: (texts: FileWords['texts']) => { readonly title: string; readonly hint: string }
  readonly children: ComponentChildren
}

export function FileFrame({ children, head, name }: FileFrameProps) {
  const words = useLoadedWords()
  if (words === undefined || words === 'missing')
    return <WordsComing name={name} isMissing={words === 'missing'} />
  const { hint, title } = head(words.texts)
  return (
    <FileWordsProvider value={words}>
      <Frame name={name} title={title} hint={hint}>
        {children}
      </Frame>
    </FileWordsProvider>
  )
}

/** In place of a view whose words are on their way, or cannot be had. */
function WordsComing({
  isMissing,
  name,
}: Pick<FileFrameProps, 'name'> & { readonly isMissing: boolean }) {
  const { texts } = useWords()
  return (
    <Frame key="coming" name={name} title={texts.accounts.views.files}>
      <p class="quiet" role="status">
        {isMissing ? texts.viewMissing : texts.accounts.loading}
      </p>
    </Frame>
  )
}
