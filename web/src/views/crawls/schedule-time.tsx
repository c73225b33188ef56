/** When a schedule begins its crawls, to be changed. */
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks'

import type { Schedule } from '../../../../src/wire/api-schedules.ts'
import { shortAddress } from '../../model/address.ts'
import { nextTime } from '../../model/next-time.ts'
import { readSchedule, repeatShown } from '../../model/schedule-form.ts'
import { useSession } from '../../state/session.ts'
import type { Done } from '../../texts/accounts.en.ts'
import { Form, Outcome, Submit, type Fields } from '../accounts/parts.tsx'
import { useDoing } from '../hooks.ts'
import { useWords } from '../words.ts'
import { RepeatFields, TimedField } from './schedule-fields.tsx'

interface ScheduleTimeProps {
  readonly schedule: Schedule
  readonly onChanged: () => void
}

/** Opens below its button, which has the focus again when it is done. */
export function ScheduleTime({ schedule, onChanged }: ScheduleTimeProps) {
  const id = useId()
  const { texts, minute } = useWords()
  const words = texts.schedules
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setIsOpen] = useState(false)
  const [next, setNext] = useState<string | undefined>(undefined)
  const close = (): void => {
    setIsOpen(false)
    button.current?.focus()
  }
  const changed = (told: Schedule): void => {
    setNext(nextTime(told, words, minute))
    close()
    onChanged()
  }
  const seed = shortAddress(schedule.crawl.seeds[0] ?? '')
  return (
    <div class="schedule__time">
      <button
        ref={button}
        type="button"
        class="button button--small"
        aria-label={words.named({ order: words.change.open, seed })}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => {
          setNext(undefined)
          setIsOpen(!isOpen)
        }}
      >
        {words.change.open}
      </button>
      <div id={id}>
        {isOpen && <TimeForm schedule={schedule} seed={seed} onChanged={changed} onLeft={close} />}
      </div>
      <p class="outcome outcome--done" role="status">
        {next === undefined ? '' : words.change.changed(next)}
      </p>
    </div>
  )
}

const FIELDS = ['time', 'cron', 'zone'] as const
type Field = (typeof FIELDS)[number]

interface TimeFormProps {
  readonly schedule: Schedule
  readonly seed: string
  readonly onChanged: (told: Schedule) => void
  readonly onLeft: () => void
}

function TimeForm({ schedule, seed, onChanged, onLeft }: TimeFormProps) {
  const { schedules } = useSession()
  const words = useWords()
  const { change, cronWrong, timeWrong } = words.texts.schedules
  const { isRunning, trouble, run } = useDoing<Done>()
  const [wrong, setWrong] = useState<Field | undefined>(undefined)
  const form = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => form.current?.querySelector('select')?.focus(), [])
  const submit = (fields: Fields): void => {
    const zone = fields('zone').trim()
    const read = readSchedule(fields, zone)
    const fault = read.kind === 'wrong' ? read.field : zone === '' ? 'zone' : undefined
    setWrong(fault)
    if (fault !== undefined || read.kind === 'wrong' || read.schedule === undefined) return
    const { cron } = read.schedule
    run(async () => {
      onChanged(await schedules.change(schedule.id, { cron, zone }))
      return undefined
    })
  }
  // What the ring refuses is told where it was typed.
  const refused = wrong === undefined ? trouble : undefined
  const field = refused && FIELDS.find((name) => name === refused.details['field'])
  const first = wrong ?? field
  const faultOf = (name: Field, text: string): string | undefined => {
    if (wrong === name) return text
    return field === name && refused !== undefined ? words.trouble(refused) : undefined
  }
  return (
    <div
      ref={form}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onLeft()
      }}
    >
      <Form onSubmit={submit} label={words.texts.schedules.named({ order: change.open, seed })}>
        <RepeatFields
          time={faultOf('time', timeWrong)}
          cron={faultOf('cron', cronWrong)}
          first={first}
          shown={repeatShown(schedule.cron)}
        />
        <TimedField
          name="zone"
          value={schedule.zone}
          hint={words.texts.schedules.zone.hint}
          fault={faultOf('zone', change.zoneWrong)}
          hasFocus={first === 'zone'}
        />
        <div class="actions">
          <Submit label={change.save} isRunning={isRunning} isMain />
          <button type="button" class="button" onClick={onLeft}>
            {change.leave}
          </button>
        </div>
        <Outcome trouble={field === undefined ? refused : undefined} done={undefined} />
      </Form>
    </div>
  )
}
