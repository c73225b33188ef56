/** The verbs that look: nothing is changed but what counts as seen. */
import { nickIn } from './do-account.ts'
import { showKept, showKeptPage } from './lists.ts'
import type { Request } from './requests.ts'
import { pageSize, type Turn } from './turn.ts'
import { firstWord } from './verbs.ts'

export function doNew(turn: Turn): void {
  look(turn, { kind: 'fresh', limit: pageSize(turn.state), isProbe: false })
}

export function doHome(turn: Turn): void {
  look(turn, { kind: 'list', list: { of: 'home' }, limit: pageSize(turn.state) })
}

export function doLocal(turn: Turn): void {
  look(turn, { kind: 'list', list: { of: 'local' }, limit: pageSize(turn.state) })
}

export function doTag(turn: Turn, rest: string): void {
  const tag = rest.replace(/^#/, '')
  if (tag === '') return turn.refuse(turn.texts.missing('tag'))
  look(turn, { kind: 'list', list: { of: 'tag', tag }, limit: pageSize(turn.state) })
}

export function doBookmarks(turn: Turn): void {
  look(turn, { kind: 'list', list: { of: 'bookmarks' }, limit: pageSize(turn.state) })
}

export function doCatchUp(turn: Turn): void {
  turn.ask({ kind: 'catchUp' })
}

export function doSearch(turn: Turn, rest: string): void {
  if (rest === '') return turn.refuse(turn.texts.missing('words'))
  const [, tag] = /^#(\S+)$/u.exec(rest) ?? []
  const list =
    tag === undefined ? ({ of: 'search', words: rest } as const) : ({ of: 'tag', tag } as const)
  look(turn, { kind: 'list', list, limit: pageSize(turn.state) })
}

export function doProfile(turn: Turn, rest: string): void {
  withPerson(turn, rest, (nick) =>
    look(turn, { kind: 'profile', nick, limit: pageSize(turn.state) }),
  )
}

export function doWho(turn: Turn, rest: string): void {
  withPerson(turn, rest, (nick) => turn.ask({ kind: 'people', nick, limit: PEOPLE_SHOWN_MAX }))
}

const PEOPLE_SHOWN_MAX = 40

export function doNotifications(turn: Turn): void {
  turn.ask({ kind: 'notifications', limit: pageSize(turn.state) })
}

export function doFollow(turn: Turn, rest: string): void {
  follow(turn, rest, true)
}

export function doUnfollow(turn: Turn, rest: string): void {
  follow(turn, rest, false)
}

function follow(turn: Turn, rest: string, follows: boolean): void {
  if (rest === '') return turn.refuse(turn.texts.missing('nick'))
  withPerson(turn, rest, (nick) => turn.ask({ kind: 'follow', nick, follows }))
}

export function doMore(turn: Turn): void {
  const { further, furtherKept } = turn.state
  if (further !== undefined) {
    turn.ask({ kind: 'list', ...further, limit: pageSize(turn.state) })
  } else if (furtherKept.length > 0) showKeptPage(turn, furtherKept)
  else turn.say(turn.texts.noMore)
}

/** Where the ring is known to be away, nobody waits for it again. */
export function look(turn: Turn, request: Request): void {
  if (turn.state.link === 'offline') showKept(turn, request)
  else turn.ask(request)
}

/** Whoever is logged in, where nobody is named. */
function withPerson(turn: Turn, rest: string, run: (nick: string) => void): void {
  const { first } = firstWord(rest)
  const own = turn.state.account?.nick
  const nick = first === '' ? own : nickIn(first)
  if (nick === undefined) turn.refuse(turn.texts.nickUnfit)
  else run(nick)
}
