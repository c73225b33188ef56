/** What becomes of an entry whose name is taken where it is to go. */
import { useLayoutEffect, useRef } from 'preact/hooks'

import type { ClashChoice } from '../../files/upload-item.ts'
import { useFileWords } from './file-words.ts'
import { Modal } from './modal.tsx'

export interface Clash {
  readonly name: string
  /** Only a file takes the place of a file. */
  readonly mayReplace: boolean
  readonly hasOthers: boolean
  readonly answer: (answer: ClashAnswer) => void
}

export interface ClashAnswer {
  readonly choice: ClashChoice
  readonly forAll: boolean
}

export function ClashDialog({ clash }: { readonly clash: Clash }) {
  const { texts } = useFileWords()
  const words = texts.clash
  const all = useRef<HTMLInputElement>(null)
  const first = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => first.current?.focus(), [])
  const choose = (choice: ClashChoice): void =>
    clash.answer({ choice, forAll: all.current?.checked ?? false })
  return (
    <Modal title={words.title} onClose={() => choose('skip')}>
      <div class="stack">
        <p class="breakable">{words.told(clash.name)}</p>
        <p class="quiet">{clash.mayReplace ? words.replaceHint : words.folder}</p>
        {clash.hasOthers && (
          <label class="box">
            <input ref={all} type="checkbox" />
            <span>{words.forAll}</span>
          </label>
        )}
        <div class="actions">
          <button
            ref={first}
            type="button"
            class="button button--main"
            onClick={() => choose('both')}
          >
            {words.both}
          </button>
          {clash.mayReplace && (
            <button type="button" class="button" onClick={() => choose('replace')}>
              {words.replace}
            </button>
          )}
          <button type="button" class="button" onClick={() => choose('skip')}>
            {words.skip}
          </button>
        </div>
      </div>
    </Modal>
  )
}
