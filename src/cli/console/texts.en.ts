/** What the console says in English. */
import { DWEET_CHARS_MAX } from '../../wire/dweet-limits.ts'
import type { Texts } from './texts.ts'

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

export const EN: Texts = {
  months: 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' '),
  help: [
    ['register [NICK]', 'make an account'],
    ['login [NICK]', 'log in'],
    ['new', 'what you have not seen yet, then older ones'],
    ['dweet TEXT', `publish, up to ${DWEET_CHARS_MAX} characters`],
    ['reply N TEXT', 'answer dweet [N]'],
    ['redweet N, unredweet N', 'show it to those who follow you, or no more'],
    ['like N, unlike N', 'tell its author that you like it, or no more'],
    ['edit N TEXT, delete N', 'change or remove one of yours'],
    ['show N', 'all of a dweet, and its answers'],
    ['follow NICK, unfollow NICK', 'see their dweets in “new”, or no more'],
    ['profile [NICK]', 'all dweets and redweets of somebody'],
    ['who [NICK]', 'whom they follow, and who follows them'],
    ['home, local', 'the newest of those you follow; of everybody'],
    ['search WORDS', 'in your dweets and theirs; or search #TAG'],
    ['notifications', 'who answered, liked, redweeted, followed'],
    ['more', 'go on with the last list'],
    ['draft TEXT, drafts', 'keep a text for later, list what is kept'],
    ['send N, drop N', 'publish or give up draft (N)'],
    ['lang en, lang es', 'English or Spanish'],
    ['logout', '--everywhere: each session; --forget: keep nothing'],
    ['quit', 'leave; you stay logged in'],
  ],
  helpMore: [
    ['mute NICK, unmute NICK', 'see nothing of them, or again'],
    ['block NICK, unblock NICK', 'neither of you sees the other, or again'],
    ['bookmark N, unbookmark N', 'keep a dweet for later, or no more'],
    ['bookmarks', 'those that you keep'],
    ['lists, list NAME', 'your lists of people; what those in one publish'],
    ['enlist, unlist NICK NAME', 'put somebody into a list, or out'],
    ['report N, report @NICK', 'tell moderators; behind it why: spam, abuse, …'],
    ['attach FILE, detach', 'show it with your next dweet, or nothing'],
    ['tag TAG', 'dweets of everybody with it'],
    ['catchup', 'all that there is now counts as seen'],
    ['export [FILE]', 'all of your own, as a ZIP'],
  ],
  helpEnd: 'Tab completes, ↑ brings lines back. “help more”: lists, files, moderators, …',
  howToLeave: '“quit” or Ctrl-D leaves.',

  welcome: 'Dweet: “register” makes an account, “login” enters, “help” tells all.',
  welcomeBack: (nick) => `Dweet: you are ${nick}. “new” shows what is new, “help” tells all.`,
  loggedIn: (nick) => `Welcome, ${nick}.`,
  loggedOut: 'Logged out.',
  forgotten: 'Logged out; nothing is kept here.',
  forgottenHere:
    'Nothing is kept here any more. The ring could not be told: the session there ends by itself.',
  notLoggedOut: 'The ring does not answer, so the session goes on. Log out when it is back.',
  sessionEnded: 'The session has ended. Log in again.',
  loginFirst: 'Log in first.',
  askNick: 'Nick: ',
  askName: (nick) => `Name (${nick}): `,
  askPassword: 'Password: ',
  askNewPassword: 'New password: ',
  askSamePassword: 'The same again: ',
  differ: 'The two passwords differ.',
  nickUnfit: 'A nick has 1 to 30 letters from a to z, digits and “_”.',
  askText: 'Text: ',
  askDescription: 'What does it show? (Enter: nothing) ',
  askForget: (count) =>
    `${counted(count, 'text was', 'texts were')} not published. Forget that, too? (yes/no) `,
  yes: 'yes',

  unknownWord: (word, like) =>
    like.length === 0
      ? `“${word}” is no command. “help” lists them.`
      : `“${word}” is no command. Did you mean “${like.join('” or “')}”?`,
  ofCommands: (word, command) => `The console has no “${word}”, the shell has: ${command} --help`,
  missing: (what) => `${MISSING[what]}`,
  noNumber: (word) => `There is no [${word}] on the screen.`,
  tooLong: (characters, max) =>
    `A dweet has at most ${max} characters; this one has ${characters}.`,
  empty: 'A dweet cannot be empty.',
  gone: 'That dweet does not exist or was deleted.',

  saved: (time) => (time === undefined ? 'Asking the ring…' : `Saved at ${time}:`),
  offline: (time) =>
    time === undefined
      ? 'Offline — nothing was saved here yet'
      : `Offline — showing what was saved at ${time}`,
  offlineWord: 'offline',
  online: 'Online again.',
  noRing: (doors, start) =>
    `No ring answers at ${doors}. “${start}” starts one here; “npx anillo console --at URL” goes to another.`,
  needsRing: 'Offline: this needs the ring. Try again when it is back.',
  nothingKept: 'Nothing of that is kept here.',
  unkept: (problem) => `Nothing can be kept here: ${problem}`,

  published: 'Published.',
  publishedLate: 'Published, after it had waited:',
  waits: (count) =>
    `Kept: it is published once the ring is back${count > 1 ? ` (${count} wait)` : ''}.`,
  waitsWhy: (why) => `${why} It is kept, and published once that can be done.`,
  keptAsDraft: 'The text is kept: “drafts” shows it.',
  wasUncertain: (text) =>
    `Nobody knows any more whether this was published; it is a draft now: “${text}”`,
  leftWaiting: (count) =>
    `${counted(count, 'dweet waits', 'dweets wait')}: published when you are back here.`,
  drafts: 'Kept here; “send 1” publishes (1), “drop 1” gives it up:',
  noDrafts: 'There are no drafts.',
  waiting: 'waits for the ring',
  underWay: 'It is on its way already.',
  dropped: (text) => `Given up: “${text}”`,

  edited: 'Changed.',
  deleted: (text) => `Deleted: “${text}”`,
  redweeted: 'Redweeted.',
  unredweeted: 'Not redweeted any more.',
  liked: 'Liked.',
  unliked: 'Not liked any more.',
  following: (nick) => `You follow ${nick}.`,
  unfollowed: (nick) => `You do not follow ${nick} any more.`,

  isMuted: (nick) => `You see nothing of ${nick} any more. They are not told.`,
  isUnmuted: (nick) => `You see ${nick} again.`,
  isBlocked: (nick) => `Neither of you sees the other: ${nick} is blocked.`,
  isUnblocked: (nick) => `${nick} is not blocked any more.`,
  bookmarked: 'Kept: “bookmarks” shows it.',
  unbookmarked: 'Not kept any more.',
  noLists: 'You have no lists. “enlist NICK NAME” makes one.',
  list: (name, people) => `${name} · ${people} ${people === 1 ? 'person' : 'people'}`,
  enlisted: (nick, list) => `${nick} is in “${list}”.`,
  unlisted: (nick, list) => `${nick} is not in “${list}” any more.`,
  reported: 'The moderators are told. Who is reported is not.',
  reasonWords: {
    spam: 'spam',
    abuse: 'abuse',
    sensitive: 'sensitive',
    impersonation: 'impersonation',
    illegal: 'illegal',
    other: 'other',
  },
  caughtUp: 'All counts as seen.',
  isAttached: (name, count) =>
    count === 1
      ? `Your next dweet shows ${name}.`
      : `Your next dweet shows ${name}, too: ${count} in all.`,
  attachedFull: (max) => `A dweet shows ${max} at most. “detach” gives them up.`,
  noneAttached: 'Nothing is attached.',
  detached: 'Your next dweet shows nothing.',
  exported: (path, size) => `All of your own is in ${path} (${size}).`,

  unread: (count, number) =>
    `${count} new ${number === 1 ? 'notification' : 'notifications'}: “notifications” shows them.`,
  unseen: (count) => `${counted(count, 'unseen dweet')}: “new” shows them.`,
  moreUnseen: (count) => `${count} more unseen: “new” goes on.`,
  noneUnseen: 'Nothing unseen. Older ones:',
  nothingNew: 'Nothing new. “follow NICK” brings somebody’s dweets here.',
  seenAll: 'You have seen everything; “home” shows it again.',
  nothingFound: 'There is nothing.',
  goesOn: '“more” goes on.',
  noMore: 'That was all.',
  incomplete: (nicks) => `Not to be read now: dweets of ${nicks}. Nothing of theirs is lost.`,

  answers: (nick) => `answers ${nick}`,
  redweet: (by, of) => `${by} redweeted ${of}`,
  wasDeleted: 'This dweet was deleted by its author.',
  isHidden: 'This dweet is not for you any more. “unredweet” stops showing it.',
  wasRemoved: 'This dweet was removed by a moderator.',
  wasEdited: 'edited',
  link: 'link',
  attached: { picture: 'picture', video: 'film', audio: 'sound', file: 'file' },
  forFollowers: 'for followers',
  warns: (warning) => `Warning: ${warning}`,
  warnedBy: (warning) => `Warning of moderators: ${warning}`,
  howToOpen: '(“show” shows the text)',
  replies: (count) => counted(count, 'reply', 'replies'),
  redweets: (count) => counted(count, 'redweet'),
  likes: (count) => counted(count, 'like'),
  isLiked: 'you like it',
  isRedweeted: 'you redweeted it',
  joined: (date) => `since ${date}`,
  counts: ({ dweets, following, followers }) =>
    `${counted(dweets, 'dweet')} · follows ${following} · ${counted(followers, 'follower')}`,
  related: {
    mutual: 'you follow each other',
    following: 'you follow them',
    followedBy: 'follows you',
    muted: 'muted',
    blocked: 'blocked',
  },
  follows: (nicks) => `Follows: ${nicks}`,
  followedBy: (nicks) => `Followed by: ${nicks}`,
  nobody: 'nobody',
  notified: {
    mention: (nick) => `${nick} mentioned you`,
    reply: (nick) => `${nick} answered you`,
    redweet: (nick) => `${nick} redweeted you`,
    like: (nick) => `${nick} likes your dweet`,
    follow: (nick) => `${nick} follows you`,
    moderated: () => 'A moderator has decided:',
  },
  decided: {
    dismiss: 'nothing is to be done',
    remove: 'this dweet of yours was removed',
    warn: 'a warning stands before this dweet of yours',
    free: 'the warning before this dweet of yours is taken off',
    limit: 'what you publish is for your followers alone',
    suspend: 'you may not publish, redweet, like or follow',
    lift: 'you may dweet as before',
    reason: (reason) => `reason: ${reason}`,
    until: (time) => `until ${time}`,
  },
  reasons: {
    spam: 'spam',
    abuse: 'abuse or harassment',
    sensitive: 'sensitive without a warning',
    impersonation: 'impersonation',
    illegal: 'illegal',
    other: 'something else',
  },
  noNotifications: 'Nothing happened yet.',
  spoke: (nick, text) => `${nick}: ${text}`,
  shared: (nick, of, text) => `${nick} redweeted ${of}: ${text}`,
  moreSpoke: (count) => `${counted(count, 'more new dweet')}: “new” shows them.`,
  language: 'English it is.',

  refused: ({ code, text }) => (Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined) ?? text,
}

const MISSING = {
  nick: 'Whose? Give a nick.',
  number: 'Which one? Give its number, such as 3 for [3].',
  text: 'What text? Write it behind the number.',
  words: 'For what? Give words, or a #tag.',
  language: 'Which one: “lang en” or “lang es”?',
  list: 'Which list? Give its name.',
  tag: 'Which tag?',
  file: 'Which file? Give its path.',
} as const

/** In place of texts that speak of members: the ring is one to whoever talks with it. */
const REFUSALS: Readonly<Record<string, string>> = {
  LOGIN_FIRST: 'Log in first.',
  OUTCOME_UNKNOWN: 'The ring did not answer in time. It is safe to try again.',
  RING_NOT_REACHABLE: 'The ring does not answer.',
  STORE_UNAVAILABLE: 'Too few machines are up to save this safely. Nothing was changed.',
}
