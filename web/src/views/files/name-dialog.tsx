/** The name of a new folder, or another name for what is there. */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

import { nameFault, partsOf, type NameFault } from '../../model/file-paths.ts'
import { Outcome, Submit } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useFileWords } from './file-words.ts'
import { Modal } from './modal.tsx'

interface NameDialogProps {
  readonly title: string
  readonly submit: string
  /** What it is called so far; empty of what is new. */
  readonly name: string
  readonly isFolder: boolean
  /** What else is called so in the folder. */
  readonly others: readonly string[]
  /** @throws RingTrouble, which is told in the dialog */
  readonly onName: (name: string) => Promise<void>
  readonly onClose: () => void
}

export function NameDialog(props: NameDialogProps) {
  const { isFolder, name, onClose, onName, others, submit, title } = props
  const { texts } = useFileWords()
  const words = texts.naming
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const [fault, setFault] = useState<NameFault | undefined>(undefined)
  const { isRunning, run, trouble } = useDoing<never>()
  // A file keeps its extension unless somebody means to change it.
  useLayoutEffect(() => {
    input.current?.focus()
    input.current?.setSelectionRange(0, isFolder ? name.length : partsOf(name).stem.length)
  }, [])
  const take = (event: SubmitEvent): void => {
    event.preventDefault()
    const typed = input.current?.value ?? ''
    const found = typed === name && name !== '' ? undefined : nameFault(typed, others)
    setFault(found)
    if (found !== undefined) {
      input.current?.focus()
      return
    }
    run(async () => {
      if (typed !== name) await onName(typed)
      onClose()
      return undefined
    })
  }
  return (
    <Modal title={title} onClose={onClose}>
      <form class="stack" onSubmit={take}>
        <div class="labelled">
          <label class="label" for={id}>
            {words.label}
          </label>
          <input
            ref={input}
            id={id}
            class="field"
            type="text"
            name="name"
            defaultValue={name}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-invalid={fault !== undefined || trouble !== undefined}
            aria-describedby={`${id}-fault`}
          />
          <p id={`${id}-fault`} class="labelled__hint outcome--trouble" role="alert">
            {fault === undefined ? '' : words.faults[fault]}
          </p>
        </div>
        <Outcome trouble={trouble} done={undefined} />
        <div class="actions">
          <Submit label={submit} isRunning={isRunning} isMain />
          <button type="button" class="button" onClick={onClose}>
            {texts.actions.cancel}
          </button>
        </div>
      </form>
    </Modal>
  )
}
