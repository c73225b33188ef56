/**
 * Lists of publications, newest first: nothing is copied when somebody publishes, all is put
 * together when somebody reads (docs/spec/timelines.md).
 */
import { AnilloError } from '../../../base/errors.ts'
import { searchedWords } from '../../../base/searchable.ts'
import type { PublicationPage } from '../../../wire/api-dweets.ts'
import { foldTag } from '../../../wire/dweet-text.ts'
import { ALL_PARTITIONS } from '../../../wire/partition.ts'
import { findPerson, type DweetParts } from '../parts.ts'
import { tagPk } from '../places.ts'
import type { Dweeter, PageOf, SearchPageOf } from '../types.ts'
import type { Circle } from './circle.ts'
import type { Circles } from './circles.ts'
import type { Heads } from './heads.ts'
import type { OwnLists } from './own-lists.ts'
import { findPage, SOMEBODY, type Timeline } from './paging.ts'
import { show, type Showable } from './showing.ts'
import { authorSource, keptSource, localSource, tagSource } from './sources.ts'
import { hasWords } from './words.ts'

export interface TimelineParts extends DweetParts {
  readonly heads: Heads
  readonly circles: Circles
  readonly own: OwnLists
}

/** All reject with AnilloError: STORE_UNAVAILABLE (of whoever asks), BAD_REQUEST (the cursor). */
export class Timelines {
  readonly #parts: TimelineParts

  constructor(parts: TimelineParts) {
    this.#parts = parts
  }

  /** All of one person that who asks may see, also where they are muted. @throws NO_USER */
  async publicationsOf({ nick }: Dweeter, text: string, page: PageOf): Promise<PublicationPage> {
    const author = await findPerson(this.#parts, text)
    const circle = await this.#circle(nick)
    const sources = [authorSource(this.#parts, author.nick)]
    const isOwn = author.nick === nick
    // One's own redweets stay in one's own hands, whoever blocked whom since.
    const isShown = (one: Showable): boolean => isOwn || circle.maySeeShown(one)
    const shownAs = (one: Showable): Showable => (circle.maySeeShown(one) ? one : hidden(one))
    return this.#page(nick, { sources, areFolded: false, isShown, shownAs }, page)
  }

  async home({ nick }: Dweeter, page: PageOf): Promise<PublicationPage> {
    const circle = await this.#circle(nick)
    const isShown = (one: Showable): boolean => circle.wantsShown(one)
    return this.#page(nick, { sources: this.#home(circle), areFolded: true, isShown }, page)
  }

  /** Of these people, as far as who asks wants to see them. */
  async ofPeople(
    { nick }: Dweeter,
    nicks: readonly string[],
    page: PageOf,
  ): Promise<PublicationPage> {
    const circle = await this.#circle(nick)
    const wanted = nicks.filter((one) => circle.wants(one))
    const sources = wanted.map((author) => authorSource(this.#parts, author))
    const isShown = (one: Showable): boolean => circle.wantsListed(one)
    return this.#page(nick, { sources, areFolded: true, isShown }, page)
  }

  async local({ nick }: Dweeter, page: PageOf): Promise<PublicationPage> {
    const circle = await this.#circle(nick)
    const sources = this.#public()
    const isShown = (one: Showable): boolean => isPublic(one) && circle.wantsShown(one)
    return this.#page(nick, { sources, areFolded: false, isShown }, page)
  }

  /** A tag that is none has no dweets. */
  async tagged({ nick }: Dweeter, tag: string, page: PageOf): Promise<PublicationPage> {
    const folded = foldTag(tag)
    if (folded === undefined) return { items: [], incomplete: [] }
    const circle = await this.#circle(nick)
    const sources = [tagSource(this.#parts.store, tagPk(folded))]
    const isShown = (one: Showable): boolean =>
      isPublic(one) && hasTag(one, folded) && circle.wantsShown(one)
    return this.#page(nick, { sources, isOfMany: true, areFolded: false, isShown }, page)
  }

  /** @throws AnilloError BAD_REQUEST: there are no words */
  async search(
    { nick }: Dweeter,
    text: string,
    { among = 'followed', ...page }: SearchPageOf,
  ): Promise<PublicationPage> {
    const words = searchedWords(text)
    if (words.length === 0) throw new AnilloError('BAD_REQUEST', { problem: 'q has no words' })
    const circle = await this.#circle(nick)
    const isShown = (one: Showable): boolean =>
      one.kind === 'dweet' && hasWords(one.row.text, words) && circle.wantsShown(one)
    // What stands in two of them has one place, which is passed once.
    const sources = [...this.#home(circle), ...(among === 'everybody' ? this.#public() : [])]
    return this.#page(nick, { sources, areFolded: false, isShown }, page)
  }

  bookmarks(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    return this.#kept(who, 'mark', page)
  }

  liked(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    return this.#kept(who, 'like', page)
  }

  async #kept({ nick }: Dweeter, kind: 'like' | 'mark', page: PageOf): Promise<PublicationPage> {
    const circle = await this.#circle(nick)
    const sources = [keptSource(this.#parts.store, nick, kind)]
    const isShown = (one: Showable): boolean => circle.maySeeShown(one)
    return this.#page(nick, { sources, isOfMany: true, areFolded: false, isShown }, page)
  }

  #public(): Timeline['sources'] {
    const { store } = this.#parts
    return ALL_PARTITIONS.map((partition) => localSource(store, partition, SOMEBODY))
  }

  #circle(nick: string): Promise<Circle> {
    return this.#parts.circles.of(nick)
  }

  #home(circle: Circle): Timeline['sources'] {
    return circle.authors.map((author) => authorSource(this.#parts, author))
  }

  async #page(
    nick: string,
    { shownAs = (one) => one, ...timeline }: ShownTimeline,
    page: PageOf,
  ): Promise<PublicationPage> {
    const { cursor, found, incomplete } = await findPage(this.#parts.store, timeline, page)
    const items = await show(this.#parts, nick, found.map(shownAs))
    return { items, ...(cursor === undefined ? {} : { cursor }), incomplete: [...incomplete] }
  }
}

interface ShownTimeline extends Timeline {
  readonly shownAs?: (one: Showable) => Showable
}

function hidden(one: Showable): Showable {
  return one.kind === 'dweet' ? one : { ...one, of: undefined, isHidden: true }
}

export function isPublic(one: Showable): boolean {
  return one.kind === 'dweet' && one.row.visibility === 'public'
}

/** The list of a tag comes after the dweet, by a message. */
export function hasTag(one: Showable, folded: string): boolean {
  return one.kind === 'dweet' && one.row.tags.some((tag) => foldTag(tag) === folded)
}
