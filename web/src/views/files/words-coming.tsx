/** In place of a view whose words are on their way, or cannot be had. */
import type { ViewName } from '../../model/accounts.ts'
import { Frame } from '../accounts/frame.tsx'
import { useWords } from '../words.ts'

interface WordsComingProps {
  readonly name: Extract<ViewName, 'files' | 'shared' | 'trash'>
  readonly isMissing: boolean
}

export function WordsComing({ isMissing, name }: WordsComingProps) {
  const { texts } = useWords()
  return (
    <Frame key="coming" name={name} title={texts.accounts.views.files}>
      <p class="quiet" role="status">
        {isMissing ? texts.viewMissing : texts.accounts.loading}
      </p>
    </Frame>
  )
}
