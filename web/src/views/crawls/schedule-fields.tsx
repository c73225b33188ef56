/** How often a crawl begins, and who is told of it. */
import { useId, useState } from 'preact/hooks'

import {
  REPEAT_TIME_DEFAULT,
  repeatOf,
  REPEATS,
  type Repeat,
  type RepeatShown,
} from '../../model/schedule-form.ts'
import { useWords } from '../words.ts'
import { Fault, Labelled, useFaulty } from './labelled.tsx'

interface RepeatFieldsProps {
  /** What is wrong with what stands in them. */
  readonly time: string | undefined
  readonly cron: string | undefined
  /** That takes the focus. */
  readonly first: string | undefined
  /** Of a schedule that there is: it cannot become a crawl that begins once. */
  readonly shown?: RepeatShown
}

export function RepeatFields({ time, cron, first, shown }: RepeatFieldsProps) {
  const id = useId()
  const words = useWords().texts.schedules
  const [repeat, setRepeat] = useState<Repeat>(shown?.repeat ?? 'once')
  const isAtTime = repeat === 'daily' || repeat === 'weekly'
  return (
    <>
      <Labelled id={id} {...words.repeat}>
        <select
          id={id}
          class="field"
          name="repeat"
          aria-describedby={`${id}-hint`}
          onChange={(event) => setRepeat(repeatOf(event.currentTarget.value))}
        >
          {REPEATS.filter((one) => shown === undefined || one !== 'once').map((one) => (
            <option key={one} value={one} selected={one === repeat}>
              {words.repeats[one]}
            </option>
          ))}
        </select>
      </Labelled>
      {repeat === 'weekly' && <WeekdayField weekday={shown?.weekday} />}
      {isAtTime && (
        <TimedField
          name="time"
          value={shown?.time ?? REPEAT_TIME_DEFAULT}
          hint={shown === undefined ? words.time.hint : words.change.timeHint}
          fault={time}
          hasFocus={first === 'time'}
        />
      )}
      {repeat === 'own' && (
        <TimedField
          name="cron"
          value={shown?.cron ?? ''}
          hint={words.cron.hint}
          fault={cron}
          hasFocus={first === 'cron'}
        />
      )}
    </>
  )
}

function WeekdayField({ weekday = '1' }: { readonly weekday: string | undefined }) {
  const id = useId()
  const words = useWords().texts.schedules
  return (
    <Labelled id={id} {...words.weekday}>
      <select id={id} class="field" name="weekday" aria-describedby={`${id}-hint`}>
        {words.weekdays.map((day, number) => (
          <option key={number} value={number} selected={String(number) === weekday}>
            {day}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

const TIME = { type: 'time' } as const
const TEXT = { type: 'text' } as const

interface TimedFieldProps {
  readonly name: 'time' | 'cron' | 'zone'
  readonly value: string
  readonly hint: string
  readonly fault: string | undefined
  readonly hasFocus: boolean
}

export function TimedField({ name, value, hint, fault, hasFocus }: TimedFieldProps) {
  const field = useFaulty<HTMLInputElement>(fault, hasFocus)
  const words = useWords().texts.schedules
  return (
    <Labelled id={field.id} label={words[name].label} hint={hint}>
      <input
        {...field}
        class="field"
        {...(name === 'time' ? TIME : TEXT)}
        name={name}
        defaultValue={value}
        autocomplete="off"
        spellcheck={false}
        maxLength={100}
      />
      <Fault id={field.id} text={fault} />
    </Labelled>
  )
}

export function RecrawlField() {
  const id = useId()
  const words = useWords().texts.schedules
  return (
    <Labelled id={id} {...words.recrawl}>
      <select id={id} class="field" name="recrawl" aria-describedby={`${id}-hint`}>
        <option value="all">{words.recrawlAll}</option>
        <option value="adaptive">{words.recrawlDue}</option>
      </select>
    </Labelled>
  )
}

export function WebhookField({ fault }: { readonly fault: string | undefined }) {
  const field = useFaulty<HTMLInputElement>(fault)
  const words = useWords().texts.schedules
  return (
    <Labelled id={field.id} {...words.webhook}>
      <input
        {...field}
        class="field"
        type="text"
        name="webhook"
        inputMode="url"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={8_192}
      />
      <Fault id={field.id} text={fault} />
      <label class="crawl-form__check">
        <input type="checkbox" name="webhookPages" value="yes" /> {words.webhookPages}
      </label>
    </Labelled>
  )
}
