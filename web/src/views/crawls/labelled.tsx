/** A field with what it is called, what is meant, and what is wrong with what stands in it. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'

interface LabelledProps {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly children: ComponentChildren
}

export function Labelled({ id, label, hint, children }: LabelledProps) {
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {label}
      </label>
      {children}
      <p id={`${id}-hint`} class="labelled__hint">
        {hint}
      </p>
    </div>
  )
}

/**
 * Attributes of a field that may be wrong; `Fault` stands behind it. It takes the focus where it is
 * the first that is, and again when something else is wrong with it.
 */
export function useFaulty<E extends HTMLInputElement | HTMLTextAreaElement>(
  fault: string | undefined,
  hasFocus = fault !== undefined,
) {
  const id = useId()
  const ref = useRef<E>(null)
  useLayoutEffect(() => {
    if (hasFocus) ref.current?.focus()
  }, [hasFocus, fault])
  return {
    id,
    ref,
    'aria-invalid': fault !== undefined,
    'aria-describedby': `${id}-fault ${id}-hint`,
  }
}

/**
 * Stands there before it says anything, so that it is heard when it does. @param id of the field
 */
export function Fault({ id, text }: { readonly id: string; readonly text: string | undefined }) {
  return (
    <p id={`${id}-fault`} class="outcome outcome--trouble" aria-live="polite">
      {text}
    </p>
  )
}
