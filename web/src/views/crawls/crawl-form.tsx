/** Have a site downloaded: an address, and what else may be said of it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'

import { CRAWL_SCOPES } from '../../../../src/wire/crawl-bounds.ts'
import {
  CRAWL_NUMBERS,
  NUMBER_NAMES,
  PATTERN_NAMES,
  readCrawlForm,
  WITHOUT_RESOURCES,
  type CrawlFieldName,
  type NumberName,
  type PatternName,
} from '../../model/crawl-form.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Card, Form, Outcome, Submit, type Fields } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'

export function CrawlForm() {
  const session = useSession()
  const words = useWords()
  const { form } = words.texts.crawls
  const { isRunning, trouble, run } = useDoing<Done>()
  const [faults, setFaults] = useState<readonly CrawlFieldName[]>([])
  const [isOpen, setIsOpen] = useState(false)
  const submit = (fields: Fields): void => {
    const read = readCrawlForm(fields)
    setFaults(read.kind === 'wrong' ? read.fields : [])
    if (read.kind === 'wrong') {
      if (read.fields.some((name) => name !== 'address')) setIsOpen(true)
      return
    }
    run(async () => {
      const { id } = await session.crawls.start(read.request)
      session.go({ name: 'crawls', crawl: id })
      return undefined
    })
  }
  // What the ring says of an address is told where that was typed.
  const isOfAddress = trouble?.code.startsWith('URL_') ?? false
  const refusal = trouble !== undefined && isOfAddress ? words.trouble(trouble) : undefined
  const first = faults[0] ?? (isOfAddress ? 'address' : undefined)
  return (
    <Card title={form.title}>
      <Form onSubmit={submit} label={form.title}>
        <CrawlField
          name="address"
          texts={form.address}
          fault={faults.includes('address') ? form.empty : refusal}
          hasFocus={first === 'address'}
        />
        <details
          class="disclosure"
          open={isOpen}
          onToggle={(event) => setIsOpen(event.currentTarget.open)}
        >
          <summary>{form.more}</summary>
          <div class="crawl-form__more">
            <ScopeField />
            <ResourcesField />
            {NUMBER_NAMES.map((name) => (
              <NumberField
                key={name}
                name={name}
                isWrong={faults.includes(name)}
                hasFocus={first === name}
              />
            ))}
            {PATTERN_NAMES.map((name) => (
              <PatternsField
                key={name}
                name={name}
                isWrong={faults.includes(name)}
                hasFocus={first === name}
              />
            ))}
          </div>
        </details>
        <Submit label={form.submit} isRunning={isRunning} isMain />
        <Outcome trouble={isOfAddress ? undefined : trouble} done={undefined} />
      </Form>
    </Card>
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
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (hasFocus) input.current?.focus()
  }, [hasFocus, fault])
  return (
    <Labelled id={id} {...texts}>
      <input
        ref={input}
        id={id}
        class="field"
        type="text"
        name={name}
        inputMode={mode}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={mode === 'url' ? 8_192 : 16}
        aria-invalid={fault !== undefined}
        aria-describedby={`${id}-fault ${id}-hint`}
      />
      <p id={`${id}-fault`} class="outcome outcome--trouble" aria-live="polite">
        {fault}
      </p>
    </Labelled>
  )
}

interface PatternsFieldProps {
  readonly name: PatternName
  readonly isWrong: boolean
  readonly hasFocus: boolean
}

function PatternsField({ name, isWrong, hasFocus }: PatternsFieldProps) {
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (hasFocus) area.current?.focus()
  }, [hasFocus])
  const { texts } = useWords()
  const { form } = texts.crawls
  return (
    <Labelled id={id} {...form.fields[name]}>
      <textarea
        ref={area}
        id={id}
        class="field crawl-form__patterns"
        name={name}
        rows={2}
        autocapitalize="none"
        spellcheck={false}
        aria-invalid={isWrong}
        aria-describedby={`${id}-fault ${id}-hint`}
      />
      <p id={`${id}-fault`} class="outcome outcome--trouble" aria-live="polite">
        {isWrong && form.tooMany}
      </p>
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

interface LabelledProps {
  readonly id: string
  readonly label: string
  readonly hint: string
  readonly children: ComponentChildren
}

function Labelled({ id, label, hint, children }: LabelledProps) {
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
