/** In the header: the one field that looks through all that the ring has. */
import { useEffect, useRef } from 'preact/hooks'

import { may } from '../model/accounts.ts'
import { useSession } from '../state/session.ts'
import { useCell } from '../state/use-cell.ts'
import { useWords } from './words.ts'

export function FindField() {
  const session = useSession()
  const { texts } = useWords()
  const who = useCell(session.account.who)
  const { name, q = '' } = useCell(session.view)
  const field = useRef<HTMLInputElement>(null)
  useFindKeys(() => field.current?.select(), name !== 'dweets')
  useEffect(() => {
    if (field.current !== null) field.current.value = name === 'find' ? q : ''
  }, [name, q])
  if (who.kind === 'nobody' || !(may(who, 'pages.read') || may(who, 'files.read'))) return null
  const submit = (event: Event): void => {
    event.preventDefault()
    const words = field.current?.value.trim() ?? ''
    if (words !== '') session.go({ name: 'find', q: words })
  }
  return (
    <form class="find" role="search" onSubmit={submit}>
      <input
        ref={field}
        class="find__input"
        type="search"
        name="q"
        autocomplete="off"
        autocapitalize="none"
        enterkeyhint="search"
        maxLength={500}
        aria-label={texts.find}
        placeholder={texts.find}
        aria-keyshortcuts="/ Control+K"
      />
    </form>
  )
}

const WRITTEN_IN = 'input, textarea, select, [contenteditable], dialog'

/** Ctrl-K from anywhere; `/` where nothing is being written, and it means nothing else. */
function useFindKeys(onFind: () => void, isSlash: boolean): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { ctrlKey, key, metaKey, target } = event
      const isControl = (ctrlKey || metaKey) && key.toLowerCase() === 'k'
      const isWriting = target instanceof Element && target.closest(WRITTEN_IN) !== null
      if (!isControl && (!isSlash || key !== '/' || isWriting || ctrlKey || metaKey)) return
      event.preventDefault()
      onFind()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [isSlash])
}
