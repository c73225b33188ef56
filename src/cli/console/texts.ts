/** What the console says; in which words, `texts.en.ts` and `texts.es.ts` have. */
import type { AttachmentKind } from '../../wire/api-attachments.ts'
import type { NotificationKind } from '../../wire/api-dweets.ts'
import type { DecisionKind, ReportReason } from '../../wire/api-reports.ts'
import type { Refusal } from './requests.ts'

/** What stands behind a verb. */
export type What = 'nick' | 'number' | 'text' | 'words' | 'language' | 'list' | 'tag' | 'file'

export interface Texts {
  /** January first. */
  readonly months: readonly string[]
  readonly help: readonly (readonly [words: string, does: string])[]
  /** What is asked for less often. */
  readonly helpMore: Texts['help']
  readonly helpEnd: string
  readonly howToLeave: string

  readonly welcome: string
  readonly welcomeBack: (nick: string) => string
  readonly loggedIn: (nick: string) => string
  readonly loggedOut: string
  readonly forgotten: string
  readonly forgottenHere: string
  readonly notLoggedOut: string
  readonly sessionEnded: string
  readonly loginFirst: string
  readonly askNick: string
  readonly askName: (nick: string) => string
  readonly askPassword: string
  readonly askNewPassword: string
  readonly askSamePassword: string
  readonly differ: string
  readonly nickUnfit: string
  readonly askText: string
  readonly askDescription: string
  readonly askForget: (count: number) => string
  /** In lower case, as `askForget` asks for it. */
  readonly yes: string

  readonly unknownWord: (word: string, like: readonly string[]) => string
  /** The shell has it. */
  readonly ofCommands: (word: string, command: string) => string
  readonly missing: (what: What) => string
  readonly noNumber: (word: string) => string
  readonly tooLong: (characters: number, max: number) => string
  readonly empty: string
  readonly gone: string

  readonly saved: (time: string | undefined) => string
  readonly offline: (time: string | undefined) => string
  /** Beside the nick. */
  readonly offlineWord: string
  readonly online: string
  readonly needsRing: string
  /** Where nobody is logged in, and no door answers; `start`: a command. */
  readonly noRing: (doors: string, start: string) => string
  readonly nothingKept: string
  readonly unkept: (problem: string) => string

  readonly published: string
  readonly publishedLate: string
  readonly waits: (count: number) => string
  readonly waitsWhy: (why: string) => string
  readonly keptAsDraft: string
  readonly wasUncertain: (text: string) => string
  readonly leftWaiting: (count: number) => string
  readonly drafts: string
  readonly noDrafts: string
  readonly waiting: string
  readonly underWay: string
  readonly dropped: (text: string) => string

  readonly edited: string
  readonly deleted: (text: string) => string
  readonly redweeted: string
  readonly unredweeted: string
  readonly liked: string
  readonly unliked: string
  readonly following: (nick: string) => string
  readonly unfollowed: (nick: string) => string

  readonly isMuted: (nick: string) => string
  readonly isUnmuted: (nick: string) => string
  readonly isBlocked: (nick: string) => string
  readonly isUnblocked: (nick: string) => string
  readonly bookmarked: string
  readonly unbookmarked: string
  readonly noLists: string
  readonly list: (name: string, people: number) => string
  readonly enlisted: (nick: string, list: string) => string
  readonly unlisted: (nick: string, list: string) => string
  readonly reported: string
  /** Words for them, as they are typed. */
  readonly reasonWords: Readonly<Record<ReportReason, string>>
  readonly caughtUp: string
  readonly isAttached: (name: string, count: number) => string
  readonly attachedFull: (max: number) => string
  readonly noneAttached: string
  readonly detached: string
  readonly exported: (path: string, size: string) => string

  /** Notifications that were not told here; `count`: as text, with a sign that there are more. */
  readonly unread: (count: string, number: number) => string
  readonly unseen: (count: number) => string
  readonly moreUnseen: (count: number) => string
  readonly noneUnseen: string
  /** To whoever has seen nothing ever. */
  readonly nothingNew: string
  readonly seenAll: string
  readonly nothingFound: string
  readonly goesOn: string
  readonly noMore: string
  readonly incomplete: (nicks: string) => string

  readonly answers: (nick: string) => string
  readonly redweet: (by: string, of: string) => string
  readonly wasDeleted: string
  readonly wasRemoved: string
  readonly isHidden: string
  readonly wasEdited: string
  /** Before what an address leads to. */
  readonly link: string
  /** What kind of thing is shown with a dweet. */
  readonly attached: Readonly<Record<AttachmentKind, string>>
  readonly forFollowers: string
  readonly warns: (warning: string) => string
  /** Moderators put it there. */
  readonly warnedBy: (warning: string) => string
  readonly howToOpen: string
  readonly replies: (count: number) => string
  readonly redweets: (count: number) => string
  readonly likes: (count: number) => string
  readonly isLiked: string
  readonly isRedweeted: string
  readonly joined: (date: string) => string
  readonly counts: (counts: {
    readonly dweets: number
    readonly following: number
    readonly followers: number
  }) => string
  readonly related: {
    readonly mutual: string
    readonly following: string
    readonly followedBy: string
    readonly muted: string
    readonly blocked: string
  }
  readonly follows: (nicks: string) => string
  readonly followedBy: (nicks: string) => string
  readonly nobody: string
  readonly notified: Readonly<Record<NotificationKind, (nick: string) => string>>
  /** What moderators decided about whoever reads it; `free`: a warning is taken off. */
  readonly decided: Readonly<Record<DecisionKind | 'free', string>> & {
    readonly reason: (reason: string) => string
    readonly until: (time: string) => string
  }
  readonly reasons: Readonly<Record<ReportReason, string>>
  readonly noNotifications: string
  readonly spoke: (nick: string, text: string) => string
  readonly shared: (nick: string, of: string, text: string) => string
  readonly moreSpoke: (count: number) => string
  readonly language: string

  /** What is told of an error; its text in English where there is no other. */
  readonly refused: (refusal: Refusal) => string
}
