/** The verbs that change dweets, and those of drafts. */
import type { Dweet, NewDweet, Redweet } from '../../wire/api-dweets.ts'
import { keepDraft, publish, sendNext, unfitText } from './outbox.ts'
import { firstWords, hanging } from './paint.ts'
import { dweetAt, publicationAt } from './shown.ts'
import { cut } from './text-width.ts'
import type { Turn } from './turn.ts'
import { firstWord } from './verbs.ts'

export function doDweet(turn: Turn, rest: string): void {
  const shown = attachedIn(turn)
  if (rest === '') turn.set({ question: { ask: 'text', dweet: shown } })
  else publish(turn, { text: rest, ...shown })
}

export function doReply(turn: Turn, rest: string): void {
  const { first, rest: text } = firstWord(rest)
  const dweet = dweetFor(turn, first)
  if (dweet === undefined) return
  const answer = { replyTo: dweet.id, ...attachedIn(turn) }
  if (text === '') turn.set({ question: { ask: 'text', dweet: answer } })
  else publish(turn, { text, ...answer })
}

function attachedIn({ state: { attached } }: Turn): Pick<NewDweet, 'attachments'> {
  return attached.length === 0 ? {} : { attachments: attached.map(({ id }) => ({ id })) }
}

/** Of an empty line nothing comes, but where something is shown without words. */
export function answerText(turn: Turn, dweet: Omit<NewDweet, 'text'>, line: string): void {
  const text = line.trim()
  if (text !== '' || dweet.attachments !== undefined) publish(turn, { ...dweet, text })
}

export function doEdit(turn: Turn, rest: string): void {
  const { first, rest: text } = firstWord(rest)
  const dweet = dweetFor(turn, first)
  if (dweet === undefined) return
  if (text === '') return turn.refuse(turn.texts.missing('text'))
  const problem = unfitText(turn, text)
  if (problem !== undefined) turn.refuse(problem)
  else turn.ask({ kind: 'edit', id: dweet.id, change: { text } })
}

/** Of one's own redweet, the redweet alone. */
export function doDelete(turn: Turn, rest: string): void {
  const own = ownRedweetAt(turn, rest)
  if (own !== undefined) return turn.ask({ kind: 'unredweet', id: own.id })
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'remove', id }))
}

function ownRedweetAt({ state }: Turn, word: string): Redweet | undefined {
  const publication = publicationAt(state.shown, word)
  const isOwn = publication?.author.nick === state.account?.nick
  return isOwn && publication?.kind === 'redweet' ? publication : undefined
}

export function doRedweet(turn: Turn, rest: string): void {
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'redweet', id }))
}

/** Also of what is gone, or not to be seen any more. */
export function doUnredweet(turn: Turn, rest: string): void {
  const own = ownRedweetAt(turn, rest)
  if (own !== undefined) return turn.ask({ kind: 'unredweet', id: own.id })
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'unredweet', id }))
}

export function doLike(turn: Turn, rest: string): void {
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'like', id, isLiked: true }))
}

export function doUnlike(turn: Turn, rest: string): void {
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'like', id, isLiked: false }))
}

export function doBookmark(turn: Turn, rest: string): void {
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'bookmark', id, isKept: true }))
}

export function doUnbookmark(turn: Turn, rest: string): void {
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'bookmark', id, isKept: false }))
}

export function doShow(turn: Turn, rest: string): void {
  withDweet(turn, rest, ({ id }) => turn.ask({ kind: 'thread', id }))
}

export function withDweet(turn: Turn, word: string, run: (dweet: Dweet) => void): void {
  const dweet = dweetFor(turn, word)
  if (dweet !== undefined) run(dweet)
}

function dweetFor(turn: Turn, word: string): Dweet | undefined {
  const { texts } = turn
  const dweet = dweetAt(turn.state.shown, word)
  if (word === '') turn.refuse(texts.missing('number'))
  else if (dweet === undefined) turn.refuse(texts.noNumber(word.replaceAll(/[[\]]/g, '')))
  else if (dweet === null) turn.refuse(texts.gone)
  return dweet ?? undefined
}

export function doDraft(turn: Turn, rest: string): void {
  if (rest === '') turn.refuse(turn.texts.empty)
  else keepDraft(turn, { text: rest })
}

/** Drafts, and behind them what waits for the ring. */
interface Item {
  readonly key: string
  readonly dweet: NewDweet
  readonly isWaiting: boolean
}

function itemsOf({ state }: Turn): readonly Item[] {
  return [
    ...state.kept.drafts.map((one) => ({ ...one, isWaiting: false })),
    ...state.kept.unsent.map((one) => ({ ...one, isWaiting: true })),
  ]
}

export function doDrafts(turn: Turn): void {
  const { texts } = turn
  const items = itemsOf(turn)
  if (items.length === 0) return turn.say(texts.noDrafts)
  turn.say(texts.drafts)
  items.forEach(({ dweet, isWaiting }, index) => {
    const note = isWaiting ? `${texts.waiting}: ` : ''
    turn.print(hanging(turn.canvas, `(${index + 1}) ${note}${firstWords(texts, dweet)}`))
  })
}

export function doSend(turn: Turn, rest: string): void {
  withItem(turn, rest, ({ dweet, isWaiting, key }) => {
    if (isWaiting) return sendNext(turn, { isAwaited: true })
    // Before it goes, so that it is not there twice.
    turn.keep([{ kind: 'undraft', key }])
    publish(turn, dweet)
  })
}

export function doDrop(turn: Turn, rest: string): void {
  withItem(turn, rest, ({ dweet, isWaiting, key }) => {
    if (turn.state.sending === key) return turn.refuse(turn.texts.underWay)
    turn.keep([{ kind: isWaiting ? 'settled' : 'undraft', key }], { isSafe: true })
    const text = turn.texts.dropped(firstWords(turn.texts, dweet))
    turn.say(cut(text, turn.state.screen.columns))
  })
}

function withItem(turn: Turn, word: string, run: (item: Item) => void): void {
  const [, digits] = /^\(?(\d{1,3})\)?$/.exec(word) ?? []
  const item = digits === undefined ? undefined : itemsOf(turn)[Number(digits) - 1]
  if (item === undefined) turn.refuse(turn.texts.missing('number'))
  else run(item)
}
