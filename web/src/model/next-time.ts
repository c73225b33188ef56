/** When a schedule begins next, or why it does not. Pure. */
import type { Schedule } from '../../../src/wire/api-schedules.ts'
import type { ScheduleTexts } from '../texts/schedules.en.ts'

type Words = Pick<ScheduleTexts, 'heldBack' | 'never' | 'paused'>

/** @param minute an instant as it is shown */
export function nextTime(
  { heldBack, next: [first], state }: Pick<Schedule, 'heldBack' | 'next' | 'state'>,
  words: Words,
  minute: (instant: string) => string,
): string {
  if (heldBack !== undefined) return words.heldBack
  if (state === 'paused') return words.paused
  return first === undefined ? words.never : minute(first)
}
