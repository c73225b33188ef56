/** What a console asks of the ring, and what it is answered. */
import type { Attachment } from '../../wire/api-attachments.ts'
import type { DweetList } from '../../wire/api-dweet-lists.ts'
import type {
  Dweet,
  DweetChange,
  DweetThread,
  NewDweet,
  NewDweets,
  NotificationPage,
  PeoplePage,
  Profile,
  PublicationPage,
  Redweet,
  Relationship,
} from '../../wire/api-dweets.ts'
import type { NewReport, ReportReceipt } from '../../wire/api-reports.ts'
import type { Question } from './question.ts'

/** Who is logged in. */
export interface Account {
  readonly nick: string
}

/** A list that goes on as long as there is more. */
export type List =
  | { readonly of: 'home' }
  | { readonly of: 'local' }
  | { readonly of: 'search'; readonly words: string }
  | { readonly of: 'tag'; readonly tag: string }
  | { readonly of: 'person'; readonly nick: string }
  | { readonly of: 'bookmarks' }
  /** Of people, made by who asks. */
  | { readonly of: 'list'; readonly name: string }

export interface ListPlace {
  readonly list: List
  readonly cursor?: string
}

/** By kind: what is asked, and what is answered. */
interface Exchanges {
  /** Whether a door answers; `next` is asked of the person once one does. */
  readonly greet: [{ readonly next?: Question }, void]
  readonly register: [
    { readonly nick: string; readonly name: string; readonly password: string },
    Account,
  ]
  readonly logIn: [{ readonly nick: string; readonly password: string }, Account]
  readonly logOut: [{ readonly everywhere: boolean; readonly forget: boolean }, void]
  readonly publish: [{ readonly key: string; readonly dweet: NewDweet }, Dweet]
  readonly list: [ListPlace & { readonly limit: number }, PublicationPage]
  readonly profile: [
    { readonly nick: string; readonly limit: number },
    { readonly profile: Profile; readonly page: PublicationPage },
  ]
  /** `isProbe`: whether the ring is there, and how much is unseen; nothing of it is shown. */
  readonly fresh: [{ readonly limit: number; readonly isProbe: boolean }, NewDweets]
  readonly acknowledge: [{ readonly token: string }, void]
  readonly thread: [{ readonly id: string }, DweetThread]
  readonly redweet: [{ readonly id: string }, Redweet]
  readonly unredweet: [{ readonly id: string }, void]
  readonly like: [{ readonly id: string; readonly isLiked: boolean }, Dweet]
  readonly edit: [{ readonly id: string; readonly change: DweetChange }, Dweet]
  readonly remove: [{ readonly id: string }, void]
  readonly follow: [{ readonly nick: string; readonly follows: boolean }, Relationship]
  readonly people: [
    { readonly nick: string; readonly limit: number },
    {
      readonly profile: Profile
      readonly following: PeoplePage
      readonly followers: PeoplePage
    },
  ]
  /** `isProbe`: how many there are that were not told yet; they are not shown. */
  readonly notifications: [
    { readonly limit: number; readonly cursor?: string; readonly isProbe?: true },
    NotificationPage,
  ]
  readonly mute: [{ readonly nick: string; readonly isMuted: boolean }, Relationship]
  readonly block: [{ readonly nick: string; readonly isBlocked: boolean }, Relationship]
  readonly bookmark: [{ readonly id: string; readonly isKept: boolean }, Dweet]
  readonly lists: [object, readonly DweetList[]]
  /** A list that is not there is made for whoever comes into it. */
  readonly enlist: [
    { readonly name: string; readonly nick: string; readonly isIn: boolean },
    DweetList,
  ]
  readonly report: [{ readonly report: NewReport }, ReportReceipt]
  readonly catchUp: [object, void]
  /** A file of this computer. */
  readonly attach: [{ readonly path: string; readonly description: string }, Attachment]
  readonly export: [{ readonly path: string }, { readonly bytes: number }]
}

export type RequestKind = keyof Exchanges

export type RequestOf<K extends RequestKind> = { readonly kind: K } & Exchanges[K][0]
export type Request = { [K in RequestKind]: RequestOf<K> }[RequestKind]

export type ValueOf<K extends RequestKind> = Exchanges[K][1]

/** A request with what came of it. */
export type Answer = {
  [K in RequestKind]: {
    readonly kind: K
    readonly request: RequestOf<K>
    readonly value: ValueOf<K>
  }
}[RequestKind]

/** An error of the ring, or that there is none. */
export interface Refusal {
  /** As in docs/ERRORS.md. */
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>
  /** In English. */
  readonly text: string
  /** The same request may do later. */
  readonly isPassing: boolean
}
