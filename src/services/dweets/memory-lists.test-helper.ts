/** Lists of people of the microblog in memory. */
import { AnilloError } from '../../base/errors.ts'
import type { WriteOptions } from '../../store/types.ts'
import { foldNick } from '../../wire/account-texts.ts'
import type { DweetList, DweetListPage, NewDweetList } from '../../wire/api-dweet-lists.ts'
import type { PeoplePage, PublicationPage } from '../../wire/api-dweets.ts'
import { LIST_PEOPLE_MAX, LISTS_MAX } from '../../wire/dweet-limits.ts'
import { instantOfId, type DweetsHeld, type HeldList } from './memory-dweets-state.test-helper.ts'
import { peoplePage, publicationPage } from './memory-pages.test-helper.ts'
import { requireListName } from './text/fit-text.ts'
import type { Dweeter, DweetLists, PageOf } from './types.ts'

export class MemoryLists implements DweetLists {
  readonly #held: DweetsHeld
  readonly #answered = new Map<string, { readonly request: string; readonly list: DweetList }>()

  constructor(held: DweetsHeld) {
    this.#held = held
  }

  async all({ nick }: Dweeter): Promise<DweetListPage> {
    return { items: [...this.#held.of(nick).lists.values()].map(told) }
  }

  async make(
    { nick }: Dweeter,
    { name: given }: NewDweetList,
    { retry }: WriteOptions = {},
  ): Promise<DweetList> {
    const name = requireListName(given)
    const answered = retry && this.#answered.get(retry.key)
    if (answered !== undefined && answered.request !== retry?.request) {
      throw new AnilloError('RETRY_MISMATCH')
    }
    if (answered !== undefined) return answered.list
    const { lists } = this.#held.of(nick)
    if (lists.size >= LISTS_MAX) throw new AnilloError('LISTS_FULL', { max: LISTS_MAX })
    this.#requireFree(nick, name)
    const list: HeldList = { id: this.#held.nextId(nick), name, people: new Set() }
    lists.set(list.id, list)
    if (retry !== undefined) {
      this.#answered.set(retry.key, { request: retry.request, list: told(list) })
    }
    return told(list)
  }

  async find({ nick }: Dweeter, id: string): Promise<DweetList> {
    return told(this.#list(nick, id))
  }

  async rename({ nick }: Dweeter, id: string, { name: given }: NewDweetList): Promise<DweetList> {
    const name = requireListName(given)
    const list = this.#list(nick, id)
    this.#requireFree(nick, name, list)
    list.name = name
    return told(list)
  }

  async remove({ nick }: Dweeter, id: string): Promise<void> {
    this.#held.of(nick).lists.delete(id)
  }

  async people({ nick }: Dweeter, id: string, page: PageOf): Promise<PeoplePage> {
    return peoplePage(this.#held, [...this.#list(nick, id).people], page)
  }

  async put({ nick }: Dweeter, id: string, text: string, isIn: boolean): Promise<DweetList> {
    const whom = isIn ? this.#held.nickOf(text) : foldNick(text)
    if (whom === undefined) throw new AnilloError('NO_USER', { nick: text })
    const list = this.#list(nick, id)
    if (!isIn) list.people.delete(whom)
    else if (!list.people.has(whom) && list.people.size >= LIST_PEOPLE_MAX) {
      throw new AnilloError('LIST_FULL', { max: LIST_PEOPLE_MAX })
    } else list.people.add(whom)
    return told(list)
  }

  async with({ nick }: Dweeter, text: string): Promise<DweetListPage> {
    const whom = this.#held.nickOf(text)
    const lists = [...this.#held.of(nick).lists.values()]
    return { items: lists.filter(({ people }) => people.has(whom)).map(told) }
  }

  async publications({ nick }: Dweeter, id: string, page: PageOf): Promise<PublicationPage> {
    const { people } = this.#list(nick, id)
    return publicationPage(this.#held, nick, page, (one) => {
      const isRead = people.has(one.author) && !this.#held.unreadable.has(one.author)
      return isRead && this.#held.wantsListed(nick, one)
    })
  }

  #list(nick: string, id: string): HeldList {
    const list = this.#held.of(nick).lists.get(id)
    if (list === undefined) throw new AnilloError('LIST_GONE')
    return list
  }

  #requireFree(nick: string, name: string, but?: HeldList): void {
    const folded = (text: string) => text.normalize('NFKC').toLowerCase()
    const taken = [...this.#held.of(nick).lists.values()].find(
      (list) => list !== but && folded(list.name) === folded(name),
    )
    if (taken !== undefined) throw new AnilloError('LIST_TAKEN', { name: taken.name })
  }
}

function told({ id, name, people }: HeldList): DweetList {
  return { id, name, people: people.size, createdAt: instantOfId(id) }
}
