/** Notifications as lines of a terminal: what happened, and to which dweet. */
import type { Notification } from '../../wire/api-dweets.ts'
import type { ModerationNotice } from '../../wire/api-reports.ts'
import { harmless, harmlessLine } from './harmless.ts'
import { firstWords, indented, timeText, type Canvas } from './paint.ts'
import { cut, wrapped } from './text-width.ts'

/** In a list, where its dweet stands below. */
export function notificationLines(canvas: Canvas, notification: Notification): readonly string[] {
  const { at, moderation } = notification
  return [
    ...wrapped(`${timeText(canvas, at)} · ${headText(canvas, notification)}`, canvas.columns),
    ...(moderation === undefined ? [] : decisionLines(canvas, moderation)),
  ]
}

/** While somebody types: with the begin of its dweet. What moderators decided is told in full. */
export function noticeLines(canvas: Canvas, notification: Notification): readonly string[] {
  const { dweet, moderation } = notification
  const { columns, texts } = canvas
  const head = headText(canvas, notification)
  const said = dweet === undefined ? '' : firstWords(texts, dweet)
  if (moderation === undefined) return [cut(said === '' ? head : `${head}: ${said}`, columns)]
  const about = said === '' ? [] : indented(canvas, `“${said}”`)
  return [...wrapped(head, columns), ...decisionLines(canvas, moderation), ...about]
}

function headText({ texts }: Canvas, { by, kind }: Notification): string {
  return texts.notified[kind](harmlessLine(by.nick))
}

function decisionLines(canvas: Canvas, notice: ModerationNotice): readonly string[] {
  const { action, message, reason, text, until, warning } = notice
  const { decided, reasons } = canvas.texts
  const isFree = action === 'warn' && warning === ''
  const facts = [
    isFree ? decided.free : decided[action],
    ...(reason === undefined ? [] : [decided.reason(reasons[reason])]),
    ...(until === undefined ? [] : [decided.until(timeText(canvas, until))]),
  ]
  return [
    ...indented(canvas, facts.join(' · ')),
    ...(message === undefined ? [] : indented(canvas, harmless(message))),
    ...(text === undefined ? [] : indented(canvas, `“${harmless(text)}”`)),
  ]
}
