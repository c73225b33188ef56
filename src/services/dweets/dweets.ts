/** The microblog over the ring's store. */
import type { Clock } from '../../effects/clock.ts'
import type { CallOptions, Store, WriteOptions } from '../../store/types.ts'
import type {
  Dweet,
  DweetChange,
  DweetEvent,
  DweetHistory,
  DweetThread,
  FollowHow,
  NewDweets,
  NotificationPage,
  PeoplePage,
  Profile,
  ProfileChange,
  PublicationPage,
  Redweet,
  Relationship,
} from '../../wire/api-dweets.ts'
import { Following } from './following.ts'
import { Lists } from './lists/lists.ts'
import { RingLookups } from './lookups.ts'
import { RingNotices } from './notices.ts'
import type { DweetParts } from './parts.ts'
import { Publishing } from './publishing.ts'
import { Reports } from './reports/reports.ts'
import { SingleReads } from './single-reads.ts'
import { Circles } from './timelines/circles.ts'
import { eventsOf } from './timelines/events.ts'
import { Heads } from './timelines/heads.ts'
import { News } from './timelines/news.ts'
import { Notifications } from './timelines/notifications.ts'
import { OwnLists } from './timelines/own-lists.ts'
import { Timelines } from './timelines/timelines.ts'
import { Watches } from './timelines/watches.ts'
import type { Dweeter, Dweets, DweetToPublish, EventTopic, PageOf, SearchPageOf } from './types.ts'

export interface RingDweetsParts extends DweetParts {
  readonly store: Pick<Store, 'get' | 'list' | 'read' | 'call' | 'watch'>
  readonly clock: Clock
}

type TimedDweetParts = DweetParts & { readonly own: OwnLists; readonly clock: Clock }

export class RingDweets implements Dweets {
  readonly lists: Lists
  readonly reports: Reports
  readonly lookups: RingLookups
  readonly notices: RingNotices
  readonly #parts: TimedDweetParts
  readonly #watches: Watches
  readonly #reads: SingleReads
  readonly #publishing: Publishing
  readonly #following: Following
  readonly #timelines: Timelines
  readonly #news: News
  readonly #notifications: Notifications

  constructor(parts: RingDweetsParts) {
    this.#watches = new Watches(parts)
    this.#reads = new SingleReads(parts)
    this.#publishing = new Publishing(parts, this.#reads)
    const own = new OwnLists(parts.store)
    this.#parts = { ...parts, own }
    const kept = { own, heads: new Heads(parts.store), circles: new Circles(parts.store, own) }
    this.#following = new Following({ ...parts, ...kept })
    this.#timelines = new Timelines({ ...parts, ...kept })
    this.reports = new Reports(parts, this.#reads)
    this.lists = new Lists(parts, this.#timelines)
    this.#news = new News({ ...parts, ...kept })
    this.#notifications = new Notifications(this.#parts)
    this.lookups = new RingLookups({
      parts: this.#parts,
      reads: this.#reads,
      timelines: this.#timelines,
    })
    this.notices = new RingNotices({ parts: this.#parts, notifications: this.#notifications })
  }

  publish(who: Dweeter, dweet: DweetToPublish, options?: WriteOptions): Promise<Dweet> {
    return this.#publishing.publish(who, dweet, options)
  }

  dweet(who: Dweeter, id: string, options?: CallOptions): Promise<Dweet> {
    return this.#reads.dweet(who, id, options)
  }

  edit(who: Dweeter, id: string, change: DweetChange, options?: WriteOptions): Promise<Dweet> {
    return this.#publishing.edit(who, id, change, options)
  }

  remove(who: Dweeter, id: string): Promise<string | undefined> {
    return this.#publishing.remove(who, id)
  }

  history(who: Dweeter, id: string): Promise<DweetHistory> {
    return this.#reads.history(who, id)
  }

  thread(who: Dweeter, id: string): Promise<DweetThread> {
    return this.#reads.thread(who, id)
  }

  redweet(who: Dweeter, id: string): Promise<Redweet> {
    return this.#publishing.redweet(who, id)
  }

  unredweet(who: Dweeter, id: string): Promise<boolean> {
    return this.#publishing.unredweet(who, id)
  }

  like(who: Dweeter, id: string, isLiked: boolean): Promise<Dweet> {
    return this.#publishing.like(who, id, isLiked)
  }

  bookmark(who: Dweeter, id: string, isKept: boolean): Promise<Dweet> {
    return this.#publishing.bookmark(who, id, isKept)
  }

  follow(who: Dweeter, nick: string, how: FollowHow): Promise<Relationship> {
    return this.#following.follow(who, nick, how)
  }

  unfollow(who: Dweeter, nick: string): Promise<Relationship> {
    return this.#following.unfollow(who, nick)
  }

  mute(who: Dweeter, nick: string, isMuted: boolean): Promise<Relationship> {
    return this.#following.mute(who, nick, isMuted)
  }

  block(who: Dweeter, nick: string, isBlocked: boolean): Promise<Relationship> {
    return this.#following.block(who, nick, isBlocked)
  }

  followers(_who: Dweeter, nick: string, page: PageOf): Promise<PeoplePage> {
    return this.#following.people('er', nick, page)
  }

  following(_who: Dweeter, nick: string, page: PageOf): Promise<PeoplePage> {
    return this.#following.people('ing', nick, page)
  }

  profile(who: Dweeter, nick: string): Promise<Profile> {
    return this.#following.profile(who, nick)
  }

  changeProfile(who: Dweeter, change: ProfileChange): Promise<Profile> {
    return this.#following.changeProfile(who, change)
  }

  bookmarks(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    return this.#timelines.bookmarks(who, page)
  }

  publicationsOf(who: Dweeter, nick: string, page: PageOf): Promise<PublicationPage> {
    return this.#timelines.publicationsOf(who, nick, page)
  }

  home(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    return this.#timelines.home(who, page)
  }

  local(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    return this.#timelines.local(who, page)
  }

  tagged(who: Dweeter, tag: string, page: PageOf): Promise<PublicationPage> {
    return this.#timelines.tagged(who, tag, page)
  }

  search(who: Dweeter, words: string, page: SearchPageOf): Promise<PublicationPage> {
    return this.#timelines.search(who, words, page)
  }

  fresh(who: Dweeter, limit: number): Promise<NewDweets> {
    return this.#news.fresh(who, limit)
  }

  acknowledge(who: Dweeter, token: string): Promise<void> {
    return this.#news.acknowledge(who, token)
  }

  catchUp(who: Dweeter): Promise<void> {
    return this.#news.catchUp(who)
  }

  notifications(who: Dweeter, page: PageOf): Promise<NotificationPage> {
    return this.#notifications.list(who, page)
  }

  clearNotifications(who: Dweeter): Promise<void> {
    return this.#notifications.clear(who)
  }

  events(who: Dweeter, signal: AbortSignal, topic?: EventTopic): AsyncIterable<DweetEvent> {
    return eventsOf({ ...this.#parts, watches: this.#watches }, who, signal, topic)
  }
}
