/** The verbs about people: muted, blocked, in lists, reported. */
import type { NewReport, ReportReason } from '../../wire/api-reports.ts'
import { REPORT_REASONS } from '../../wire/report-words.ts'
import { nickIn } from './do-account.ts'
import { withDweet } from './do-dweets.ts'
import { look } from './do-look.ts'
import { pageSize, type Turn } from './turn.ts'
import { firstWord } from './verbs.ts'

export function doMute(turn: Turn, rest: string): void {
  withNick(turn, rest, (nick) => turn.ask({ kind: 'mute', nick, isMuted: true }))
}

export function doUnmute(turn: Turn, rest: string): void {
  withNick(turn, rest, (nick) => turn.ask({ kind: 'mute', nick, isMuted: false }))
}

export function doBlock(turn: Turn, rest: string): void {
  withNick(turn, rest, (nick) => turn.ask({ kind: 'block', nick, isBlocked: true }))
}

export function doUnblock(turn: Turn, rest: string): void {
  withNick(turn, rest, (nick) => turn.ask({ kind: 'block', nick, isBlocked: false }))
}

export function doLists(turn: Turn): void {
  turn.ask({ kind: 'lists' })
}

export function doList(turn: Turn, name: string): void {
  if (name === '') return turn.refuse(turn.texts.missing('list'))
  look(turn, { kind: 'list', list: { of: 'list', name }, limit: pageSize(turn.state) })
}

export function doEnlist(turn: Turn, rest: string): void {
  enlist(turn, rest, true)
}

export function doUnlist(turn: Turn, rest: string): void {
  enlist(turn, rest, false)
}

function enlist(turn: Turn, rest: string, isIn: boolean): void {
  const { rest: name } = firstWord(rest)
  withNick(turn, rest, (nick) => {
    if (name === '') turn.refuse(turn.texts.missing('list'))
    else turn.ask({ kind: 'enlist', nick, name, isIn })
  })
}

/** `report 3 spam TEXT`, `report @eva`: without a reason of the list, it is another one. */
export function doReport(turn: Turn, rest: string): void {
  const { first, rest: further } = firstWord(rest)
  const said = whyIn(turn, further)
  const tell = (report: NewReport): void => turn.ask({ kind: 'report', report })
  if (first.startsWith('@')) withNick(turn, first, (nick) => tell({ nick, ...said }))
  else withDweet(turn, first, ({ id }) => tell({ dweet: id, ...said }))
}

function whyIn(
  { texts }: Turn,
  text: string,
): { readonly reason: ReportReason; readonly note?: string } {
  const { first, rest } = firstWord(text)
  const word = first.toLowerCase()
  const reason = REPORT_REASONS.find((one) => one === word || texts.reasonWords[one] === word)
  const note = reason === undefined ? text : rest
  return { reason: reason ?? 'other', ...(note === '' ? {} : { note }) }
}

/** Never who is logged in, unless they name themselves. */
function withNick(turn: Turn, rest: string, run: (nick: string) => void): void {
  const { first } = firstWord(rest)
  if (first === '') return turn.refuse(turn.texts.missing('nick'))
  const nick = nickIn(first)
  if (nick === undefined) turn.refuse(turn.texts.nickUnfit)
  else run(nick)
}
