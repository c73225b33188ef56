/** What was done, with a way back; what failed, and why. It stays until something else is done. */
import { Cross } from '../icons.tsx'
import type { Errands } from './errands.ts'
import { useFileWords } from './file-words.ts'

/** Reasons told one by one; the others are counted. */
const FAILED_SHOWN = 5

interface ToldBarProps {
  readonly errands: Errands
  readonly onUndo: () => void
}

export function ToldBar({ errands, onUndo }: ToldBarProps) {
  const { number, texts } = useFileWords()
  const { dismiss, failed, progress, told } = errands
  const words = texts.told
  const isEmpty = told === undefined && progress === undefined && failed.length === 0
  return (
    <div class={isEmpty ? 'told told--empty' : 'told'}>
      <div class="told__text" role="status">
        {progress !== undefined && (
          <p>{words.working({ done: number(progress.done), all: number(progress.all) })}</p>
        )}
        {told !== undefined && <p>{told.text}</p>}
        {failed.length > 0 && <FailedList errands={errands} />}
      </div>
      {told?.undo !== undefined && (
        <button type="button" class="button button--small" onClick={onUndo}>
          {words.undo}
        </button>
      )}
      {!isEmpty && progress === undefined && (
        <button
          type="button"
          class="icon-button"
          aria-label={words.dismiss}
          title={words.dismiss}
          onClick={dismiss}
        >
          <Cross />
        </button>
      )}
    </div>
  )
}

function FailedList({ errands: { failed } }: { readonly errands: Errands }) {
  const { number, texts, trouble } = useFileWords()
  const rest = failed.length - FAILED_SHOWN
  return (
    <div class="outcome--trouble">
      {failed.length > 1 && <p>{texts.told.failedSome(number(failed.length))}</p>}
      <ul>
        {failed.slice(0, FAILED_SHOWN).map((one) => (
          <li key={one.name}>
            {failed.length > 1 && <strong>{one.name}: </strong>}
            {trouble(one.trouble)}
          </li>
        ))}
      </ul>
      {rest > 0 && <p>{texts.uploads.more(number(rest))}</p>}
    </div>
  )
}
