/**
 * The microblog as doors see it. What was answered is on disk on a majority; reads are
 * linearizable, but for likes, followers and notifications of others, which come as messages of
 * the store (each once, some milliseconds later, or when its partition is whole again).
 *
 * All reject with AnilloError. Besides what is said below: STORE_UNAVAILABLE (surely nothing was
 * changed), OUTCOME_UNKNOWN, BUSY, BAD_REQUEST (a cursor or token that is none).
 */
import type { CallOptions, WriteOptions } from '../../store/types.ts'
import type { DweetList, DweetListPage, NewDweetList } from '../../wire/api-dweet-lists.ts'
import type {
  Dweet,
  DweetChange,
  DweetEvent,
  DweetHistory,
  DweetThread,
  FollowHow,
  NewDweet,
  NewDweets,
  Notification,
  NotificationPage,
  PeoplePage,
  Profile,
  ProfileChange,
  PublicationPage,
  Redweet,
  Relationship,
} from '../../wire/api-dweets.ts'
import type {
  NewDecision,
  NewReport,
  ReportCase,
  ReportPage,
  ReportQueue,
  ReportReceipt,
} from '../../wire/api-reports.ts'

/** What waits for the dweet is its own from then on. */
export interface UsedAttachment {
  readonly id: string
  /** In place of what was said when it was sent. */
  readonly description?: string
}

export type DweetToPublish = Omit<NewDweet, 'attachments'> & {
  readonly attachments?: readonly UsedAttachment[]
}

/** Who asks. */
export interface Dweeter {
  /** Folded. */
  readonly nick: string
  /** May delete others' dweets. */
  readonly isModerator: boolean
}

export interface PageOf {
  readonly cursor?: string
  readonly limit: number
}

export interface SearchPageOf extends PageOf {
  /** `everybody`: also public dweets of those whom who asks does not follow. */
  readonly among?: SearchedAmong
}

export const SEARCHED_AMONG = ['followed', 'everybody'] as const
export type SearchedAmong = (typeof SEARCHED_AMONG)[number]

/** Further lists. */
export interface DweetLookups {
  /** What who asks likes, the newest dweets first. */
  liked(who: Dweeter, page: PageOf): Promise<PublicationPage>
  /** Who likes or redweeted it, by nick. @throws AnilloError DWEET_GONE */
  reactors(who: Dweeter, id: string, kind: 'like' | 'redweet', page: PageOf): Promise<PeoplePage>
  /** Whom who asks muted or blocked, by nick. */
  hidden(who: Dweeter, kind: 'mute' | 'block', page: PageOf): Promise<PeoplePage>
}

/** Lists of which programs keep how far somebody has read. */
export const READ_LISTS = ['home', 'notifications'] as const
/** Those, and the feed of all services (`/v1/feed`). */
export const MARKED_LISTS = [...READ_LISTS, 'feed'] as const
export type ReadList = (typeof MARKED_LISTS)[number]

export interface ReadMark {
  readonly id: string
  /** One more each time. */
  readonly version: number
  readonly updatedAtMs: number
}

/** Notifications one by one, and places in lists that programs keep for each other. */
export interface Notices {
  /** @throws AnilloError NOT_FOUND */
  find(who: Dweeter, id: string): Promise<Notification>
  /** Done again it changes nothing. @throws AnilloError NOT_FOUND: somebody else's */
  dismiss(who: Dweeter, id: string): Promise<void>
  marks(who: Dweeter): Promise<Partial<Record<ReadList, ReadMark>>>
  mark(who: Dweeter, list: ReadList, id: string): Promise<ReadMark>
}

/** Which of what happens a stream tells. */
export type EventTopic =
  /** Of those whom somebody follows, of themselves, and what concerns them. */
  | { readonly kind: 'home' }
  /** Public dweets of all: what comes and goes of them. */
  | { readonly kind: 'local' }
  /** Public dweets with a tag: what comes and goes of them. */
  | { readonly kind: 'tag'; readonly tag: string }
  /** Of those in a list of theirs. */
  | { readonly kind: 'list'; readonly id: string }

export interface Dweets {
  readonly lists: DweetLists
  readonly reports: DweetReports
  readonly lookups: DweetLookups
  readonly notices: Notices

  /**
   * @throws AnilloError DWEET_EMPTY, DWEET_TOO_LONG, DWEET_UNFIT (control characters),
   * WARNING_UNFIT, DWEET_GONE (what it answers), ATTACHMENT_GONE, ATTACHMENTS_TOO_MANY,
   * DESCRIPTION_UNFIT, SLOW_DOWN, RETRY_MISMATCH
   */
  publish(who: Dweeter, dweet: DweetToPublish, options?: WriteOptions): Promise<Dweet>
  /** @throws AnilloError DWEET_GONE, also where who asks may not see it */
  dweet(who: Dweeter, id: string, options?: CallOptions): Promise<Dweet>
  /** By its author alone. @throws AnilloError DWEET_GONE, FORBIDDEN, as `publish`; EDITS_FULL */
  edit(who: Dweeter, id: string, change: DweetChange, options?: WriteOptions): Promise<Dweet>
  /**
   * By its author, or a moderator, as if it had been reported; done again it changes nothing.
   * @returns whose dweet a moderator removed
   * @throws AnilloError FORBIDDEN
   */
  remove(who: Dweeter, id: string): Promise<string | undefined>
  /** @throws AnilloError DWEET_GONE */
  history(who: Dweeter, id: string): Promise<DweetHistory>
  /** @throws AnilloError DWEET_GONE */
  thread(who: Dweeter, id: string): Promise<DweetThread>

  /**
   * Twice is once; of a redweet, the original. @throws AnilloError DWEET_GONE, FORBIDDEN (for
   * followers only)
   */
  redweet(who: Dweeter, id: string): Promise<Redweet>
  /**
   * Of a dweet, or of the redweet itself; also where who asks may not see the dweet any more.
   * @returns whether there was one
   */
  unredweet(who: Dweeter, id: string): Promise<boolean>
  /** @throws AnilloError DWEET_GONE */
  like(who: Dweeter, id: string, isLiked: boolean): Promise<Dweet>
  /** @throws AnilloError DWEET_GONE */
  bookmark(who: Dweeter, id: string, isKept: boolean): Promise<Dweet>

  /**
   * Done again it changes at most whether redweets are shown, where that is said.
   * @throws AnilloError NO_USER, DWEET_SELF_FOLLOW, FOLLOWS_FULL, FORBIDDEN (one has blocked the
   * other)
   */
  follow(who: Dweeter, nick: string, how: FollowHow): Promise<Relationship>
  unfollow(who: Dweeter, nick: string): Promise<Relationship>
  /** Lists show nothing of theirs to who asks; they are not told. @throws NO_USER, MUTES_FULL */
  mute(who: Dweeter, nick: string, isMuted: boolean): Promise<Relationship>
  /**
   * Neither sees the other, and neither follows the other any more. @throws NO_USER, BLOCKS_FULL
   */
  block(who: Dweeter, nick: string, isBlocked: boolean): Promise<Relationship>
  followers(who: Dweeter, nick: string, page: PageOf): Promise<PeoplePage>
  following(who: Dweeter, nick: string, page: PageOf): Promise<PeoplePage>

  /** @throws AnilloError NO_USER */
  profile(who: Dweeter, nick: string): Promise<Profile>
  /** Of who asks. @throws AnilloError BIO_UNFIT */
  changeProfile(who: Dweeter, change: ProfileChange): Promise<Profile>

  /** Of those that may be seen, the newest dweets first. */
  bookmarks(who: Dweeter, page: PageOf): Promise<PublicationPage>
  /**
   * All dweets and redweets that may be seen, newest first; of who asks, also redweets of what is
   * not for them any more. @throws AnilloError NO_USER
   */
  publicationsOf(who: Dweeter, nick: string, page: PageOf): Promise<PublicationPage>
  /** Of those whom who asks follows, and their own; newest first. */
  home(who: Dweeter, page: PageOf): Promise<PublicationPage>
  /** Public dweets of all. */
  local(who: Dweeter, page: PageOf): Promise<PublicationPage>
  tagged(who: Dweeter, tag: string, page: PageOf): Promise<PublicationPage>
  /** Dweets of who asks and of those they follow that have each of the words. */
  search(who: Dweeter, words: string, page: SearchPageOf): Promise<PublicationPage>

  /** Unseen first. Changes nothing: what is not acknowledged comes again. */
  fresh(who: Dweeter, limit: number): Promise<NewDweets>
  /** Done again, or behind a later one, it changes nothing. */
  acknowledge(who: Dweeter, token: string): Promise<void>
  /** Of those who cannot be read now, nothing counts as seen. */
  catchUp(who: Dweeter): Promise<void>

  notifications(who: Dweeter, page: PageOf): Promise<NotificationPage>
  /** Those that there are now. */
  clearNotifications(who: Dweeter): Promise<void>

  /**
   * From now on, until the signal. A reader that lags is told `resync`; who asks follows somebody
   * else, too: theirs from then on may have been missed.
   * @param topic absent: home
   * @throws AnilloError LIST_GONE, also once it is deleted
   */
  events(who: Dweeter, signal: AbortSignal, topic?: EventTopic): AsyncIterable<DweetEvent>
}

/** Lists of people, each for whoever made it alone: of another's nobody learns that it is there. */
export interface DweetLists {
  /** All, in the order in which they were made. */
  all(who: Dweeter): Promise<DweetListPage>
  /** @throws AnilloError LIST_NAME_UNFIT, LIST_TAKEN, LISTS_FULL, RETRY_MISMATCH */
  make(who: Dweeter, list: NewDweetList, options?: WriteOptions): Promise<DweetList>
  /** @throws AnilloError LIST_GONE */
  find(who: Dweeter, id: string): Promise<DweetList>
  /** @throws AnilloError LIST_GONE, LIST_NAME_UNFIT, LIST_TAKEN */
  rename(who: Dweeter, id: string, list: NewDweetList): Promise<DweetList>
  /** Done again it changes nothing. */
  remove(who: Dweeter, id: string): Promise<void>
  /** By nick. @throws AnilloError LIST_GONE */
  people(who: Dweeter, id: string, page: PageOf): Promise<PeoplePage>
  /**
   * Whoever it is: they need not be followed, are not told, and may be taken out when their account
   * is gone. Done again it changes nothing. @throws AnilloError LIST_GONE, LIST_FULL, NO_USER
   */
  put(who: Dweeter, id: string, nick: string, isIn: boolean): Promise<DweetList>
  /** Own ones in which somebody is. @throws AnilloError NO_USER */
  with(who: Dweeter, nick: string): Promise<DweetListPage>
  /** What the people in it published, newest first; nothing of those who are muted. */
  publications(who: Dweeter, id: string, page: PageOf): Promise<PublicationPage>
}

export interface QueuePageOf extends PageOf {
  readonly state: 'open' | 'closed'
}

/**
 * Reports, and what moderators do with them. Who reports is told to moderators alone, and to none
 * of them who is reported. Of a dweet that nobody reported moderators see nothing here.
 */
export interface DweetReports {
  /**
   * Anybody of what they may see: of one dweet once, whatever is said again; of a person once a
   * day. @throws AnilloError DWEET_GONE, DWEET_REMOVED, NO_USER, FORBIDDEN (own), NOTE_UNFIT,
   * SLOW_DOWN
   */
  report(who: Dweeter, report: NewReport): Promise<ReportReceipt>
  /** Open ones, the oldest first; closed ones, the newest first. @throws PERMISSION_MISSING */
  queue(who: Dweeter, page: QueuePageOf): Promise<ReportQueue>
  /** @throws AnilloError PERMISSION_MISSING, REPORT_GONE, also of what is about who asks */
  find(who: Dweeter, id: string): Promise<ReportCase>
  /** By nick. @throws as `find` */
  reports(who: Dweeter, id: string, page: PageOf): Promise<ReportPage>
  /**
   * Whom it concerns is told what, and why, not by whom; it counts when it is answered. A closed
   * case may be decided anew. @throws as `find`, and REPORT_DECIDED, WARNING_UNFIT, NOTE_UNFIT
   */
  decide(
    who: Dweeter,
    id: string,
    decision: NewDecision,
    options?: WriteOptions,
  ): Promise<ReportCase>
}
