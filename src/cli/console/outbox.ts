/**
 * Dweets on their way. Each is on the disk with its Idempotency-Key before it is sent, and stays
 * there until the ring says what became of it: it is published once, whatever happens meanwhile.
 */
import { HOUR_MS } from '../../base/limits.ts'
import type { Dweet, NewDweet } from '../../wire/api-dweets.ts'
import { DWEET_CHARS_MAX } from '../../wire/dweet-limits.ts'
import { harmlessLine } from './harmless.ts'
import type { Unsent } from './kept.ts'
import type { Refusal, RequestOf } from './requests.ts'
import { RETRY_MS_MAX, RETRY_MS_MIN } from './state.ts'
import type { Turn } from './turn.ts'

/** The ring knows a key for a day from its first use on; then the same dweet might come twice. */
const KEY_HOLDS_MS = 23 * HOUR_MS

/** As they are counted: code points after NFC. */
export function charactersOf(text: string): number {
  return Array.from(text.normalize('NFC')).length
}

/** Why it can never be published; `undefined`: it may be. */
export function unfitText({ texts }: Pick<Turn, 'texts'>, text: string): string | undefined {
  if (text.trim() === '') return texts.empty
  const characters = charactersOf(text)
  return characters > DWEET_CHARS_MAX ? texts.tooLong(characters, DWEET_CHARS_MAX) : undefined
}

/** Publishes it now, or once the ring is back. */
export function publish(turn: Turn, dweet: NewDweet): void {
  const { texts } = turn
  const isShown = dweet.attachments !== undefined && dweet.text === ''
  const problem = isShown ? undefined : unfitText(turn, dweet.text)
  if (problem !== undefined) {
    turn.refuse(problem)
    if (dweet.text.trim() !== '') keepDraft(turn, dweet)
    return
  }
  const { key, nowMs } = turn.stamp
  if (dweet.attachments !== undefined) turn.set({ attached: [] })
  turn.keep([{ kind: 'unsent', key, dweet, writtenMs: nowMs }], { isSafe: true })
  const { kept, link, sending } = turn.state
  const isNext = sending === undefined && kept.unsent[0]?.key === key
  if (link === 'offline' || !isNext) turn.say(texts.waits(kept.unsent.length))
  else sendNext(turn, { isAwaited: true })
}

export function keepDraft(turn: Turn, dweet: NewDweet): void {
  turn.keep([{ kind: 'draft', key: turn.stamp.key, dweet }], { isSafe: true })
  turn.say(turn.texts.keptAsDraft)
}

/** One after the other, so that they stand in the order in which they were written. */
export function sendNext(
  turn: Turn,
  { isAwaited = false }: { readonly isAwaited?: boolean } = {},
): void {
  const { account, kept, sending } = turn.state
  const next = kept.unsent[0]
  if (account === undefined || sending !== undefined || next === undefined) return
  const { dweet, key } = next
  if (isStale(next, turn.stamp.nowMs)) {
    turn.keep(
      [
        { kind: 'draft', key, dweet },
        { kind: 'settled', key },
      ],
      { isSafe: true },
    )
    turn.say(turn.texts.wasUncertain(harmlessLine(dweet.text)))
    return sendNext(turn, { isAwaited })
  }
  if (next.triedMs === undefined) {
    turn.keep([{ kind: 'tried', key, atMs: turn.stamp.nowMs }], { isSafe: true })
  }
  turn.set({ sending: key })
  const request = { kind: 'publish', key, dweet } as const
  if (isAwaited) turn.ask(request)
  else turn.askAside(request)
}

function isStale({ triedMs }: Unsent, nowMs: number): boolean {
  return triedMs !== undefined && nowMs - triedMs > KEY_HOLDS_MS
}

export function wasPublished(
  turn: Turn,
  { key }: RequestOf<'publish'>,
  { dweet, isAwaited }: { readonly dweet: Dweet; readonly isAwaited: boolean },
): void {
  settle(turn, key)
  turn.set({ retryMs: RETRY_MS_MIN })
  turn.learn({ publications: [dweet] })
  turn.say(isAwaited ? turn.texts.published : turn.texts.publishedLate)
  turn.show([dweet])
  sendNext(turn)
}

/** What was written is never lost: it waits, or becomes a draft. */
export function wasNotPublished(
  turn: Turn,
  { dweet, key }: RequestOf<'publish'>,
  { isAwaited, refusal }: { readonly isAwaited: boolean; readonly refusal: Refusal },
): void {
  const { texts } = turn
  const why = texts.refused(refusal)
  if (refusal.isPassing) {
    const retryMs = Math.min(2 * turn.state.retryMs, RETRY_MS_MAX)
    turn.set({ sending: undefined, retryMs })
    if (isAwaited) turn.say(texts.waitsWhy(why))
    turn.wake('retry', retryMs)
    return
  }
  settle(turn, key)
  turn.refuse(why)
  const { attachments, ...bare } = dweet
  // What is gone would be refused again.
  const isGone = refusal.code === 'ATTACHMENT_GONE'
  const kept: NewDweet = isGone || attachments === undefined ? bare : { ...bare, attachments }
  if (kept.text !== '' || kept.attachments !== undefined) keepDraft(turn, kept)
  sendNext(turn)
}

function settle(turn: Turn, key: string): void {
  turn.set({ sending: undefined })
  turn.keep([{ kind: 'settled', key }], { isSafe: true })
}
