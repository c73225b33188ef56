/** What the console makes of the ring's answers. */
import { sizeText } from '../../base/size-text.ts'
import type { DweetList } from '../../wire/api-dweet-lists.ts'
import type { Profile } from '../../wire/api-dweets.ts'
import { harmlessLine } from './harmless.ts'
import { goOnline } from './link.ts'
import { showNew, showPage } from './lists.ts'
import { countNotes, noteTold, tellCount } from './noted.ts'
import { notificationLines } from './notices.ts'
import { wasPublished } from './outbox.ts'
import { hanging, nicksText, profileLines } from './paint.ts'
import type { Account, Answer, RequestKind, RequestOf, ValueOf } from './requests.ts'
import type { ConsoleEvent } from './state.ts'
import { cut } from './text-width.ts'
import type { Turn } from './turn.ts'

/** How it was asked for. */
interface Asked<K extends RequestKind> {
  readonly request: RequestOf<K>
  /** The next line waits for it. */
  readonly isAwaited: boolean
}

type Taker<K extends RequestKind> = (turn: Turn, value: ValueOf<K>, asked: Asked<K>) => void

export function answered(
  turn: Turn,
  { answer, no }: Extract<ConsoleEvent, { readonly kind: 'answered' }>,
): void {
  const isAwaited = no !== undefined && no === turn.state.awaited
  if (isAwaited) turn.set({ awaited: undefined })
  goOnline(turn)
  // Of a session that is over by now.
  if (turn.state.account === undefined && !BEGINNINGS.has(answer.kind)) return
  // Whoever broke it off with Ctrl-C wants to see no more of it; what it changed is changed.
  if (no !== undefined && !isAwaited && answer.kind !== 'publish') return
  take(turn, answer, isAwaited)
}

const BEGINNINGS: ReadonlySet<RequestKind> = new Set(['greet', 'register', 'logIn'])

function take<K extends RequestKind>(
  turn: Turn,
  answer: Extract<Answer, { readonly kind: K }>,
  isAwaited: boolean,
): void {
  const { kind, request, value } = answer as unknown as {
    readonly kind: K
    readonly request: RequestOf<K>
    readonly value: ValueOf<K>
  }
  const taker: Taker<K> = TAKERS[kind]
  taker(turn, value, { request, isAwaited })
}

const TAKERS: { readonly [K in RequestKind]: Taker<K> } = {
  greet: (turn, _, { request: { next } }) => {
    if (next !== undefined) turn.set({ question: next })
  },
  register: (turn, account) => begin(turn, account),
  logIn: (turn, account) => begin(turn, account),
  logOut: (turn, _, { request: { forget } }) => leaveAccount(turn, { isForgotten: forget }),
  publish: (turn, dweet, { isAwaited, request }) =>
    wasPublished(turn, request, { dweet, isAwaited }),
  list: (turn, page, { request }) => showPage(turn, request, page),
  profile: (turn, { page, profile }, { request: { nick } }) => {
    showProfile(turn, profile)
    showPage(turn, { list: { of: 'person', nick } }, page)
  },
  fresh: (turn, fresh, { request: { isProbe } }) => {
    if (!isProbe) return showNew(turn, fresh)
    turn.learn({})
    const isMore = fresh.unseen > turn.state.unseen
    turn.set({ unseen: fresh.unseen, untold: 0, counted: 0 })
    if (isMore && turn.state.screen.isTerminal) turn.say(turn.texts.unseen(fresh.unseen))
    countNotes(turn)
  },
  acknowledge: () => undefined,
  thread: (turn, { above, below, dweet }) => {
    const all = [...above.filter((one) => one !== null), dweet, ...below]
    turn.learn({ publications: all })
    turn.show(all, { isOpen: true })
  },
  redweet: (turn, redweet) => {
    turn.learn({ publications: [redweet] })
    turn.say(turn.texts.redweeted)
    turn.show([redweet])
  },
  unredweet: (turn) => turn.say(turn.texts.unredweeted),
  like: (turn, dweet, { request: { isLiked } }) => {
    turn.learn({ publications: [dweet] })
    turn.say(isLiked ? turn.texts.liked : turn.texts.unliked)
  },
  edit: (turn, dweet) => {
    turn.learn({ publications: [dweet] })
    turn.say(turn.texts.edited)
    turn.show([dweet])
  },
  remove: (turn, _, { request: { id } }) => {
    const known = turn.state.kept.publications.get(id)
    const text = known?.kind === 'dweet' ? harmlessLine(known.text) : ''
    turn.keep([{ kind: 'gone', id }])
    turn.say(cut(turn.texts.deleted(text), turn.state.screen.columns))
  },
  follow: (turn, { nick }, { request: { follows } }) =>
    turn.say(follows ? turn.texts.following(nick) : turn.texts.unfollowed(nick)),
  people: (turn, { followers, following, profile }) => {
    const { texts } = turn
    showProfile(turn, profile)
    const isWhole = ({ cursor }: { readonly cursor?: string }): boolean => cursor === undefined
    turn.say(texts.follows(nicksText(texts, following.items, isWhole(following))))
    turn.say(texts.followedBy(nicksText(texts, followers.items, isWhole(followers))))
  },
  notifications: (turn, page, { request: { isProbe } }) => {
    if (isProbe === true) return tellCount(turn, page)
    const { items } = page
    noteTold(turn, items[0]?.id)
    if (items.length === 0) return turn.say(turn.texts.noNotifications)
    for (const one of items) {
      turn.print(notificationLines(turn.canvas, one))
      if (one.dweet !== undefined && one.kind !== 'follow') turn.show([one.dweet])
    }
  },
  mute: (turn, { nick }, { request: { isMuted } }) =>
    turn.say(isMuted ? turn.texts.isMuted(nick) : turn.texts.isUnmuted(nick)),
  block: (turn, { nick }, { request: { isBlocked } }) =>
    turn.say(isBlocked ? turn.texts.isBlocked(nick) : turn.texts.isUnblocked(nick)),
  bookmark: (turn, dweet, { request: { isKept } }) => {
    turn.learn({ publications: [dweet] })
    turn.say(isKept ? turn.texts.bookmarked : turn.texts.unbookmarked)
  },
  lists: (turn, lists) => showLists(turn, lists),
  enlist: (turn, { name }, { request: { isIn, nick } }) => {
    const { texts } = turn
    turn.say((isIn ? texts.enlisted : texts.unlisted)(nick, harmlessLine(name)))
  },
  report: (turn) => turn.say(turn.texts.reported),
  catchUp: (turn) => {
    turn.set({ unseen: 0, untold: 0, counted: 0 })
    turn.say(turn.texts.caughtUp)
  },
  attach: (turn, attachment) => {
    const attached = [...turn.state.attached, attachment]
    turn.set({ attached })
    turn.say(turn.texts.isAttached(harmlessLine(attachment.name), attached.length))
  },
  export: (turn, { bytes }, { request: { path } }) =>
    turn.say(turn.texts.exported(path, sizeText(bytes))),
}

function showLists(turn: Turn, lists: readonly DweetList[]): void {
  if (lists.length === 0) turn.say(turn.texts.noLists)
  for (const { name, people } of lists) {
    turn.print(hanging(turn.canvas, turn.texts.list(harmlessLine(name), people)))
  }
}

function showProfile(turn: Turn, profile: Profile): void {
  turn.learn({ profiles: [profile] })
  turn.print(profileLines(turn.canvas, profile))
}

/** From now on the console is this account's. */
function begin(turn: Turn, account: Account): void {
  turn.set({ account, sending: undefined, unseen: 0, untold: 0, counted: 0, attached: [] })
  turn.set({ hasCountedNotes: false })
  turn.say(turn.texts.loggedIn(account.nick))
  turn.do({ kind: 'hush' })
  turn.do({ kind: 'open', nick: account.nick })
}

export function leaveAccount(
  turn: Turn,
  { isForgotten, isEnded = true }: { readonly isForgotten: boolean; readonly isEnded?: boolean },
): void {
  const { texts } = turn
  turn.do({ kind: 'hush' })
  if (isForgotten) turn.do({ kind: 'forget' })
  turn.set({ account: undefined, sending: undefined, unseen: 0, further: undefined, attached: [] })
  if (!isEnded) turn.say(texts.forgottenHere)
  else turn.say(isForgotten ? texts.forgotten : texts.loggedOut)
}
