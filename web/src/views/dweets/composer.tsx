/** Where a dweet is written: a new one, an answer, or another text of one that is there. */
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'

import type { Dweet, DweetChange } from '../../../../src/wire/api-dweets.ts'
import { DWEET_CHARS_MAX } from '../../../../src/wire/dweet-limits.ts'
import { charsOf } from '../../../../src/wire/dweet-text.ts'
import type { DraftAttachment } from '../../dweets/attaching.ts'
import { EMPTY_DRAFT, type Draft } from '../../dweets/drafts.ts'
import { searchOf } from '../../model/accounts.ts'
import { Submit } from '../accounts/parts.tsx'
import { AttachPart, useAttaching, useDrop } from './attach-part.tsx'
import { useDeskDoing } from './desk-doing.ts'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'

interface ComposerProps {
  readonly label: string
  /** Where its draft is kept; absent: nowhere. */
  readonly where?: string
  readonly start?: Draft
  readonly submitLabel: string
  /** It is new: for whom, and with what, is chosen once; what is said of that may change. */
  readonly isNew?: boolean
  readonly hasFocus?: boolean
  readonly onSubmit: (draft: Draft) => Promise<void>
  readonly onCancel?: () => void
}

export function Composer(props: ComposerProps) {
  const { texts } = useDweetWords()
  const { draft, change, clear } = useDraft(props)
  const sending = useDeskDoing()
  const words = useDweetWords()
  const attaching = useAttaching(draft, change)
  const count = charsOf(draft.text.normalize('NFC'))
  const hasMore = (draft.attached ?? []).length > 0
  const isNew = props.isNew === true
  const submit = (): void => {
    if (attaching.isSending || count > DWEET_CHARS_MAX || (count === 0 && !hasMore)) return
    sending.run(async () => {
      await props.onSubmit(draft)
      clear()
      attaching.clear()
      return undefined
    })
  }
  const drop = useDrop(isNew, attaching)
  return (
    <form
      class={drop.isOver ? 'card compose compose--over' : 'card compose'}
      {...drop.handlers}
      aria-label={props.label}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        if (event.key === 'Escape') props.onCancel?.()
      }}
    >
      <TextPart props={props} draft={draft} count={count} onChange={change} />
      {(isNew || hasMore) && <AttachPart attaching={attaching} isFixed={!isNew} />}
      <MorePart props={props} draft={draft} onChange={change} />
      <div class="compose__end">
        <Submit
          label={props.submitLabel}
          isRunning={sending.isRunning}
          isMain
          isOff={count > DWEET_CHARS_MAX}
        />
        {props.onCancel !== undefined && (
          <button type="button" class="button" onClick={props.onCancel}>
            {texts.compose.cancel}
          </button>
        )}
        <Left count={count} />
      </div>
      <div class="outcome" role="status">
        {sending.trouble !== undefined && (
          <p class="outcome--trouble">{words.trouble(sending.trouble)}</p>
        )}
      </div>
    </form>
  )
}

interface PartProps {
  readonly props: ComposerProps
  readonly draft: Draft
  readonly onChange: (change: Partial<Draft>) => void
}

function TextPart({ count, draft, onChange, props }: PartProps & { readonly count: number }) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  // Before it is drawn: a caret that jumps after the first letter would leave the rest beside it.
  useLayoutEffect(() => {
    const field = area.current
    if (props.hasFocus !== true || field === null) return
    field.focus()
    field.setSelectionRange(field.value.length, field.value.length)
  }, [])
  return (
    <>
      <label class="label" for={id}>
        {props.label}
      </label>
      <textarea
        ref={area}
        id={id}
        class="field compose__text"
        name="text"
        rows={3}
        dir="auto"
        value={draft.text}
        aria-invalid={count > DWEET_CHARS_MAX}
        onInput={(event) => onChange({ text: event.currentTarget.value })}
      />
    </>
  )
}

/** Near the end it is heard, too: not with every letter. */
const HEARD_AT = [50, 20, 10, 0]

function Left({ count }: { readonly count: number }) {
  const { texts, number } = useDweetWords()
  const left = DWEET_CHARS_MAX - count
  const heard = left < 0 ? texts.compose.over(-left) : texts.compose.left(left)
  const isHeard = left < 0 || HEARD_AT.includes(left)
  return (
    <>
      <span class={left < 0 ? 'compose__left compose__left--over' : 'compose__left'} title={heard}>
        <span aria-hidden="true">{left < 0 ? heard : number(left)}</span>
      </span>
      <span class="unseen" role="status">
        {isHeard ? heard : ''}
      </span>
    </>
  )
}

function MorePart({ draft, onChange, props }: PartProps) {
  const { texts } = useDweetWords()
  const words = texts.compose
  const id = useId()
  return (
    <details
      class="disclosure"
      open={draft.warning !== '' || draft.visibility !== 'public' || draft.isBare === true}
    >
      <summary>{words.more}</summary>
      <div class="compose__more">
        <div class="labelled">
          <label class="label" for={id}>
            {words.warning}
          </label>
          <input
            id={id}
            class="field"
            type="text"
            name="warning"
            autocomplete="off"
            value={draft.warning}
            aria-describedby={`${id}-hint`}
            onInput={(event) => onChange({ warning: event.currentTarget.value })}
          />
          <p id={`${id}-hint`} class="labelled__hint">
            {words.warningHint}
          </p>
        </div>
        {props.isNew === true && (
          <fieldset class="boxes">
            <legend class="label">{words.visibility}</legend>
            {(['public', 'followers'] as const).map((one) => (
              <label key={one} class="box">
                <input
                  type="radio"
                  name={`${id}-visibility`}
                  checked={draft.visibility === one}
                  onChange={() => onChange({ visibility: one })}
                />
                {words.visibilities[one]}
              </label>
            ))}
          </fieldset>
        )}
        {props.isNew === true && draft.visibility === 'public' && (
          <label class="box">
            <input
              type="checkbox"
              checked={draft.isBare !== true}
              onChange={() => onChange({ isBare: draft.isBare !== true })}
            />
            {words.preview}
          </label>
        )}
      </div>
    </details>
  )
}

function useDraft({ start = EMPTY_DRAFT, where }: ComposerProps) {
  const { drafts } = useDesk()
  const [draft, setDraft] = useState(
    () => (where === undefined ? start : drafts.get(where)) ?? start,
  )
  // What is sent meanwhile is told behind the text that was written meanwhile.
  const latest = useRef(draft)
  const take = (next: Draft): void => {
    latest.current = next
    setDraft(next)
    if (where !== undefined) drafts.set(where, next)
  }
  return {
    draft,
    change: (change: Partial<Draft>) => take({ ...latest.current, ...change }),
    clear: () => take(EMPTY_DRAFT),
  }
}

/** In its draft as it is. */
export function attachedOf({ attachments = [] }: Dweet): readonly DraftAttachment[] {
  return attachments.map((attachment) => {
    return { attachment, description: attachment.description ?? '' }
  })
}

/** Those of which something else is said now. */
export function saidAnew({ attached = [] }: Draft): NonNullable<DweetChange['attachments']> {
  return attached.flatMap(({ attachment, description: given }) => {
    const description = given.trim()
    return description === (attachment.description ?? '')
      ? []
      : [{ id: attachment.id, description }]
  })
}

function usedOf({ attachment, description }: DraftAttachment) {
  const said = description.trim()
  return { id: attachment.id, ...(said === '' ? {} : { description: said }) }
}

interface NewDweetProps {
  readonly replyTo?: Dweet
  /** Stands behind what is being written. */
  readonly given?: string
  readonly onDone?: () => void
}

/** Before the form takes up its draft; the address of the page does not ask for it again. */
function useGiven(given: string | undefined): void {
  const { drafts } = useDesk()
  useMemo(() => {
    if (given === undefined) return
    const draft = drafts.get('new') ?? EMPTY_DRAFT
    if (draft.text.includes(given)) return
    const text = draft.text === '' ? given : `${draft.text.trimEnd()}\n${given}`
    drafts.set('new', { ...draft, text })
  }, [given])
  useEffect(() => {
    if (given === undefined) return
    history.replaceState(null, '', searchOf({ name: 'dweets' }))
    // Behind the view, whose heading has it at first.
    const field = document.querySelector<HTMLTextAreaElement>('.compose__text')
    field?.focus()
    field?.setSelectionRange(field.value.length, field.value.length)
  }, [given])
}

/** A new one, or an answer. */
export function NewDweetForm({ given, onDone, replyTo }: NewDweetProps) {
  const { add, outbox, told } = useDesk()
  useGiven(given)
  const { texts } = useDweetWords()
  const words = texts.compose
  const publish = async (draft: Draft): Promise<void> => {
    const { attached = [], isBare, text, visibility, warning } = draft
    const dweet = await outbox.publish({
      text,
      visibility,
      ...(attached.length === 0 ? {} : { attachments: attached.map(usedOf) }),
      ...(isBare === true ? { preview: false } : {}),
      ...(warning.trim() === '' ? {} : { warning }),
      ...(replyTo === undefined ? {} : { replyTo: replyTo.id }),
    })
    if (dweet !== undefined) add(dweet)
    told.set(dweet === undefined ? words.waits : words.published)
    // Behind the draft, which is done with by then.
    queueMicrotask(() => onDone?.())
  }
  const isReply = replyTo !== undefined
  return (
    <Composer
      label={isReply ? words.reply(replyTo.author.nick) : words.label}
      where={replyTo?.id ?? 'new'}
      // An answer is for no more people than what it answers.
      start={{ ...EMPTY_DRAFT, visibility: replyTo?.visibility ?? 'public' }}
      submitLabel={words.publish}
      isNew
      hasFocus={isReply}
      onSubmit={publish}
      {...(isReply && onDone !== undefined ? { onCancel: onDone } : {})}
    />
  )
}
