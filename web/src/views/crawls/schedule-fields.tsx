/** How often a crawl begins, and who is told of it. */
import { useEffect, useId, useRef, useState } from 'preact/hooks'

import { REPEAT_TIME_DEFAULT, repeatOf, REPEATS, type Repeat } from '../../model/schedule-form.ts'
import { useWords } from '../words.ts'
import { Labelled } from './labelled.tsx'

export type ScheduleFault = 'time' | 'cron' | undefined

export function RepeatFields({ fault }: { readonly fault: ScheduleFault }) {
  const id = useId()
  const words = useWords().texts.schedules
  const [repeat, setRepeat] = useState<Repeat>('once')
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
          {REPEATS.map((one) => (
            <option key={one} value={one}>
              {words.repeats[one]}
            </option>
          ))}
        </select>
      </Labelled>
      {repeat === 'weekly' && <WeekdayField />}
      {isAtTime && <TimedField name="time" isWrong={fault === 'time'} />}
      {repeat === 'own' && <TimedField name="cron" isWrong={fault === 'cron'} />}
    </>
  )
}

function WeekdayField() {
  const id = useId()
  const { weekday, weekdays } = useWords().texts.schedules
  return (
    <Labelled id={id} {...weekday}>
      <select id={id} class="field" name="weekday" aria-describedby={`${id}-hint`}>
        {weekdays.map((day, number) => (
          <option key={number} value={number} selected={number === 1}>
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
  readonly name: 'time' | 'cron'
  readonly isWrong: boolean
}

function TimedField({ name, isWrong }: TimedFieldProps) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const words = useWords().texts.schedules
  useEffect(() => {
    if (isWrong) input.current?.focus()
  }, [isWrong])
  return (
    <Labelled id={id} {...words[name]}>
      <input
        ref={input}
        id={id}
        class="field"
        {...(name === 'time' ? TIME : TEXT)}
        name={name}
        defaultValue={name === 'time' ? REPEAT_TIME_DEFAULT : ''}
        autocomplete="off"
        spellcheck={false}
        maxLength={100}
        aria-invalid={isWrong}
        aria-describedby={`${id}-fault ${id}-hint`}
      />
      <p id={`${id}-fault`} class="outcome outcome--trouble" aria-live="polite">
        {isWrong && (name === 'time' ? words.timeWrong : words.cronWrong)}
      </p>
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

export function WebhookField() {
  const id = useId()
  const words = useWords().texts.schedules
  return (
    <Labelled id={id} {...words.webhook}>
      <input
        id={id}
        class="field"
        type="text"
        name="webhook"
        inputMode="url"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={8_192}
        aria-describedby={`${id}-hint`}
      />
      <label class="crawl-form__check">
        <input type="checkbox" name="webhookPages" value="yes" /> {words.webhookPages}
      </label>
    </Labelled>
  )
}
