/** The microblog as the page asks for it; see `src/wire/api-dweets.ts`. */
import type {
  Dweet,
  DweetChange,
  DweetHistory,
  DweetPerson,
  DweetThread,
  NewDweet,
  NewDweets,
  Notification,
  Profile,
  Publication,
  PublicationPage,
  Redweet,
  Relationship,
} from '../../../src/wire/api-dweets.ts'
import { listOf, sound } from './answers.ts'
import type { Question, RingClient } from './ring-client.ts'

const PUBLICATION = { kind: 'string', id: 'string', author: 'object', createdAt: 'string' }
const DWEET = { ...PUBLICATION, text: 'string', tags: 'array', mentions: 'array', mine: 'object' }
const NEW = { dweets: 'array', unseen: 'number', token: 'string', incomplete: 'array' }
const PAGE = { items: 'array', incomplete: 'array' }
const THREAD = { above: 'array', dweet: 'object', below: 'array' }
const PROFILE = { nick: 'string', name: 'string', bio: 'string', joinedAt: 'string' }
const RELATIONSHIP = { nick: 'string', following: 'boolean' }
const PERSON = { nick: 'string', name: 'string' }
const NOTIFICATION = { id: 'string', kind: 'string', at: 'string', by: 'object' }

const DWEETS = '/v1/dweets'
const PAGE_ROWS = 20
/** A list asks many partitions at once; a change is written on a majority. */
const PATIENCE_SECONDS = 10

interface People {
  readonly items: readonly DweetPerson[]
  readonly cursor?: string
}

interface Notifications {
  readonly items: readonly Notification[]
  readonly cursor?: string
}

export type RelationshipKind = 'follow' | 'mute' | 'block'

export class DweetsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** @param key sent again with it within a day, it is published once */
  async publish(body: NewDweet, key: string): Promise<Dweet> {
    return sound<Dweet>(await this.#ask({ path: DWEETS, method: 'POST', body, key }), DWEET)
  }

  /** @throws RingTrouble EDITS_FULL, DWEET_TOO_LONG, ... */
  async edit(id: string, body: DweetChange): Promise<Dweet> {
    return sound<Dweet>(await this.#ask({ path: pathOf(id), method: 'PATCH', body }), DWEET)
  }

  async remove(id: string): Promise<void> {
    await this.#ask({ path: pathOf(id), method: 'DELETE' })
  }

  async history(id: string): Promise<DweetHistory> {
    const answer = await this.#ask({ path: `${pathOf(id)}/history` })
    return sound<DweetHistory>(answer, { items: 'array' })
  }

  /** @throws RingTrouble DWEET_GONE */
  async thread(id: string): Promise<DweetThread> {
    return sound<DweetThread>(await this.#ask({ path: `${pathOf(id)}/thread` }), THREAD)
  }

  async mark(id: string, what: 'like' | 'bookmark', isSo: boolean): Promise<Dweet> {
    const method = isSo ? 'PUT' : 'DELETE'
    return sound<Dweet>(await this.#ask({ path: `${pathOf(id)}/${what}`, method }), DWEET)
  }

  async redweet(id: string): Promise<Redweet> {
    const answer = await this.#ask({ path: `${pathOf(id)}/redweet`, method: 'POST' })
    return sound<Redweet>(answer, PUBLICATION)
  }

  async unredweet(id: string): Promise<void> {
    await this.#ask({ path: `${pathOf(id)}/redweet`, method: 'DELETE' })
  }

  /** @param list `home`, `local`, `bookmarks`, `tags/TAG`, or `search` with `q` */
  async list(list: string, q?: string, cursor?: string): Promise<PublicationPage> {
    return this.#publications(`${DWEETS}/${list}`, q === undefined ? {} : { q }, cursor)
  }

  async of(nick: string, cursor?: string): Promise<PublicationPage> {
    return this.#publications(`${userPath(nick)}/dweets`, {}, cursor)
  }

  /** Unseen first; changes nothing. */
  async fresh(): Promise<NewDweets> {
    return sound<NewDweets>(await this.#ask({ path: `${DWEETS}/new` }), NEW)
  }

  async acknowledge(token: string): Promise<void> {
    await this.#ask({ path: `${DWEETS}/new/ack`, method: 'POST', body: { token } })
  }

  async catchUp(): Promise<void> {
    await this.#ask({ path: `${DWEETS}/new/catch-up`, method: 'POST' })
  }

  /** @throws RingTrouble NO_USER */
  async profile(nick: string): Promise<Profile> {
    return sound<Profile>(await this.#ask({ path: `${userPath(nick)}/profile` }), PROFILE)
  }

  /** @throws RingTrouble BIO_UNFIT */
  async changeBio(nick: string, bio: string): Promise<Profile> {
    const asked = { path: `${userPath(nick)}/profile`, method: 'PATCH', body: { bio } } as const
    return sound<Profile>(await this.#ask(asked), PROFILE)
  }

  /** @throws RingTrouble FOLLOWS_FULL, FORBIDDEN */
  async relate(nick: string, what: RelationshipKind, isSo: boolean): Promise<Relationship> {
    const method = isSo ? 'PUT' : 'DELETE'
    const answer = await this.#ask({ path: `${userPath(nick)}/${what}`, method })
    return sound<Relationship>(answer, RELATIONSHIP)
  }

  async people(nick: string, part: 'followers' | 'following', cursor?: string): Promise<People> {
    const answer = await this.#ask({ path: `${userPath(nick)}/${part}?${queryOf({}, cursor)}` })
    return listOf<DweetPerson>(answer, PERSON)
  }

  async notifications(cursor?: string): Promise<Notifications> {
    const answer = await this.#ask({ path: `/v1/notifications?${queryOf({}, cursor)}` })
    return listOf<Notification>(answer, NOTIFICATION)
  }

  async clearNotifications(): Promise<void> {
    await this.#ask({ path: '/v1/notifications', method: 'DELETE' })
  }

  async #publications(
    path: string,
    more: Readonly<Record<string, string>>,
    cursor: string | undefined,
  ): Promise<PublicationPage> {
    const answer = await this.#ask({ path: `${path}?${queryOf(more, cursor)}` })
    const { incomplete } = sound<PublicationPage>(answer, PAGE)
    return { ...listOf<Publication>(answer, PUBLICATION), incomplete }
  }

  #ask(question: Question): Promise<unknown> {
    return this.#client.json({ ...question, patienceSeconds: PATIENCE_SECONDS })
  }
}

function pathOf(id: string): string {
  return `${DWEETS}/${encodeURIComponent(id)}`
}

function userPath(nick: string): string {
  return `/v1/users/${encodeURIComponent(nick)}`
}

function queryOf(more: Readonly<Record<string, string>>, cursor: string | undefined): string {
  const from = cursor === undefined ? {} : { cursor }
  return new URLSearchParams({ limit: String(PAGE_ROWS), ...more, ...from }).toString()
}
