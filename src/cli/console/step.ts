/**
 * The console as a machine: an event comes, the next state and what is to be done leave. It knows
 * no terminal, file or network; `driver.ts` carries its effects out. Pure.
 */
import { answered } from './answered.ts'
import { answerAccount } from './do-account.ts'
import { answerText } from './do-dweets.ts'
import { answerDescription } from './do-files.ts'
import { doLine, leave } from './do.ts'
import { heard, tellUntold } from './heard.ts'
import { newestOf, type Kept } from './kept.ts'
import { goOffline, isAway, endSession, retry, savedText } from './link.ts'
import { showKeptPage } from './lists.ts'
import { keepDraft, sendNext } from './outbox.ts'
import type { Question } from './question.ts'
import { refused } from './refused.ts'
import type { ConsoleEvent, ConsoleState, Stamp, Step } from './state.ts'
import { Turn } from './turn.ts'
import { commandIn, firstWord, VERBS, type Verb } from './verbs.ts'

export function step(state: ConsoleState, event: ConsoleEvent, stamp: Stamp): Step {
  const turn = new Turn(state, stamp)
  if (!state.hasLeft) take(turn, event)
  return turn.step
}

function take(turn: Turn, event: ConsoleEvent): void {
  switch (event.kind) {
    case 'started':
      return start(turn, event)
    case 'opened':
      return open(turn, event.kept)
    case 'typed':
      return typed(turn, event.line)
    case 'interrupted':
      return interrupt(turn, event.line)
    case 'ended':
      keepTyped(turn, event.line)
      return leave(turn)
    case 'resized':
      return turn.set({ screen: event.screen })
    case 'answered':
      return answered(turn, event)
    case 'refused':
      return refused(turn, event)
    case 'heard':
      return heard(turn, event.event)
    case 'deaf':
      return deaf(turn, event)
    case 'woken':
      return event.why === 'retry' ? retry(turn) : tellUntold(turn)
    case 'unkept':
      return turn.say(turn.texts.unkept(event.problem))
  }
}

function start(turn: Turn, { account }: Extract<ConsoleEvent, { readonly kind: 'started' }>): void {
  if (account === undefined) {
    turn.say(turn.texts.welcome)
    if (turn.state.screen.isTerminal) turn.askAside({ kind: 'greet' })
    return
  }
  turn.set({ account })
  turn.say(turn.texts.welcomeBack(account.nick))
  turn.do({ kind: 'open', nick: account.nick })
}

/** First what is kept, at once; then the ring. */
function open(turn: Turn, kept: Kept): void {
  const { link, screen } = turn.state
  turn.set({ kept })
  if (link !== 'online') {
    const newest = newestOf(kept)
    if (screen.isTerminal) {
      turn.say(turn.texts.saved(newest.length === 0 ? undefined : savedText(turn)))
      if (newest.length > 0) showKeptPage(turn, newest)
    }
  } else {
    if (screen.isTerminal) turn.do({ kind: 'listen' })
    sendNext(turn)
  }
  turn.askAside({ kind: 'fresh', limit: 1, isProbe: true })
}

function typed(turn: Turn, line: string): void {
  const { question } = turn.state
  if (question === undefined) return doLine(turn, line)
  turn.set({ question: undefined })
  if (question.ask === 'text') answerText(turn, question.dweet, line)
  else if (question.ask === 'description') answerDescription(turn, question, line)
  else answerAccount(turn, question, line)
}

/** Ctrl-C gives up: a question, an answer, or the line, whose text is kept. */
function interrupt(turn: Turn, line: string): void {
  const { awaited, question } = turn.state
  const isIdle = awaited === undefined && question === undefined && line.trim() === ''
  if (isIdle) return turn.say(turn.texts.howToLeave)
  keepTyped(turn, line)
  turn.set({ question: undefined, awaited: undefined })
}

/** A text that somebody had begun to write. */
function keepTyped(turn: Turn, line: string): void {
  const { account, question } = turn.state
  if (account === undefined) return
  const text = composedIn(line, question)?.trim() ?? ''
  if (text !== '') keepDraft(turn, { text })
}

/** The part of a line that is to be published; `undefined` where it is something else. */
export function composedIn(line: string, question: Question | undefined): string | undefined {
  if (question !== undefined) return question.ask === 'text' ? line : undefined
  const command = commandIn(line)
  if (command?.verb === undefined || VERBS[command.verb].takes !== 'text') return undefined
  if (NOT_PUBLISHED.has(command.verb)) return undefined
  if (command.verb === 'dweet' || command.verb === 'draft') return command.rest
  return firstWord(command.rest).rest
}

/** Texts that go elsewhere. */
const NOT_PUBLISHED: ReadonlySet<Verb> = new Set(['search', 'tag'])

function deaf(turn: Turn, { refusal }: Extract<ConsoleEvent, { readonly kind: 'deaf' }>): void {
  if (turn.state.account === undefined) return
  if (isAway(refusal)) goOffline(turn)
  else if (refusal.code === 'LOGIN_FIRST') endSession(turn)
}
