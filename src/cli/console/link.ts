/** Whether the ring is there: what a console does when it goes, and when it is back. */
import { sendNext } from './outbox.ts'
import { momentText } from './paint.ts'
import type { Refusal } from './requests.ts'
import { RETRY_MS_MAX, RETRY_MS_MIN } from './state.ts'
import type { Turn } from './turn.ts'

export function isAway({ code }: Refusal): boolean {
  return code === 'RING_NOT_REACHABLE'
}

/** The ring answered. */
export function goOnline(turn: Turn): void {
  const { link, screen } = turn.state
  if (link === 'online') return
  turn.set({ link: 'online', retryMs: RETRY_MS_MIN })
  if (link === 'offline') turn.say(turn.texts.online)
  if (turn.state.account === undefined) return
  if (screen.isTerminal) turn.do({ kind: 'listen' })
  sendNext(turn)
}

/** No door answers. It is asked again and again, less often each time. */
export function goOffline(turn: Turn): void {
  const { link, retryMs } = turn.state
  if (link !== 'offline') {
    turn.set({ link: 'offline', retryMs: RETRY_MS_MIN })
    turn.do({ kind: 'hush' })
    if (turn.state.account !== undefined) turn.say(offlineText(turn))
  } else {
    turn.set({ retryMs: Math.min(2 * retryMs, RETRY_MS_MAX) })
  }
  turn.wake('retry', turn.state.retryMs)
}

export function offlineText(turn: Turn): string {
  return turn.texts.offline(savedText(turn))
}

/** When the ring answered last, as far as this place knows. */
export function savedText({ canvas, state }: Turn): string | undefined {
  const { savedMs } = state.kept
  return savedMs === undefined ? undefined : momentText(canvas, savedMs)
}

/** The time for another try has come. */
export function retry(turn: Turn): void {
  const { account, link } = turn.state
  if (account === undefined) return
  if (link === 'online') sendNext(turn)
  else turn.askAside({ kind: 'fresh', limit: 1, isProbe: true })
}

/** A door no longer takes the session. What is kept stays: the same person may come back. */
export function endSession(turn: Turn): void {
  turn.do({ kind: 'hush' })
  turn.set({ account: undefined, sending: undefined, unseen: 0 })
  turn.refuse(turn.texts.sessionEnded)
}
