/** What the forms about accounts are made of. */
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

import { searchOf, type View } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import type { Trouble } from '../../texts/texts.ts'
import { useWords } from '../words.ts'

interface FieldProps {
  /** Under which the form gives its value. */
  readonly name: string
  readonly label: string
  readonly autocomplete: string
  readonly hint?: string
  /** What stands in it at first. */
  readonly value?: string
  readonly isOptional?: boolean
  /** It was refused: it is marked and takes the focus. */
  readonly isWrong?: boolean
  readonly hasFocus?: boolean
}

export function TextField(props: FieldProps) {
  return <Field {...props} isSecret={false} />
}

/** Can be shown, so that it need not be typed twice. */
export function PasswordField(props: FieldProps) {
  const { texts } = useWords()
  const words = texts.accounts
  const [isShown, setIsShown] = useState(false)
  return (
    <Field {...props} isSecret={!isShown}>
      <button
        type="button"
        class="labelled__reveal"
        aria-pressed={isShown}
        aria-label={`${words.reveal}: ${props.label}`}
        onClick={() => setIsShown(!isShown)}
      >
        {isShown ? words.conceal : words.reveal}
      </button>
    </Field>
  )
}

const HIDDEN = { type: 'password' } as const
const SHOWN = { type: 'text' } as const

function Field({
  name,
  label,
  autocomplete,
  hint,
  value,
  isSecret,
  isOptional = false,
  isWrong = false,
  hasFocus = false,
  children,
}: FieldProps & { readonly isSecret: boolean; readonly children?: ComponentChildren }) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => {
    if (isWrong || hasFocus) input.current?.focus()
  }, [isWrong])
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {label}
      </label>
      <div class="labelled__row">
        <input
          ref={input}
          id={id}
          class="field"
          {...(isSecret ? HIDDEN : SHOWN)}
          name={name}
          defaultValue={value ?? ''}
          required={!isOptional}
          autocomplete={autocomplete}
          autocapitalize={autocomplete === 'name' ? 'words' : 'none'}
          spellcheck={false}
          aria-invalid={isWrong}
          {...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` })}
        />
        {children}
      </div>
      {hint !== undefined && (
        <p id={`${id}-hint`} class="labelled__hint">
          {hint}
        </p>
      )}
    </div>
  )
}

interface FormProps {
  readonly onSubmit: (fields: Fields, form: HTMLFormElement) => void
  readonly label?: string
  readonly children: ComponentChildren
}

/** What was typed; absent fields are empty. */
export type Fields = (name: string) => string

export function Form({ onSubmit, label, children }: FormProps) {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (!(event.currentTarget instanceof HTMLFormElement)) return
    const data = new FormData(event.currentTarget)
    const fields: Fields = (name) => {
      const value = data.get(name)
      return typeof value === 'string' ? value : ''
    }
    onSubmit(fields, event.currentTarget)
  }
  return (
    <form class="stack" aria-label={label} onSubmit={submit}>
      {children}
    </form>
  )
}

interface SubmitProps {
  readonly label: string
  readonly isRunning: boolean
  readonly isMain?: boolean
  readonly isHarmful?: boolean
  /** What is written cannot be sent as it is. */
  readonly isOff?: boolean
}

/** It keeps the focus while it works; what is pressed meanwhile does nothing. */
export function Submit({
  label,
  isRunning,
  isMain = false,
  isHarmful = false,
  isOff = false,
}: SubmitProps) {
  const { texts } = useWords()
  const tone = isMain ? ' button--main' : isHarmful ? ' button--harmful' : ''
  return (
    <button type="submit" class={`button${tone}`} aria-disabled={isRunning || isOff}>
      {isRunning ? texts.accounts.working : label}
    </button>
  )
}

interface OutcomeProps {
  readonly trouble: Trouble | undefined
  readonly done: Done | undefined
}

/** Stands there before it says anything, so that it is heard when it does. */
export function Outcome({ trouble, done }: OutcomeProps) {
  const words = useWords()
  return (
    <div class="outcome" role="status">
      {trouble !== undefined && <p class="outcome--trouble">{words.trouble(trouble)}</p>}
      {done !== undefined && <p class="outcome--done">{words.texts.accounts.done[done]}</p>}
    </div>
  )
}

interface ConfirmProps {
  readonly label: string
  /** In place of the label for who hears it without what stands beside it. */
  readonly name?: string
  readonly question: string
  readonly isSmall?: boolean
  readonly isRunning: boolean
  readonly onConfirm: () => void
}

/** What cannot be taken back is asked for twice. */
export function Confirm({
  label,
  name,
  question,
  isSmall = false,
  isRunning,
  onConfirm,
}: ConfirmProps) {
  const { texts } = useWords()
  const [isAsking, setIsAsking] = useState(false)
  const first = useRef<HTMLButtonElement>(null)
  const keep = useRef<HTMLButtonElement>(null)
  const wasAsking = useRef(false)
  const shape = isSmall ? 'button button--small' : 'button'
  useLayoutEffect(() => {
    if (isAsking) keep.current?.focus()
    else if (wasAsking.current) first.current?.focus()
    wasAsking.current = isAsking
  }, [isAsking])
  if (!isAsking)
    return (
      <button
        ref={first}
        type="button"
        class={shape}
        {...(name === undefined ? {} : { 'aria-label': name })}
        aria-disabled={isRunning}
        onClick={() => setIsAsking(true)}
      >
        {label}
      </button>
    )
  const confirm = (): void => {
    setIsAsking(false)
    onConfirm()
  }
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    // A dialog around it stays.
    event.preventDefault()
    setIsAsking(false)
  }
  return (
    <div class="confirm" role="group" aria-label={question} onKeyDown={leave}>
      <p>{question}</p>
      <div class="actions">
        <button type="button" class={`${shape} button--harmful`} onClick={confirm}>
          {label}
        </button>
        <button ref={keep} type="button" class={shape} onClick={() => setIsAsking(false)}>
          {texts.accounts.keep}
        </button>
      </div>
    </div>
  )
}

interface ViewLinkProps {
  readonly view: View
  readonly class?: string
  readonly isHere?: boolean
  readonly label?: string
  readonly children: ComponentChildren
}

/** A link that can be opened beside, too. */
export function ViewLink({ view, class: name, isHere = false, label, children }: ViewLinkProps) {
  const session = useSession()
  const go = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    session.go(view)
  }
  return (
    <a
      class={name}
      href={searchOf(view) || './'}
      onClick={go}
      {...(isHere ? { 'aria-current': 'page' } : {})}
      {...(label === undefined ? {} : { 'aria-label': label })}
    >
      {children}
    </a>
  )
}

interface CardProps {
  readonly title: string
  readonly isWide?: boolean
  readonly children: ComponentChildren
}

export function Card({ title, isWide = false, children }: CardProps) {
  const id = useId()
  return (
    <section class={isWide ? 'card panel panel--wide' : 'card panel'} aria-labelledby={id}>
      <h2 id={id} class="panel__title">
        {title}
      </h2>
      {children}
    </section>
  )
}

interface LoadTroubleProps {
  readonly trouble: Trouble
  readonly onAgain: () => void
}

export function LoadTrouble({ trouble, onAgain }: LoadTroubleProps) {
  const words = useWords()
  return (
    <div class="outcome" role="status">
      <p class="outcome--trouble">{words.trouble(trouble)}</p>
      <button type="button" class="button button--small" onClick={onAgain}>
        {words.texts.accounts.again}
      </button>
    </div>
  )
}
