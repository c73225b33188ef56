/** A dialog over the page: it holds the focus, Escape closes it, and the focus goes back. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'

import { Cross } from './icons.tsx'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly isWide?: boolean
  /** Of the button that closes it. */
  readonly closeLabel: string
  /** Wherever in it the focus is. */
  readonly onKeyDown?: (event: KeyboardEvent) => void
  readonly children: ComponentChildren
}

export function Dialog({
  children,
  closeLabel,
  isWide = false,
  onClose,
  onKeyDown,
  title,
}: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    // Only one that is closed gives the focus back.
    return () => shown?.close()
  }, [])
  const cancel = (event: Event): void => {
    event.preventDefault()
    onClose()
  }
  return (
    <dialog
      ref={dialog}
      class={isWide ? 'modal modal--wide' : 'modal'}
      aria-labelledby={id}
      onCancel={cancel}
      onKeyDown={onKeyDown}
    >
      <div class="modal__head">
        <h2 id={id} class="modal__title">
          {title}
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={closeLabel}
          title={closeLabel}
          onClick={onClose}
        >
          <Cross />
        </button>
      </div>
      {children}
    </dialog>
  )
}
