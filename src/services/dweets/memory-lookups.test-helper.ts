/** The same over the microblog in memory. */
import { AnilloError } from '../../base/errors.ts'
import type { Notification, PeoplePage, PublicationPage } from '../../wire/api-dweets.ts'
import type { DweetsHeld, Held } from './memory-dweets-state.test-helper.ts'
import { peoplePage } from './memory-pages.test-helper.ts'
import type { Dweeter, DweetLookups, Notices, PageOf, ReadList, ReadMark } from './types.ts'

export type PageBy = (who: Dweeter, page: PageOf, test: (one: Held) => boolean) => PublicationPage

export class MemoryLookups implements DweetLookups {
  readonly #held: DweetsHeld
  readonly #page: PageBy

  constructor(held: DweetsHeld, page: PageBy) {
    this.#held = held
    this.#page = page
  }

  async liked(who: Dweeter, page: PageOf): Promise<PublicationPage> {
    return this.#page(who, page, (one) => {
      return one.kind === 'dweet' && one.likedBy.has(who.nick) && this.#held.maySee(who.nick, one)
    })
  }

  async reactors(
    who: Dweeter,
    id: string,
    kind: 'like' | 'redweet',
    page: PageOf,
  ): Promise<PeoplePage> {
    const one = this.#held.dweet(who.nick, id)
    const redweets = this.#held.all((other) => other.kind === 'redweet' && other.of.id === one.id)
    const nicks = kind === 'like' ? [...one.likedBy] : redweets.map(({ author }) => author)
    const seen = nicks.filter((nick) => !this.#held.isBetween(who.nick, nick))
    return peoplePage(this.#held, seen, page)
  }

  async hidden(who: Dweeter, kind: 'mute' | 'block', page: PageOf): Promise<PeoplePage> {
    const { blocked, muted } = this.#held.of(who.nick)
    return peoplePage(this.#held, [...(kind === 'mute' ? muted : blocked)], page)
  }
}

export class MemoryNotices implements Notices {
  readonly #held: DweetsHeld
  readonly #marks = new Map<string, ReadMark>()

  constructor(held: DweetsHeld) {
    this.#held = held
  }

  async find({ nick }: Dweeter, id: string): Promise<Notification> {
    const note = this.#held.of(nick).notes.find((one) => one.id === id)
    if (note === undefined) throw new AnilloError('NOT_FOUND', { what: 'such notification' })
    return this.#held.shownNote(nick, note)
  }

  async dismiss(who: Dweeter, id: string): Promise<void> {
    const own = this.#held.of(who.nick)
    own.notes = own.notes.filter((one) => one.id !== id)
  }

  async marks({ nick }: Dweeter): Promise<Partial<Record<ReadList, ReadMark>>> {
    const lists = ['home', 'notifications', 'feed'] as const
    const marks = lists.map((list) => [list, this.#marks.get(`${nick} ${list}`)] as const)
    return Object.fromEntries(marks.filter(([, mark]) => mark !== undefined))
  }

  async mark({ nick }: Dweeter, list: ReadList, id: string): Promise<ReadMark> {
    const version = (this.#marks.get(`${nick} ${list}`)?.version ?? 0) + 1
    const mark = { id, version, updatedAtMs: this.#held.nowMs() }
    this.#marks.set(`${nick} ${list}`, mark)
    return mark
  }
}
