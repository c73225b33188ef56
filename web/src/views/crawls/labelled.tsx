/** A field with what it is called and what is meant. */
import type { ComponentChildren } from 'preact'

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
