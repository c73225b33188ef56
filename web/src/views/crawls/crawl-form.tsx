/** Have a site downloaded: an address, and what else may be said of it. */
import { useId, useState } from 'preact/hooks'

import { CRAWL_SCOPES } from '../../../../src/wire/crawl-bounds.ts'
import { RingTrouble } from '../../api/ring-client.ts'
import {
  CRAWL_NUMBERS,
  NUMBER_NAMES,
  PATTERN_NAMES,
  readCrawlForm,
  WITH_RENDER,
  WITHOUT_RESOURCES,
  type CrawlFieldName,
  type NumberName,
  type PatternName,
} from '../../model/crawl-form.ts'
import { fieldRefused } from '../../model/field-refused.ts'
import { canRender } from '../../model/told.ts'
import { useSession } from '../../state/session.ts'
import { useCell } from '../../state/use-cell.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Card, Form, Outcome, Submit, type Fields } from '../accounts/parts.tsx'
import { ViewLink } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'
import { Fault, Labelled, useFaulty } from './labelled.tsx'
import { RecrawlField, RepeatFields, WebhookField } from './schedule-fields.tsx'
import { SecretNote } from './webhook-card.tsx'

/** What there is to say of it before the form is used again. */
interface Made {
  readonly next?: string | undefined
  readonly crawl?: string
  readonly secret?: string | undefined
}

export function CrawlForm({ onScheduled }: { readonly onScheduled: () => void }) {
  const session = useSession()
  const words = useWords()
  const { form } = words.texts.crawls
  const { isRunning, trouble, run } = useDoing<Done>()
  const [faults, setFaults] = useState<readonly CrawlFieldName[]>([])
  const [isOpen, setIsOpen] = useState(false)
  const [made, setMade] = useState<Made | undefined>(undefined)
  const submit = (fields: Fields): void => {
    const read = readCrawlForm(fields, new Intl.DateTimeFormat().resolvedOptions().timeZone)
    setFaults(read.kind === 'wrong' ? read.fields : [])
    if (read.kind === 'wrong') {
      if (read.fields.some((name) => name !== 'address')) setIsOpen(true)
      setMade(undefined)
      return
    }
    const begin = async (): Promise<undefined> => {
      const { request, schedule } = read
      if (schedule !== undefined) {
        const { next, webhook } = await session.schedules.make(request, schedule)
        setMade({ next: next[0], secret: webhook?.secret })
        onScheduled()
        return undefined
      }
      const { id, webhook } = await session.crawls.start(request)
      if (webhook?.secret === undefined) session.go({ name: 'crawls', crawl: id })
      else setMade({ crawl: id, secret: webhook.secret })
      return undefined
    }
    setMade(undefined)
    run(() =>
      begin().catch((thrown: unknown) => {
        const field = thrown instanceof RingTrouble ? fieldRefused(thrown) : undefined
        if (field !== undefined && field !== 'address') setIsOpen(true)
        throw thrown
      }),
    )
  }
  // What the ring refuses is told where it was typed.
  const refused = faults.length > 0 ? undefined : trouble
  const field = refused && fieldRefused(refused)
  const refusal = refused && field && words.trouble(refused)
  const first = faults[0] ?? field
  return (
    <Card title={form.title}>
      <Form onSubmit={submit} label={form.title}>
        <CrawlField
          name="address"
          texts={form.address}
          fault={
            faults.includes('address') ? form.empty : field === 'address' ? refusal : undefined
          }
          hasFocus={first === 'address'}
        />
        <details
          class="disclosure"
          open={isOpen}
          onToggle={(event) => setIsOpen(event.currentTarget.open)}
        >
          <summary>{form.more}</summary>
          <MoreFields faults={faults} first={first} refusal={refusal} />
        </details>
        <Submit label={form.submit} isRunning={isRunning} isMain />
        <Outcome trouble={field === undefined ? refused : undefined} done={undefined} />
        <MadeNote made={made} />
      </Form>
    </Card>
  )
}

interface MoreFieldsProps {
  readonly faults: readonly CrawlFieldName[]
  /** That takes the focus. */
  readonly first: CrawlFieldName | undefined
  /** What the ring says of the first. */
  readonly refusal: string | undefined
}

function MoreFields({ faults, first, refusal }: MoreFieldsProps) {
  const { crawls, schedules } = useWords().texts
  const faultOf = (name: CrawlFieldName, wrong?: string): string | undefined =>
    faults.includes(name) ? wrong : first === name ? refusal : undefined
  return (
    <div class="crawl-form__more">
      <RepeatFields
        time={faultOf('time', schedules.timeWrong)}
        cron={faultOf('cron', schedules.cronWrong)}
        first={first}
      />
      <ScopeField />
      <ResourcesField />
      <RenderField />
      {NUMBER_NAMES.map((name) => (
        <NumberField
          key={name}
          name={name}
          isWrong={faults.includes(name)}
          hasFocus={first === name}
        />
      ))}
      <RecrawlField />
      {PATTERN_NAMES.map((name) => (
        <PatternsField
          key={name}
          name={name}
          fault={faultOf(name, crawls.form.tooMany)}
          hasFocus={first === name}
        />
      ))}
      <WebhookField fault={faultOf('webhook')} />
    </div>
  )
}

/** Stands there before it says anything, so that it is heard when it does. */
function MadeNote({ made }: { readonly made: Made | undefined }) {
  const { texts, minute } = useWords()
  const words = texts.schedules
  return (
    <div class="outcome" role="status">
      {made?.next !== undefined && <p class="outcome--done">{words.made(minute(made.next))}</p>}
      {made?.secret !== undefined && <SecretNote secret={made.secret} />}
      {made?.crawl !== undefined && (
        <ViewLink view={{ name: 'crawls', crawl: made.crawl }}>{words.toCrawl}</ViewLink>
      )}
    </div>
  )
}

interface NumberFieldProps {
  readonly name: NumberName
  readonly isWrong: boolean
  readonly hasFocus: boolean
}

function NumberField({ name, isWrong, hasFocus }: NumberFieldProps) {
  const { texts, number } = useWords()
  const { form } = texts.crawls
  const { least, most } = CRAWL_NUMBERS[name]
  const bounds = { least: number(least), most: number(most) }
  const tell = name === 'delay' ? form.fraction : form.whole
  return (
    <CrawlField
      name={name}
      texts={form.fields[name]}
      fault={isWrong ? tell(bounds) : undefined}
      hasFocus={hasFocus}
      mode={name === 'delay' ? 'decimal' : 'numeric'}
    />
  )
}

interface CrawlFieldProps {
  readonly name: CrawlFieldName
  readonly texts: { readonly label: string; readonly hint: string }
  /** What is wrong with what stands in it. */
  readonly fault: string | undefined
  /** It is the first that is wrong. */
  readonly hasFocus: boolean
  readonly mode?: 'url' | 'numeric' | 'decimal'
}

function CrawlField({ name, texts, fault, hasFocus, mode = 'url' }: CrawlFieldProps) {
  const field = useFaulty<HTMLInputElement>(fault, hasFocus)
  return (
    <Labelled id={field.id} {...texts}>
      <input
        {...field}
        class="field"
        type="text"
        name={name}
        inputMode={mode}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={mode === 'url' ? 8_192 : 16}
      />
      <Fault id={field.id} text={fault} />
    </Labelled>
  )
}

interface PatternsFieldProps {
  readonly name: PatternName
  readonly fault: string | undefined
  readonly hasFocus: boolean
}

function PatternsField({ name, fault, hasFocus }: PatternsFieldProps) {
  const field = useFaulty<HTMLTextAreaElement>(fault, hasFocus)
  const { texts } = useWords()
  const { form } = texts.crawls
  return (
    <Labelled id={field.id} {...form.fields[name]}>
      <textarea
        {...field}
        class="field crawl-form__patterns"
        name={name}
        rows={2}
        autocapitalize="none"
        spellcheck={false}
      />
      <Fault id={field.id} text={fault} />
    </Labelled>
  )
}

function ScopeField() {
  const id = useId()
  const { texts } = useWords()
  const { form } = texts.crawls
  return (
    <Labelled id={id} {...form.scope}>
      <select id={id} class="field" name="scope" aria-describedby={`${id}-hint`}>
        {CRAWL_SCOPES.map((scope) => (
          <option key={scope} value={scope} selected={scope === 'host'}>
            {form.scopes[scope]}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

function ResourcesField() {
  const id = useId()
  const { texts } = useWords()
  const { form } = texts.crawls
  return (
    <Labelled id={id} {...form.resources}>
      <select id={id} class="field" name="resources" aria-describedby={`${id}-hint`}>
        <option value="with">{form.withResources}</option>
        <option value={WITHOUT_RESOURCES}>{form.withoutResources}</option>
      </select>
    </Labelled>
  )
}

function RenderField() {
  const id = useId()
  const session = useSession()
  const { texts } = useWords()
  const { render } = texts.crawls.form
  const isAble = canRender(useCell(session.ring))
  const hint = isAble ? render.hint : texts.renders.nobody
  return (
    <Labelled id={id} label={render.label} hint={hint}>
      <select
        id={id}
        class="field"
        name="render"
        disabled={!isAble}
        aria-describedby={`${id}-hint`}
      >
        <option value="">{render.without}</option>
        <option value={WITH_RENDER}>{render.with}</option>
      </select>
    </Labelled>
  )
}
