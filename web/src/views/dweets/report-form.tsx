/** Says to the moderators what is wrong with a dweet, or with somebody. */
import { useEffect, useId, useRef } from 'preact/hooks'

import type { ReportReason } from '../../../../src/wire/api-reports.ts'
import { REPORT_REASONS } from '../../../../src/wire/report-words.ts'
import { Form, Outcome, Submit, TextField } from '../accounts/parts.tsx'
import { useDeskDoing } from './desk-doing.ts'
import { useDesk } from './desk.ts'
import { useDweetWords } from './dweet-words.ts'

interface ReportFormProps {
  readonly what: { readonly dweet: string } | { readonly nick: string }
  readonly nick: string
  readonly onDone: () => void
}

export function ReportForm({ nick, onDone, what }: ReportFormProps) {
  const { reports, told } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.report
  const { isRunning, run, trouble } = useDeskDoing()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => place.current?.querySelector('select')?.focus(), [])
  const send = (reason: string, note: string): void =>
    run(async () => {
      await reports.report({ ...what, reason: reasonIn(reason), note })
      told.set(words.done)
      onDone()
      return undefined
    })
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    onDone()
  }
  return (
    <div ref={place} class="compose card" onKeyDown={leave}>
      <Form label={words.title(nick)} onSubmit={(fields) => send(fields('reason'), fields('note'))}>
        <p>
          <strong>{words.title(nick)}</strong>
        </p>
        <p class="quiet">{words.hint}</p>
        <ReasonField label={words.reason} />
        <TextField name="note" label={words.note} autocomplete="off" isOptional />
        <div class="actions">
          <Submit label={words.submit} isRunning={isRunning} />
          <button type="button" class="button" onClick={onDone}>
            {words.cancel}
          </button>
        </div>
        <Outcome trouble={trouble} done={undefined} />
      </Form>
    </div>
  )
}

interface ReasonFieldProps {
  readonly label: string
  /** May be none. */
  readonly none?: string
}

export function ReasonField({ label, none }: ReasonFieldProps) {
  const { texts } = useDweetWords()
  const id = useId()
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {label}
      </label>
      <select id={id} name="reason" class="field">
        {none !== undefined && <option value="">{none}</option>}
        {REPORT_REASONS.map((reason) => (
          <option key={reason} value={reason}>
            {texts.report.reasons[reason]}
          </option>
        ))}
      </select>
    </div>
  )
}

export function reasonIn(text: string): ReportReason {
  return REPORT_REASONS.find((one) => one === text) ?? 'other'
}
