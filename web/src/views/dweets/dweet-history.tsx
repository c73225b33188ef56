/** What a dweet said before it was changed, newest first. */
import { LoadTrouble } from '../accounts/parts.tsx'
import { useLoaded } from '../hooks.ts'
import { useWords } from '../words.ts'
import { useDesk } from './desk.ts'
import { DweetText } from './dweet-text.tsx'
import { useDweetWords } from './dweet-words.ts'

export function DweetHistoryList({
  id,
  editedAt,
}: {
  readonly id: string
  readonly editedAt: string
}) {
  const { client } = useDesk()
  const { instant, texts } = useDweetWords()
  const { loading } = useWords().texts.accounts
  const { again, trouble, value } = useLoaded(() => client.history(id), `${id} ${editedAt}`)
  if (trouble !== undefined) return <LoadTrouble trouble={trouble} onAgain={again} />
  if (value === undefined) return <p class="quiet">{loading}</p>
  return (
    <ol class="dweet__history" aria-label={texts.dweet.history}>
      {value.items.map(({ attachments = [], text, warning, writtenAt }) => (
        <li key={writtenAt}>
          <p class="quiet">{texts.dweet.writtenAt(instant(writtenAt))}</p>
          {warning !== undefined && <p class="quiet">{texts.dweet.warned(warning)}</p>}
          <DweetText text={text} mentions={[]} />
          {attachments.map(({ description, id: file, name }) => (
            <p key={file} class="quiet" dir="auto">
              {texts.attach.said(name, description)}
            </p>
          ))}
        </li>
      ))}
    </ol>
  )
}
