/** A schedule in words. */
import type { Schedule, ScheduleRun } from '../wire/api-schedules.ts'
import { factText, type Paint } from './paint.ts'
import { countText, dateText } from './table.ts'
import { webhookRows } from './webhook-lines.ts'

/** `0 3 * * * (Europe/Madrid)`. */
export function cronText({ cron, zone }: Schedule): string {
  return `${cron} (${zone})`
}

/** In the schedule’s own zone, for that is how its author thinks. `2026-11-22 03:00 GMT+1`. */
export function timeText(instant: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(new Date(instant))
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
  const date = `${part('year')}-${part('month')}-${part('day')}`
  return `${date} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`
}

export function nextText({ heldBack, next, state, zone }: Schedule): string {
  const [first] = next
  if (heldBack !== undefined) return 'account suspended'
  if (state === 'paused') return 'paused'
  return first === undefined ? 'never' : timeText(first, zone)
}

/** `done: 12 of 340 pages`. */
export function runText({ byHand, counts, state }: ScheduleRun): string {
  const hand = byHand === true ? ', begun by hand' : ''
  if (state === 'skipped') return 'skipped, for the run before it still went on'
  if (counts === undefined) return `${state}${hand}`
  return `${state}${hand}: ${counts.done} of ${countText(counts.queued, 'page')}`
}

export function scheduleLines(schedule: Schedule, paint: Paint): readonly string[] {
  const { by, crawl, heldBack, id, madeAt, next, runs, state, webhook, zone } = schedule
  const row = (name: string, text: string) => `  ${factText(paint, name, text)}`
  const isOn = state === 'active' && heldBack === undefined
  const shownState = heldBack === undefined ? state : `${state}, held back`
  return [
    `${paint(isOn ? 'green' : 'yellow', shownState)}  ${cronText(schedule)}`,
    row('id', id),
    row('made', `${dateText(madeAt)} UTC by ${by ?? 'a guest'}, for ${crawl.seeds.join(' ')}`),
    ...heldBackRows(schedule).map((text, n) => row(n === 0 ? 'why' : '', text)),
    ...webhookRows(webhook).map(([name, text]) => row(name, text)),
    ...next.map((at, n) => row(n === 0 ? 'next' : '', timeText(at, zone))),
    ...runs.map((run, n) => {
      const which = run.crawl === undefined ? '' : `  ${run.crawl}`
      return row(n === 0 ? 'runs' : '', `${timeText(run.at, zone)}  ${runText(run)}${which}`)
    }),
  ]
}

function heldBackRows({ by, heldBack }: Schedule): readonly string[] {
  if (heldBack === undefined || by === null) return []
  return [
    `the account ${by} is suspended: its schedules begin nothing until`,
    `an administrator restores it: npx anillo user restore ${by}`,
  ]
}
