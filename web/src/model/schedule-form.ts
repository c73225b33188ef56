/** When a crawl is to begin again, as it was chosen in the form. Pure. */
import type { ScheduleSpec } from '../../../src/wire/api-schedules.ts'

/** `own`: whoever knows cron types it. */
export const REPEATS = ['once', 'hourly', 'daily', 'weekly', 'own'] as const
export type Repeat = (typeof REPEATS)[number]
export const REPEAT_TIME_DEFAULT = '03:00'
const WEEKDAY_DEFAULT = '1'
const HOURLY = '0 * * * *'

export type ScheduleRead =
  | { readonly kind: 'schedule'; readonly schedule: ScheduleSpec | undefined }
  | { readonly kind: 'wrong'; readonly field: 'time' | 'cron' }

const TIME = /^([01]?\d|2[0-3]):([0-5]\d)$/

export function repeatOf(text: string): Repeat {
  return REPEATS.find((one) => one === text) ?? 'once'
}

/** @param zone of whoever looks at the page: they mean their own nights */
export function readSchedule(fields: (name: string) => string, zone: string): ScheduleRead {
  const repeat = repeatOf(fields('repeat'))
  if (repeat === 'once') return { kind: 'schedule', schedule: undefined }
  const cron = cronOf(repeat, fields)
  if (cron !== undefined) return { kind: 'schedule', schedule: { cron, zone } }
  return { kind: 'wrong', field: repeat === 'own' ? 'cron' : 'time' }
}

function cronOf(repeat: Repeat, fields: (name: string) => string): string | undefined {
  if (repeat === 'hourly') return HOURLY
  if (repeat === 'own') return fields('cron').trim() || undefined
  const [, hour, minute] = TIME.exec(fields('time').trim()) ?? []
  if (hour === undefined || minute === undefined) return undefined
  const day = repeat === 'weekly' ? weekdayOf(fields('weekday')) : '*'
  return `${Number(minute)} ${Number(hour)} * * ${day}`
}

/** What the fields of a schedule show, as they are typed. */
export interface RepeatShown {
  readonly repeat: Repeat
  readonly time: string
  readonly weekday: string
  readonly cron: string
}

/** The plain choice that the five fields are, where they are one. */
export function repeatShown(cron: string): RepeatShown {
  const plain = { time: REPEAT_TIME_DEFAULT, weekday: WEEKDAY_DEFAULT, cron }
  if (cron === HOURLY) return { ...plain, repeat: 'hourly' }
  const [, minute = '', hour = '', weekday = ''] = AT_TIME.exec(cron) ?? []
  if (Number(minute) > 59 || Number(hour) > 23 || hour === '') return { ...plain, repeat: 'own' }
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
  return weekday === '*'
    ? { ...plain, repeat: 'daily', time }
    : { ...plain, repeat: 'weekly', time, weekday }
}

const AT_TIME = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-6])$/

/** 0 is Sunday, as in cron. */
function weekdayOf(text: string): string {
  return /^[0-6]$/.test(text) ? text : WEEKDAY_DEFAULT
}
