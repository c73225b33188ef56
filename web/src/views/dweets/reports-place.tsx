/** For moderators: what was reported, and what is decided of it. */
import { useId, useState } from 'preact/hooks'

import type { Attachment } from '../../../../src/wire/api-attachments.ts'
import type { DecisionKind, NewDecision, ReportCase } from '../../../../src/wire/api-reports.ts'
import { DECISIONS } from '../../../../src/wire/report-words.ts'
import { may } from '../../model/accounts.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import { Form, Outcome, Submit, TextField, ViewLink, type Fields } from '../accounts/parts.tsx'
import { useDoing, useLoaded } from '../hooks.ts'
import { PagedList, useRest } from '../paged-list.tsx'
import { AttachedFiles } from './attached.tsx'
import { useDesk } from './desk.ts'
import { DweetText } from './dweet-text.tsx'
import { useDweetWords } from './dweet-words.ts'
import { PersonLink, PlaceLink } from './place-link.tsx'
import { reasonIn, ReasonField } from './report-form.tsx'

const HOUR = 3_600
const TIMES = { hour: HOUR, day: 24 * HOUR, week: 168 * HOUR, month: 720 * HOUR } as const
const TIME_NAMES = ['hour', 'day', 'week', 'month', 'ever'] as const

export function ReportsPlace() {
  const { reports } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.reports
  const [state, setState] = useState<'open' | 'closed'>('open')
  const first = useLoaded(() => reports.queue(state), state)
  const rest = useRest((cursor) => reports.queue(state, cursor))
  return (
    <div key={state} class="feed-part">
      <div class="actions" role="group" aria-label={words.title}>
        {(['open', 'closed'] as const).map((one) => (
          <button
            key={one}
            type="button"
            class="button button--small"
            aria-pressed={one === state}
            onClick={() => setState(one)}
          >
            {words[one]}
          </button>
        ))}
      </div>
      <PagedList first={first} rest={rest}>
        {(items) =>
          items.length === 0 ? (
            <p class="note">{words.none}</p>
          ) : (
            <ul class="feed">
              {items.map((one) => (
                <CaseCard key={`${one.id} ${one.state}`} given={one} />
              ))}
            </ul>
          )
        }
      </PagedList>
    </div>
  )
}

function CaseCard({ given }: { readonly given: ReportCase }) {
  const { minute, texts } = useDweetWords()
  const words = texts.reports
  const [one, setOne] = useState(given)
  const { about, decisions, openedAt, reasons, standing } = one
  return (
    <li class="card dweet" aria-label={words.about(about.nick)}>
      <p class="dweet__head">
        <PersonLink {...about} />
        <span class="quiet">
          <time dateTime={openedAt}>{minute(openedAt)}</time> {words.count(one.reports)}
          {reasons.map(({ reason, reports }) => ` · ${texts.report.reasons[reason]} (${reports})`)}
        </span>
      </p>
      {one.dweet !== undefined && <ReportedDweet dweet={one.dweet} />}
      {standing !== undefined && (
        <p class="badge">
          {words.actions[standing.kind === 'limited' ? 'limit' : 'suspend']}
          {standing.until !== undefined && ` · ${texts.moderated.until(minute(standing.until))}`}
        </p>
      )}
      <Said id={one.id} />
      {decisions.length > 0 && (
        <>
          <p class="label">{words.decisions}</p>
          <ul class="persons">
            {decisions.map(({ action, at, by, message }) => (
              <li key={at} class="row">
                {words.decided(words.actions[action], by.nick)}{' '}
                <time class="quiet" dateTime={at}>
                  {minute(at)}
                </time>
                {message !== undefined && <p dir="auto">{message}</p>}
              </li>
            ))}
          </ul>
        </>
      )}
      <details class="disclosure">
        <summary>{words.decide}</summary>
        <DecisionForm one={one} onDecided={setOne} />
      </details>
    </li>
  )
}

function ReportedDweet({ dweet }: { readonly dweet: NonNullable<ReportCase['dweet']> }) {
  const { texts } = useDweetWords()
  const words = texts.reports
  const { id, now, reported } = dweet
  if (reported === undefined) return <p class="quiet">{words.unseen}</p>
  const isChanged = now !== undefined && now.text !== reported.text
  return (
    <>
      {reported.warning !== undefined && (
        <p class="dweet__warning" dir="auto">
          {texts.dweet.warned(reported.warning)}
        </p>
      )}
      {isChanged && <p class="label">{words.reported}</p>}
      <DweetText text={reported.text} mentions={[]} />
      {isChanged && (
        <>
          <p class="label">{words.now}</p>
          <DweetText text={now.text} mentions={[]} />
        </>
      )}
      {reported.attachments?.map(({ description, id: file, name }) => (
        <p key={file} class="quiet" dir="auto">
          {texts.attach.said(name, description)}
        </p>
      ))}
      {now?.attachments !== undefined && <Inspected attachments={now.attachments} />}
      {now === undefined && <p class="quiet">{words.gone}</p>}
      {now?.imposed !== undefined && <p class="quiet">{words.imposed(now.imposed)}</p>}
      {now?.isForFollowers === true && <p class="badge">{texts.dweet.forFollowers}</p>}
      {now?.isForFollowers === false && (
        <PlaceLink place={{ kind: 'dweet', id }}>{texts.dweet.open}</PlaceLink>
      )}
    </>
  )
}

/** Nothing is loaded before somebody means it: the audit log tells who did. */
function Inspected({ attachments }: { readonly attachments: readonly Attachment[] }) {
  const { texts } = useDweetWords()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details class="disclosure" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{texts.reports.inspect(attachments.length)}</summary>
      <p class="quiet">{texts.reports.inspectHint}</p>
      {isOpen && <AttachedFiles attachments={attachments} />}
    </details>
  )
}

/** Who said what, once somebody asks for it. */
function Said({ id }: { readonly id: string }) {
  const { reports } = useDesk()
  const { minute, texts } = useDweetWords()
  const [isOpen, setIsOpen] = useState(false)
  const load = async () => (isOpen ? reports.said(id) : undefined)
  const { value } = useLoaded(load, `${id} ${isOpen}`)
  return (
    <details class="disclosure" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{texts.reports.said}</summary>
      <ul class="persons">
        {value?.items.map(({ at, by, note, reason }) => (
          <li key={by.nick} class="row">
            <PersonLink {...by} /> {texts.report.reasons[reason]}{' '}
            <time class="quiet" dateTime={at}>
              {minute(at)}
            </time>
            {note !== undefined && <p dir="auto">{note}</p>}
          </li>
        ))}
      </ul>
    </details>
  )
}

interface DecisionFormProps {
  readonly one: ReportCase
  readonly onDecided: (one: ReportCase) => void
}

function DecisionForm({ one, onDecided }: DecisionFormProps) {
  const { reports, told } = useDesk()
  const { texts } = useDweetWords()
  const words = texts.reports
  const who = useCell(useSession().account.who)
  const [action, setAction] = useState<DecisionKind>('dismiss')
  const { isRunning, run, trouble } = useDoing<undefined>()
  const id = useId()
  const actions = DECISIONS.filter(
    (kind) => one.dweet !== undefined || (kind !== 'remove' && kind !== 'warn'),
  )
  const isTimed = action === 'limit' || action === 'suspend'
  const decide = (fields: Fields): void =>
    run(async () => {
      const decided = decisionOf(action, fields, one.decisions.length)
      onDecided(await reports.decide(one.id, decided))
      told.set(words.done)
      return undefined
    })
  return (
    <Form label={words.about(one.about.nick)} onSubmit={decide}>
      <div class="labelled">
        <label class="label" for={id}>
          {words.action}
        </label>
        <select
          id={id}
          class="field"
          value={action}
          onChange={({ currentTarget: { value } }) =>
            setAction(actions.find((kind) => kind === value) ?? 'dismiss')
          }
        >
          {actions.map((kind) => (
            <option key={kind} value={kind}>
              {words.actions[kind]}
            </option>
          ))}
        </select>
      </div>
      {action === 'warn' && (
        <TextField name="warning" label={words.warning} autocomplete="off" isOptional />
      )}
      {isTimed && <TimeField label={words.time} />}
      <ReasonField label={texts.report.reason} none={words.noReason} />
      <TextField
        name="message"
        label={words.message}
        hint={words.messageHint}
        autocomplete="off"
        isOptional
      />
      <div class="actions">
        <Submit label={words.submit} isRunning={isRunning} isHarmful={action !== 'dismiss'} />
        {may(who, 'accounts.manage') && (
          <ViewLink view={{ name: 'people', nick: one.about.nick }}>{words.account}</ViewLink>
        )}
      </div>
      <Outcome trouble={trouble} done={undefined} />
    </Form>
  )
}

function TimeField({ label }: { readonly label: string }) {
  const { texts } = useDweetWords()
  const id = useId()
  return (
    <div class="labelled">
      <label class="label" for={id}>
        {label}
      </label>
      <select id={id} name="time" class="field">
        {TIME_NAMES.map((name) => (
          <option key={name} value={name}>
            {texts.reports.times[name]}
          </option>
        ))}
      </select>
    </div>
  )
}

function decisionOf(action: DecisionKind, fields: Fields, decisions: number): NewDecision {
  const reason = fields('reason')
  const message = fields('message')
  const time = TIME_NAMES.find((name) => name === fields('time')) ?? 'ever'
  return {
    action,
    decisions,
    ...(reason === '' ? {} : { reason: reasonIn(reason) }),
    ...(message === '' ? {} : { message }),
    ...(action === 'warn' ? { warning: fields('warning') } : {}),
    ...(time === 'ever' ? {} : { seconds: TIMES[time] }),
  }
}
