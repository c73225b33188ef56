/** The verbs of one's account: register, log in, log out. */
import { foldNick } from '../../wire/account-texts.ts'
import type { Question } from './question.ts'
import type { Turn } from './turn.ts'
import { firstWord } from './verbs.ts'

export function doRegister(turn: Turn, rest: string): void {
  const { first, rest: name } = firstWord(rest)
  if (first === '') return begin(turn, { ask: 'nick', to: 'register' })
  withNick(turn, first, (nick) =>
    name === '' ? { ask: 'name', nick } : { ask: 'newPassword', nick, name },
  )
}

export function doLogin(turn: Turn, rest: string): void {
  const { first } = firstWord(rest)
  if (first === '') return begin(turn, { ask: 'nick', to: 'logIn' })
  withNick(turn, first, (nick) => ({ ask: 'password', nick }))
}

function withNick(turn: Turn, word: string, next: (nick: string) => Question): void {
  const nick = nickIn(word)
  if (nick === undefined) turn.refuse(turn.texts.nickUnfit)
  else begin(turn, next(nick))
}

/** Nobody types a password for a ring that is not there. Lines of a script come all the same. */
function begin(turn: Turn, question: Question): void {
  const { link, screen } = turn.state
  if (link === 'online' || !screen.isTerminal) turn.set({ question })
  else turn.ask({ kind: 'greet', next: question })
}

/** Also `@ana`. */
export function nickIn(word: string): string | undefined {
  return foldNick(word.replace(/^@/, ''))
}

export function doLogout(turn: Turn, rest: string): void {
  const words = rest.split(/\s+/)
  const everywhere = words.includes('--everywhere')
  if (!words.includes('--forget')) {
    return turn.ask({ kind: 'logOut', everywhere, forget: false })
  }
  const { drafts, unsent } = turn.state.kept
  if (drafts.length + unsent.length > 0) turn.set({ question: { ask: 'forget', everywhere } })
  else turn.ask({ kind: 'logOut', everywhere, forget: true })
}

/** What was typed where a question stood. */
export function answerAccount(
  turn: Turn,
  question: Exclude<Question, { readonly ask: 'description' | 'text' }>,
  line: string,
): void {
  const word = line.trim()
  switch (question.ask) {
    case 'nick':
      if (word !== '') (question.to === 'register' ? doRegister : doLogin)(turn, word)
      return
    case 'name':
      return turn.set({
        question: { ask: 'newPassword', nick: question.nick, name: word || question.nick },
      })
    case 'newPassword': {
      const { name, nick } = question
      // A password from a pipe was not mistyped.
      if (!turn.state.screen.isTerminal) return register(turn, { nick, name, password: line })
      return turn.set({ question: { ask: 'samePassword', nick, name, password: line } })
    }
    case 'samePassword':
      if (line === question.password) return register(turn, question)
      return turn.refuse(turn.texts.differ)
    case 'password':
      if (line === '') return
      return turn.ask({ kind: 'logIn', nick: question.nick, password: line })
    case 'forget':
      if (!isYes(turn, word)) return
      return turn.ask({ kind: 'logOut', everywhere: question.everywhere, forget: true })
  }
}

function register(
  turn: Turn,
  {
    name,
    nick,
    password,
  }: { readonly nick: string; readonly name: string; readonly password: string },
): void {
  if (password !== '') turn.ask({ kind: 'register', nick, name, password })
}

function isYes({ texts }: Turn, word: string): boolean {
  return [texts.yes, 'yes', 'y', 'sí', 'si', 's'].includes(word.toLowerCase())
}
