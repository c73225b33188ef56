/** What the console makes of what the ring refuses, or does not answer at all. */
import { leaveAccount } from './answered.ts'
import { endSession, goOffline, goOnline, isAway } from './link.ts'
import { showKept } from './lists.ts'
import { wasNotPublished } from './outbox.ts'
import type { ConsoleEvent } from './state.ts'
import type { Turn } from './turn.ts'

type Refused = Extract<ConsoleEvent, { readonly kind: 'refused' }>

export function refused(turn: Turn, event: Refused): void {
  const { no, refusal, request } = event
  const isAwaited = no !== undefined && no === turn.state.awaited
  if (isAwaited) turn.set({ awaited: undefined })
  if (isAway(refusal)) return unreached(turn, event, isAwaited)
  goOnline(turn)
  if (refusal.code === 'LOGIN_FIRST') {
    // Another request may have found it out, and told it.
    if (turn.state.account === undefined) return
    if (request.kind !== 'logOut') return endSession(turn)
    // One that ended already is what was wanted.
    return leaveAccount(turn, { isForgotten: request.forget })
  }
  if (request.kind === 'publish') {
    return wasNotPublished(turn, request, { isAwaited, refusal })
  }
  if (isAwaited) turn.refuse(turn.texts.refused(refusal))
  else if (request.kind === 'fresh') turn.wake('retry', turn.state.retryMs)
}

/** No door answers. */
function unreached(turn: Turn, { refusal, request }: Refused, isAwaited: boolean): void {
  const { texts } = turn
  if (request.kind === 'publish') {
    turn.set({ sending: undefined })
    goOffline(turn)
    if (isAwaited) turn.say(texts.waits(turn.state.kept.unsent.length))
    return
  }
  if (turn.state.account === undefined) {
    turn.set({ link: 'unknown' })
    const { addresses, start } = refusal.details
    const told = texts.noRing(String(addresses), String(start))
    if (isAwaited) turn.refuse(told)
    else if (turn.state.awaited === undefined) turn.say(told)
    return
  }
  const wasOffline = turn.state.link === 'offline'
  goOffline(turn)
  if (!isAwaited || request.kind === 'acknowledge') return
  if (request.kind === 'logOut') {
    if (request.forget) return leaveAccount(turn, { isForgotten: true, isEnded: false })
    return turn.refuse(texts.notLoggedOut)
  }
  if (SHOWN_FROM_KEPT.has(request.kind)) return showKept(turn, request, { isTold: !wasOffline })
  turn.refuse(texts.needsRing)
}

const SHOWN_FROM_KEPT: ReadonlySet<string> = new Set(['fresh', 'list', 'profile', 'thread'])
