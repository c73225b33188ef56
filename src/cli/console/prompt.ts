/** What stands before the line that is typed, and what Tab makes of it. Pure. */
import { DWEET_CHARS_MAX } from '../../wire/dweet-limits.ts'
import { nicksIn } from './kept.ts'
import { textsIn } from './languages.ts'
import { charactersOf } from './outbox.ts'
import type { Question } from './question.ts'
import type { ConsoleState } from './state.ts'
import { composedIn } from './step.ts'
import type { Texts } from './texts.ts'
import { commandIn, VERBS, verbsLike, type Verb } from './verbs.ts'

export interface Prompt {
  readonly text: string
  /** What is typed is not shown, and not brought back by an arrow. */
  readonly isSecret: boolean
}

/** @param line as it is so far: of a text that is to be published the characters are counted. */
export function promptOf(state: ConsoleState, line = ''): Prompt {
  const { account, kept, language, link, question } = state
  const texts = textsIn(language)
  const composed = composedIn(line, question)
  const count = composed === undefined ? '' : `${charactersOf(composed.trim())}/${DWEET_CHARS_MAX}`
  if (question !== undefined) {
    const asked = questionText(texts, question, kept.drafts.length + kept.unsent.length)
    const isSecret = SECRETS.has(question.ask)
    return { text: count === '' ? asked : `${asked}[${count}] `, isSecret }
  }
  const isAway = link === 'offline' && account !== undefined
  const words = [
    account?.nick ?? 'dweet',
    ...(isAway ? [`(${texts.offlineWord})`] : []),
    ...(count === '' ? [] : [`[${count}]`]),
  ]
  return { text: `${words.join(' ')}> `, isSecret: false }
}

const SECRETS: ReadonlySet<Question['ask']> = new Set(['newPassword', 'samePassword', 'password'])

function questionText(texts: Texts, question: Question, unpublished: number): string {
  switch (question.ask) {
    case 'nick':
      return texts.askNick
    case 'name':
      return texts.askName(question.nick)
    case 'newPassword':
      return texts.askNewPassword
    case 'samePassword':
      return texts.askSamePassword
    case 'password':
      return texts.askPassword
    case 'text':
      return texts.askText
    case 'description':
      return texts.askDescription
    case 'forget':
      return texts.askForget(unpublished)
  }
}

/** As `node:readline` wants it: what the last word may become, and that word. */
export function completionsOf(state: ConsoleState, line: string): [string[], string] {
  const word = /\S*$/.exec(line)?.[0] ?? ''
  return [wordsFor(state, line, word).map((one) => `${one} `), word]
}

function wordsFor(state: ConsoleState, line: string, word: string): readonly string[] {
  const { kept, language, question } = state
  const nicksLike = (begin: string): readonly string[] =>
    nicksIn(kept).filter((nick) => nick.startsWith(begin))
  if (question !== undefined) return question.ask === 'text' ? mentions(word, nicksLike) : []
  if (line.trimStart() === word) return verbsLike(word.toLowerCase(), language)
  const verb = commandIn(line)?.verb
  if (verb === undefined) return []
  const { takes } = VERBS[verb]
  if (word.startsWith('@')) return mentions(word, nicksLike)
  if (takes === 'person') return nicksLike(word)
  return (WORDS_TAKEN[takes] ?? []).filter((one) => one.startsWith(word))
}

const WORDS_TAKEN: Readonly<Partial<Record<(typeof VERBS)[Verb]['takes'], readonly string[]>>> = {
  language: ['en', 'es'],
  flags: ['--everywhere', '--forget'],
}

function mentions(word: string, nicksLike: (begin: string) => readonly string[]): string[] {
  if (!word.startsWith('@')) return []
  return nicksLike(word.slice(1)).map((nick) => `@${nick}`)
}
