/** Which notifications were told at this console, and how many were not. */
import type { NotificationPage } from '../../wire/api-dweets.ts'
import { compareIds } from '../../wire/dweet-ids.ts'
import type { Turn } from './turn.ts'

/** Those beyond are told as more than so many. */
const COUNTED_MAX = 20

/** Once, when the console is opened. */
export function countNotes(turn: Turn): void {
  if (turn.state.hasCountedNotes || !turn.state.screen.isTerminal) return
  turn.set({ hasCountedNotes: true })
  turn.askAside({ kind: 'notifications', limit: COUNTED_MAX, isProbe: true })
}

export function tellCount(turn: Turn, { cursor, items }: NotificationPage): void {
  const { noted } = turn.state.kept
  const fresh = items.filter(({ id }) => noted === undefined || compareIds(id, noted) > 0)
  if (fresh.length === 0) return
  const isMore = cursor !== undefined && fresh.length === items.length
  turn.say(turn.texts.unread(`${fresh.length}${isMore ? '+' : ''}`, fresh.length))
}

/** It was shown, and all before it count as shown. */
export function noteTold(turn: Turn, id: string | undefined): void {
  const { noted } = turn.state.kept
  if (id === undefined || (noted !== undefined && compareIds(id, noted) <= 0)) return
  turn.keep([{ kind: 'noted', id }])
}
