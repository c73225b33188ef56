/**
 * The microblog through the REST API, as the account that asks. A change is repeated under its key,
 * so that it is made once; most are the same done again.
 */
import type { Static, TSchema } from 'typebox'
import { Check } from 'typebox/value'

import { MINUTE_MS, SECOND_MS } from '../base/limits.ts'
import { Attachment } from '../wire/api-attachments.ts'
import {
  Dweet,
  DweetEvent,
  DweetHistory,
  DweetThread,
  NewDweets,
  NotificationPage,
  PeoplePage,
  Profile,
  PublicationPage,
  Redweet,
  Relationship,
  type DweetChange,
  type FollowHow,
  type NewDweet,
  type ProfileChange,
} from '../wire/api-dweets.ts'
import { DweetLists } from './dweet-lists.ts'
import { DweetReports } from './dweet-reports.ts'
import { eventTexts, parsedEvent } from './event-stream.ts'
import { queryOf, type PageAsk, type Query } from './query.ts'
import { Resource, type Asking } from './resource.ts'

/** A change is written on a majority; a list asks many partitions at once. */
const TIMEOUT_MS = 20 * SECOND_MS
/** Between two connections of a stream. */
const RECONNECT_PAUSE_MS = 500

/** 100 MiB over a slow line. */
const ATTACH_TIMEOUT_MS = 30 * MINUTE_MS

const DWEETS = '/v1/dweets'
const NOTIFICATIONS = '/v1/notifications'

export interface AttachmentSource {
  readonly name: string
  /** For whoever does not see it. */
  readonly description?: string
  /** From its begin, each time. */
  open(): AsyncIterable<Uint8Array>
}

export interface PublishHow {
  /**
   * The Idempotency-Key: sent again with it within a day, it is published once. Absent: one of its
   * own.
   */
  readonly key?: string
}

export class Dweets extends Resource {
  readonly #asking: Asking
  readonly #pause: (delayMs: number) => Promise<void>

  readonly lists: DweetLists
  readonly reports: DweetReports

  constructor(asking: Asking, pause: (delayMs: number) => Promise<void>) {
    super(asking, TIMEOUT_MS)
    this.reports = new DweetReports(asking, TIMEOUT_MS)
    this.lists = new DweetLists(asking, TIMEOUT_MS)
    this.#asking = asking
    this.#pause = pause
  }

  /**
   * @throws AnilloError DWEET_EMPTY, DWEET_TOO_LONG, DWEET_UNFIT, WARNING_UNFIT, DWEET_GONE (what
   * it answers), SLOW_DOWN, RETRY_MISMATCH
   */
  publish(body: NewDweet, { key }: PublishHow = {}): Promise<Dweet> {
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    return this.ask(Dweet, { method: 'POST', path: DWEETS, body, headers, as: 'somebody' })
  }

  /**
   * Sends what is to be shown with a dweet, which names it by its id within 12 hours.
   * @throws AnilloError ATTACHMENT_LARGE, ATTACHMENT_UNFIT, ATTACHMENTS_FULL, DESCRIPTION_UNFIT,
   * QUOTA_FULL
   */
  attach({ description, name, open }: AttachmentSource): Promise<Attachment> {
    return this.ask(Attachment, {
      method: 'POST',
      path: `${DWEETS}/attachments${queryOf({ name, description })}`,
      stream: () => ReadableStream.from(open()),
      headers: { 'content-type': 'application/octet-stream' },
      as: 'somebody',
      timeoutMs: ATTACH_TIMEOUT_MS,
    })
  }

  /**
   * What was sent, and no dweet uses; of one that a dweet uses, or that is none, nothing is done.
   */
  detach(id: string): Promise<void> {
    return this.#do('DELETE', `${DWEETS}/attachments/${encodeURIComponent(id)}`)
  }

  /** @throws AnilloError DWEET_GONE */
  dweet(id: string): Promise<Dweet> {
    return this.#look(Dweet, dweetPath(id))
  }

  /** @throws AnilloError DWEET_GONE, FORBIDDEN, EDITS_FULL, and as `publish` */
  edit(id: string, body: DweetChange, { key }: PublishHow = {}): Promise<Dweet> {
    const headers = key === undefined ? {} : { 'idempotency-key': key }
    const path = dweetPath(id)
    return this.ask(Dweet, { method: 'PATCH', path, body, headers, as: 'somebody' })
  }

  /** @throws AnilloError FORBIDDEN */
  remove(id: string): Promise<void> {
    return this.#do('DELETE', dweetPath(id))
  }

  /** Newest first. @throws AnilloError DWEET_GONE */
  history(id: string): Promise<DweetHistory> {
    return this.#look(DweetHistory, `${dweetPath(id)}/history`)
  }

  /** @throws AnilloError DWEET_GONE */
  thread(id: string): Promise<DweetThread> {
    return this.#look(DweetThread, `${dweetPath(id)}/thread`)
  }

  /** Twice is once. @throws AnilloError DWEET_GONE, FORBIDDEN */
  redweet(id: string): Promise<Redweet> {
    const path = `${dweetPath(id)}/redweet`
    return this.ask(Redweet, { method: 'POST', path, as: 'somebody' })
  }

  unredweet(id: string): Promise<void> {
    return this.#do('DELETE', `${dweetPath(id)}/redweet`)
  }

  /** @throws AnilloError DWEET_GONE */
  like(id: string, isLiked: boolean): Promise<Dweet> {
    return this.#set(Dweet, `${dweetPath(id)}/like`, isLiked)
  }

  /** @throws AnilloError DWEET_GONE */
  bookmark(id: string, isKept: boolean): Promise<Dweet> {
    return this.#set(Dweet, `${dweetPath(id)}/bookmark`, isKept)
  }

  bookmarks(page: PageAsk = {}): Promise<PublicationPage> {
    return this.#look(PublicationPage, `${DWEETS}/bookmarks`, page)
  }

  /** @throws AnilloError NO_USER, DWEET_SELF_FOLLOW, FOLLOWS_FULL, FORBIDDEN */
  follow(nick: string, body: FollowHow = {}): Promise<Relationship> {
    const path = `${userPath(nick)}/follow`
    return this.ask(Relationship, { method: 'PUT', path, body, as: 'somebody' })
  }

  /** @throws AnilloError NO_USER */
  unfollow(nick: string): Promise<Relationship> {
    return this.#set(Relationship, `${userPath(nick)}/follow`, false)
  }

  /** @throws AnilloError NO_USER, FORBIDDEN (oneself) */
  mute(nick: string, isMuted: boolean): Promise<Relationship> {
    return this.#set(Relationship, `${userPath(nick)}/mute`, isMuted)
  }

  /** @throws AnilloError NO_USER, FORBIDDEN (oneself) */
  block(nick: string, isBlocked: boolean): Promise<Relationship> {
    return this.#set(Relationship, `${userPath(nick)}/block`, isBlocked)
  }

  /** Own ones, by nick. */
  hidden(kind: 'mute' | 'block', page: PageAsk = {}): Promise<PeoplePage> {
    return this.#look(PeoplePage, `/v1/${kind}s`, page)
  }

  /** @throws AnilloError NO_USER */
  followers(nick: string, page: PageAsk = {}): Promise<PeoplePage> {
    return this.#look(PeoplePage, `${userPath(nick)}/followers`, page)
  }

  /** @throws AnilloError NO_USER */
  following(nick: string, page: PageAsk = {}): Promise<PeoplePage> {
    return this.#look(PeoplePage, `${userPath(nick)}/following`, page)
  }

  /** @throws AnilloError NO_USER */
  profile(nick: string): Promise<Profile> {
    return this.#look(Profile, `${userPath(nick)}/profile`)
  }

  /** @param nick one’s own. @throws AnilloError BIO_UNFIT, FORBIDDEN */
  changeProfile(nick: string, body: ProfileChange): Promise<Profile> {
    const path = `${userPath(nick)}/profile`
    return this.ask(Profile, { method: 'PATCH', path, body, as: 'somebody' })
  }

  /** Newest first. @throws AnilloError NO_USER */
  publicationsOf(nick: string, page: PageAsk = {}): Promise<PublicationPage> {
    return this.#look(PublicationPage, `${userPath(nick)}/dweets`, page)
  }

  home(page: PageAsk = {}): Promise<PublicationPage> {
    return this.#look(PublicationPage, `${DWEETS}/home`, page)
  }

  local(page: PageAsk = {}): Promise<PublicationPage> {
    return this.#look(PublicationPage, `${DWEETS}/local`, page)
  }

  /** @param tag without `#` */
  tagged(tag: string, page: PageAsk = {}): Promise<PublicationPage> {
    return this.#look(PublicationPage, `${DWEETS}/tags/${encodeURIComponent(tag)}`, page)
  }

  search(words: string, page: PageAsk = {}): Promise<PublicationPage> {
    return this.#look(PublicationPage, `${DWEETS}/search`, { q: words, ...page })
  }

  /** Unseen first; what is not acknowledged comes again. */
  fresh(limit?: number): Promise<NewDweets> {
    return this.#look(NewDweets, `${DWEETS}/new`, { limit })
  }

  /** What the answer with this token showed was seen. */
  acknowledge(token: string): Promise<void> {
    return this.#do('POST', `${DWEETS}/new/ack`, { token })
  }

  /** All that there is now counts as seen. */
  catchUp(): Promise<void> {
    return this.#do('POST', `${DWEETS}/new/catch-up`)
  }

  notifications(page: PageAsk = {}): Promise<NotificationPage> {
    return this.#look(NotificationPage, NOTIFICATIONS, page)
  }

  clearNotifications(): Promise<void> {
    return this.#do('DELETE', NOTIFICATIONS)
  }

  /**
   * From now on; goes on, at another member if need be, when the stream ends, and tells `resync`
   * then: something may have been missed. Ends when the signal does.
   * @throws AnilloError RING_NOT_REACHABLE, LOGIN_FIRST, BUSY
   */
  async *events(signal: AbortSignal): AsyncGenerator<DweetEvent> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const response = await this.#openStream(signal)
      if (!isFirst) yield { kind: 'resync' }
      for await (const text of eventTexts(response.body)) {
        const event = parsedEvent(text)
        // A newer member may tell of what this client has no name for.
        if (Check(DweetEvent, event)) yield event
      }
      if (!signal.aborted) await this.#pause(RECONNECT_PAUSE_MS)
    }
  }

  #openStream(signal: AbortSignal): Promise<Response> {
    return this.#asking.request(
      {
        method: 'GET',
        path: `${DWEETS}/events`,
        headers: { accept: 'text/event-stream' },
        as: 'somebody',
        timeoutMs: TIMEOUT_MS,
        signal,
      },
      async (response) => response,
    )
  }

  #look<S extends TSchema>(shape: S, path: string, query: Query = {}): Promise<Static<S>> {
    return this.ask(shape, { method: 'GET', path: path + queryOf(query), as: 'somebody' })
  }

  #set<S extends TSchema>(shape: S, path: string, isSo: boolean): Promise<Static<S>> {
    return this.ask(shape, { method: isSo ? 'PUT' : 'DELETE', path, as: 'somebody' })
  }

  #do(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
    return this.done({ method, path, as: 'somebody', ...(body === undefined ? {} : { body }) })
  }
}

function dweetPath(id: string): string {
  return `${DWEETS}/${encodeURIComponent(id)}`
}

function userPath(nick: string): string {
  return `/v1/users/${encodeURIComponent(nick)}`
}
