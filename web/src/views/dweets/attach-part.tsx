/** Pictures and files for a dweet that is being written: chosen, pasted, dropped, described. */
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks'

import type { Attachment } from '../../../../src/wire/api-attachments.ts'
import { ATTACHMENTS_MAX, DESCRIPTION_CHARS_MAX } from '../../../../src/wire/dweet-limits.ts'
import { Attaching, type AttachingItem } from '../../dweets/attaching.ts'
import type { Draft } from '../../dweets/drafts.ts'
import { useCell } from '../../state/use-cell.ts'
import { Cross } from '../icons.tsx'
import { AttachedPicture } from './attached-picture.tsx'
import { useDesk } from './desk.ts'
import { Clip } from './dweet-icons.tsx'
import { useDweetWords } from './dweet-words.ts'
import { PickDialog } from './pick-dialog.tsx'

/** One for as long as the form is there. */
export function useAttaching(draft: Draft, onChange: (change: Partial<Draft>) => void): Attaching {
  const { attachments } = useDesk()
  const told = useRef(onChange)
  told.current = onChange
  const attaching = useMemo(
    () =>
      new Attaching(attachments, draft.attached ?? [], (attached) => told.current({ attached })),
    [attachments],
  )
  useEffect(() => () => attaching.stop(), [attaching])
  return attaching
}

/** Files that are pasted into the form, or dropped onto it. */
export function useDrop(isTaken: boolean, attaching: Attaching) {
  const [isOver, setIsOver] = useState(false)
  const take = (event: Event, data: DataTransfer | null): void => {
    const files = [...(data?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    attaching.add(files)
  }
  const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') === true
  const handlers = {
    onPaste: (event: ClipboardEvent) => take(event, event.clipboardData),
    onDragOver: (event: DragEvent) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      setIsOver(true)
    },
    onDragLeave: () => setIsOver(false),
    onDrop: (event: DragEvent) => {
      setIsOver(false)
      take(event, event.dataTransfer)
    },
  }
  return isTaken ? { isOver, handlers } : { isOver: false, handlers: {} }
}

interface AttachPartProps {
  readonly attaching: Attaching
  /** It is published: none comes, and none goes. */
  readonly isFixed: boolean
}

export function AttachPart({ attaching, isFixed }: AttachPartProps) {
  const { texts } = useDweetWords()
  const words = texts.attach
  const items = useCell(attaching.items)
  return (
    <>
      {items.length > 0 && (
        <ul class="attaching" aria-label={words.list}>
          {items.map((item) => (
            <AttachingRow key={item.key} item={item} attaching={attaching} isFixed={isFixed} />
          ))}
        </ul>
      )}
      {!isFixed && <Choosing attaching={attaching} left={ATTACHMENTS_MAX - items.length} />}
    </>
  )
}

function Choosing({ attaching, left }: { readonly attaching: Attaching; readonly left: number }) {
  const { texts } = useDweetWords()
  const words = texts.attach
  const [isPicking, setIsPicking] = useState(false)
  const chooser = useRef<HTMLInputElement>(null)
  return (
    <>
      <div class="attach">
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          aria-label={words.choose}
          onChange={({ currentTarget }) => {
            attaching.add([...(currentTarget.files ?? [])])
            // The same one can be chosen anew.
            currentTarget.value = ''
          }}
        />
        <button
          type="button"
          class="button button--small"
          aria-disabled={left <= 0}
          onClick={() => left > 0 && chooser.current?.click()}
        >
          <Clip /> {words.choose}
        </button>
        <button
          type="button"
          class="button button--small"
          aria-disabled={left <= 0}
          onClick={() => left > 0 && setIsPicking(true)}
        >
          {words.fromFiles}
        </button>
        <span class="quiet attach__hint">{left > 0 ? words.hint : words.full}</span>
      </div>
      {isPicking && (
        <PickDialog
          onClose={() => setIsPicking(false)}
          onPick={({ name, path }) => {
            setIsPicking(false)
            attaching.add([{ name, path }])
          }}
        />
      )}
    </>
  )
}

interface RowProps extends AttachPartProps {
  readonly item: AttachingItem
}

function AttachingRow({ attaching, isFixed, item }: RowProps) {
  const { texts, trouble } = useDweetWords()
  const words = texts.attach
  const id = useId()
  const { attachment, description, key, name } = item
  return (
    <li class="attaching__row">
      <Thumb attachment={attachment} />
      <div class="attaching__about">
        <p class="attaching__name">{name}</p>
        <Progress item={item} />
        {item.trouble === undefined ? (
          <>
            <label class="label" for={id}>
              {words.describe(name)}
            </label>
            <textarea
              id={id}
              class="field"
              rows={2}
              dir="auto"
              maxLength={DESCRIPTION_CHARS_MAX}
              value={description}
              onInput={({ currentTarget }) => attaching.describe(key, currentTarget.value)}
            />
          </>
        ) : (
          <p class="outcome--trouble" role="alert">
            {trouble(item.trouble)}
          </p>
        )}
      </div>
      {!isFixed && (
        <button
          type="button"
          class="icon-button"
          aria-label={words.remove(name)}
          title={words.remove(name)}
          onClick={() => attaching.remove(key)}
        >
          <Cross />
        </button>
      )}
    </li>
  )
}

function Thumb({ attachment }: { readonly attachment: Attachment | undefined }) {
  return (
    <div class="attaching__thumb" aria-hidden="true">
      {attachment?.kind === 'picture' ? (
        <AttachedPicture attachment={attachment} alt="" />
      ) : (
        <Clip />
      )}
    </div>
  )
}

function Progress({ item: { attachment, name, sent, trouble } }: Pick<RowProps, 'item'>) {
  const { texts } = useDweetWords()
  if (attachment !== undefined || trouble !== undefined) return null
  return (
    <progress
      class="attaching__progress"
      aria-label={texts.attach.sending(name)}
      max={1}
      // All is sent: how long the ring works on it nobody can tell.
      {...(sent < 1 ? { value: sent } : {})}
    />
  )
}
