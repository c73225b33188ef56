/** What each verb does, and who may use it. */
import { doLogin, doLogout, doRegister } from './do-account.ts'
import {
  doBookmark,
  doDelete,
  doDraft,
  doDrafts,
  doDrop,
  doDweet,
  doEdit,
  doLike,
  doRedweet,
  doReply,
  doSend,
  doShow,
  doUnbookmark,
  doUnlike,
  doUnredweet,
} from './do-dweets.ts'
import { doAttach, doDetach, doExport } from './do-files.ts'
import {
  doBookmarks,
  doCatchUp,
  doFollow,
  doHome,
  doLocal,
  doMore,
  doNew,
  doNotifications,
  doProfile,
  doSearch,
  doTag,
  doUnfollow,
  doWho,
} from './do-look.ts'
import {
  doBlock,
  doEnlist,
  doList,
  doLists,
  doMute,
  doReport,
  doUnblock,
  doUnlist,
  doUnmute,
} from './do-people.ts'
import { harmlessLine } from './harmless.ts'
import { textsIn } from './languages.ts'
import { widthOf, wrapped } from './text-width.ts'
import type { Turn } from './turn.ts'
import { commandFor, commandIn, verbsMeant, type Command, type Verb } from './verbs.ts'

type Doer = (turn: Turn, rest: string) => void

const DOERS: Readonly<Record<Verb, Doer>> = {
  register: doRegister,
  login: doLogin,
  new: doNew,
  dweet: doDweet,
  reply: doReply,
  redweet: doRedweet,
  unredweet: doUnredweet,
  like: doLike,
  unlike: doUnlike,
  edit: doEdit,
  delete: doDelete,
  show: doShow,
  follow: doFollow,
  unfollow: doUnfollow,
  profile: doProfile,
  who: doWho,
  home: doHome,
  local: doLocal,
  search: doSearch,
  tag: doTag,
  catchup: doCatchUp,
  mute: doMute,
  unmute: doUnmute,
  block: doBlock,
  unblock: doUnblock,
  bookmark: doBookmark,
  unbookmark: doUnbookmark,
  bookmarks: doBookmarks,
  lists: doLists,
  list: doList,
  enlist: doEnlist,
  unlist: doUnlist,
  report: doReport,
  attach: doAttach,
  detach: doDetach,
  export: doExport,
  notifications: doNotifications,
  more: doMore,
  draft: doDraft,
  drafts: doDrafts,
  send: doSend,
  drop: doDrop,
  lang: doLang,
  logout: doLogout,
  help: doHelp,
  quit: leave,
}

const WITHOUT_ACCOUNT: ReadonlySet<Verb> = new Set(['register', 'login', 'lang', 'help', 'quit'])

export function doLine(turn: Turn, line: string): void {
  const command = commandIn(line)
  if (command === undefined) return
  const { rest, verb } = command
  if (verb === undefined) return tellUnknown(turn, command)
  if (turn.state.account === undefined && !WITHOUT_ACCOUNT.has(verb)) {
    return turn.refuse(turn.texts.loginFirst)
  }
  DOERS[verb](turn, rest)
}

function tellUnknown(turn: Turn, { word }: Command): void {
  const { language } = turn.state
  const shown = harmlessLine(word)
  const command = commandFor(shown)
  if (command !== undefined) return turn.refuse(turn.texts.ofCommands(shown, command))
  turn.refuse(turn.texts.unknownWord(shown, verbsMeant(shown, language)))
}

function doLang(turn: Turn, rest: string): void {
  if (rest !== 'en' && rest !== 'es') return turn.refuse(turn.texts.missing('language'))
  turn.set({ language: rest })
  turn.say(textsIn(rest).language)
}

function doHelp(turn: Turn, rest: string): void {
  const { columns } = turn.state.screen
  const { help: usual, helpEnd, helpMore } = turn.texts
  const isMore = commandIn(rest)?.verb === 'more'
  const help = isMore ? helpMore : usual
  const width = Math.max(...help.map(([words]) => widthOf(words)))
  for (const [words, does] of help) {
    const line = `${words.padEnd(width)}  ${does}`
    if (widthOf(line) <= columns) turn.print([line])
    else turn.print([words, ...wrapped(does, columns - 4).map((one) => `    ${one}`)])
  }
  if (!isMore) turn.say(helpEnd)
}

/** The session stays; what waits is published another time. */
export function leave(turn: Turn): void {
  const { account, hasLeft, kept } = turn.state
  if (hasLeft) return
  if (account !== undefined && kept.unsent.length > 0) {
    turn.say(turn.texts.leftWaiting(kept.unsent.length))
  }
  turn.set({ hasLeft: true })
  turn.do({ kind: 'leave' })
}
