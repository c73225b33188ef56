/** Files on their way: all together, and the most telling ones by themselves. */
import { useState } from 'preact/hooks'

import { filesOf } from '../../files/files-of.ts'
import { mostTelling, sumOf, type ClashChoice, type Upload } from '../../files/upload-item.ts'
import type { Uploads } from '../../files/uploads.ts'
import { nameWithin } from '../../model/file-paths.ts'
import { formatSeconds } from '../../model/format.ts'
import { paceOf, secondsLeft } from '../../model/pace.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { useMedia } from '../hooks.ts'
import { useFileWords } from './file-words.ts'

/** Of thousands that are sent only those are drawn. */
const ROWS_MAX = 30

export function UploadPanel() {
  const { uploads } = filesOf(useSession())
  const items = useCell(uploads.items)
  const { number, texts } = useFileWords()
  const words = texts.uploads
  const isNarrow = useMedia('(width < 40rem)')
  // Until the person says.
  const [isOpened, setIsOpened] = useState<boolean | undefined>(undefined)
  const sum = sumOf(items)
  const isOver = items.length > 0 && sum.filesDone + sum.failed === sum.files
  // What needs somebody is not hidden away.
  const isOpen = isOpened ?? (!isNarrow || sum.clashes + sum.failed > 0)
  // Once all is well it lies below the list, and covers nothing.
  const isWell = items.length > 0 && sum.filesDone === sum.files
  const rest = items.length - ROWS_MAX
  return (
    <>
      <p class="unseen" role="status">
        {isOver ? words.said({ done: number(sum.filesDone), failed: number(sum.failed) }) : ''}
      </p>
      {items.length > 0 && (
        <section
          class={isWell ? 'uploads card' : 'uploads uploads--afloat card'}
          aria-label={words.title}
        >
          <PanelHead uploads={uploads} items={items} isOpen={isOpen} onOpen={setIsOpened} />
          {isOpen && (
            <ul class="uploads__list">
              {mostTelling(items, ROWS_MAX).map((upload) => (
                <UploadRow
                  key={upload.id}
                  upload={upload}
                  uploads={uploads}
                  hasOthers={sum.files > 1}
                />
              ))}
              {rest > 0 && <li class="quiet">{words.more(number(rest))}</li>}
            </ul>
          )}
        </section>
      )}
    </>
  )
}

interface PanelHeadProps {
  readonly uploads: Uploads
  readonly items: readonly Upload[]
  readonly isOpen: boolean
  readonly onOpen: (isOpen: boolean) => void
}

function PanelHead({ isOpen, items, onOpen, uploads }: PanelHeadProps) {
  const marks = useCell(uploads.marks)
  const { bytes, number, texts } = useFileWords()
  const words = texts.uploads
  const sum = sumOf(items)
  const pace = sum.going > 0 ? paceOf(marks) : undefined
  const left = sum.going > 0 ? secondsLeft(sum.bytes - sum.bytesSent, marks) : undefined
  return (
    <div class="uploads__head">
      <div class="uploads__title">
        <h2 class="panel__title">{words.title}</h2>
        <button
          type="button"
          class="button button--small"
          aria-expanded={isOpen}
          onClick={() => onOpen(!isOpen)}
        >
          {isOpen ? words.hide : words.show}
        </button>
      </div>
      <progress
        class="bar"
        max={Math.max(1, sum.bytes)}
        value={sum.bytesSent}
        aria-label={words.bar}
      />
      <p class="crawl__facts">
        <span>{words.sum({ done: number(sum.filesDone), all: number(sum.files) })}</span>
        <span>{words.of({ sent: bytes(sum.bytesSent), size: bytes(sum.bytes) })}</span>
        {pace !== undefined && <span>{words.rate(bytes(pace))}</span>}
        {left !== undefined && left > 0 && <strong>{words.left(formatSeconds(left))}</strong>}
      </p>
      <div class="actions">
        {sum.going > 0 && (
          <button type="button" class="button button--small" onClick={() => uploads.pauseAll()}>
            {words.pauseAll}
          </button>
        )}
        {sum.paused + sum.failed > 0 && (
          <button type="button" class="button button--small" onClick={() => uploads.resumeAll()}>
            {words.resumeAll}
          </button>
        )}
        {sum.going + sum.paused + sum.clashes > 0 && (
          <button type="button" class="button button--small" onClick={() => uploads.cancelAll()}>
            {words.cancelAll}
          </button>
        )}
        {sum.filesDone + sum.failed > 0 && (
          <button type="button" class="button button--small" onClick={() => uploads.clear()}>
            {words.clear}
          </button>
        )}
      </div>
    </div>
  )
}

interface UploadRowProps {
  readonly upload: Upload
  readonly uploads: Uploads
  readonly hasOthers: boolean
}

function UploadRow({ hasOthers, upload, uploads }: UploadRowProps) {
  const { bytes, texts, trouble } = useFileWords()
  const words = texts.uploads
  const name = nameWithin(upload.path, upload.folder)
  return (
    <li class={`upload upload--${upload.state}`}>
      <div class="upload__line">
        <span class="upload__name" title={upload.path}>
          {name}
        </span>
        <span class="upload__state">
          {upload.state === 'sending'
            ? words.of({ sent: bytes(upload.sent), size: bytes(upload.bytes) })
            : words.states[upload.state]}
        </span>
        <UploadButtons upload={upload} uploads={uploads} name={name} />
      </div>
      {upload.state !== 'done' && upload.state !== 'clash' && (
        <progress
          class="bar"
          max={Math.max(1, upload.bytes)}
          value={upload.sent}
          aria-label={words.barOf(name)}
        />
      )}
      {upload.trouble !== undefined && (
        <p class={upload.state === 'failed' ? 'outcome--trouble' : 'quiet'}>
          {trouble(upload.trouble)}
        </p>
      )}
      {upload.state === 'clash' && (
        <ClashChoices
          name={name}
          hasOthers={hasOthers}
          onChoice={(choice, forAll) => uploads.choose(upload.id, choice, forAll)}
        />
      )}
    </li>
  )
}

function UploadButtons({
  name,
  upload: { id, state },
  uploads,
}: Omit<UploadRowProps, 'hasOthers'> & { readonly name: string }) {
  const { texts } = useFileWords()
  const words = texts.uploads
  const isGoing = state === 'waiting' || state === 'sending' || state === 'broken'
  return (
    <span class="upload__buttons">
      {isGoing && (
        <IconButton label={words.pause(name)} mark="❚❚" onClick={() => uploads.pause(id)} />
      )}
      {(state === 'paused' || state === 'failed' || state === 'broken') && (
        <IconButton label={words.resume(name)} mark="▶" onClick={() => uploads.resume(id)} />
      )}
      {state !== 'done' && (
        <IconButton label={words.cancel(name)} mark="✕" onClick={() => uploads.cancel(id)} />
      )}
    </span>
  )
}

interface IconButtonProps {
  readonly label: string
  readonly mark: string
  readonly onClick: () => void
}

function IconButton({ label, mark, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button upload__button"
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <span aria-hidden="true">{mark}</span>
    </button>
  )
}

interface ClashChoicesProps {
  readonly name: string
  readonly hasOthers: boolean
  readonly onChoice: (choice: ClashChoice, forAll: boolean) => void
}

function ClashChoices({ hasOthers, name, onChoice }: ClashChoicesProps) {
  const { texts } = useFileWords()
  const words = texts.clash
  const [forAll, setForAll] = useState(false)
  return (
    <div class="confirm" role="group" aria-label={words.told(name)}>
      <p class="quiet">{words.replaceHint}</p>
      {hasOthers && (
        <label class="box">
          <input
            type="checkbox"
            checked={forAll}
            onChange={({ currentTarget }) => setForAll(currentTarget.checked)}
          />
          <span>{words.forAll}</span>
        </label>
      )}
      <div class="actions">
        {(['replace', 'both', 'skip'] as const).map((choice) => (
          <button
            key={choice}
            type="button"
            class="button button--small"
            onClick={() => onChoice(choice, forAll)}
          >
            {words[choice]}
          </button>
        ))}
      </div>
    </div>
  )
}
