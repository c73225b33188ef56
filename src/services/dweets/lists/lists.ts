/** Lists of people that somebody made for themselves. */
import { AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { WriteOptions } from '../../../store/types.ts'
import { foldNick } from '../../../wire/account-texts.ts'
import type { DweetList, DweetListPage, NewDweetList } from '../../../wire/api-dweet-lists.ts'
import type { PeoplePage, PublicationPage } from '../../../wire/api-dweets.ts'
import { placeOfPublicId, publicIdOf, timeOfRowId } from '../../../wire/dweet-ids.ts'
import { LISTS_MAX } from '../../../wire/dweet-limits.ts'
import { USERS_TABLE, userPk } from '../../../wire/users.ts'
import { findPerson, type DweetParts } from '../parts.ts'
import { listPeople } from '../people-lists.ts'
import { ownKey, ownPrefix, partitionOfNick } from '../places.ts'
import { readList, type ListRow } from '../rows.ts'
import { requireListName } from '../text/fit-text.ts'
import type { Timelines } from '../timelines/timelines.ts'
import type { Dweeter, DweetLists, PageOf } from '../types.ts'
import { dropList, enlist, makeList, renameList } from './list-procedures.ts'
import { listedKey, listedOf, listRowOf, peoplePrefix } from './list-rows.ts'

export class Lists implements DweetLists {
  readonly #parts: DweetParts
  readonly #timelines: Pick<Timelines, 'ofPeople'>

  constructor(parts: DweetParts, timelines: Pick<Timelines, 'ofPeople'>) {
    this.#parts = parts
    this.#timelines = timelines
  }

  async all({ nick }: Dweeter): Promise<DweetListPage> {
    const prefix = ownPrefix(nick, 'list')
    const range = { table: USERS_TABLE, pk: userPk(nick), prefix, limit: LISTS_MAX }
    const { items } = await this.#parts.store.list(range)
    return {
      items: items.map((record) => told(nick, record.sk.slice(prefix.length), readList(record))),
    }
  }

  async make(
    { nick }: Dweeter,
    { name }: NewDweetList,
    options?: WriteOptions,
  ): Promise<DweetList> {
    const input = { nick, name: requireListName(name) }
    const { store } = this.#parts
    const { list, row } = await store.call(partitionOfNick(nick), makeList, input, options)
    return told(nick, row, list)
  }

  async find({ nick }: Dweeter, id: string): Promise<DweetList> {
    const row = listRowOf(nick, id)
    return told(nick, row, await this.#require(nick, row))
  }

  async rename({ nick }: Dweeter, id: string, { name: given }: NewDweetList): Promise<DweetList> {
    const name = requireListName(given)
    const row = listRowOf(nick, id)
    const input = { nick, row, name }
    return told(nick, row, await this.#parts.store.call(partitionOfNick(nick), renameList, input))
  }

  async remove({ nick }: Dweeter, id: string): Promise<void> {
    const place = placeOfPublicId(id)
    if (place?.pk !== userPk(nick)) return
    await this.#parts.store.call(partitionOfNick(nick), dropList, { nick, row: place.row })
  }

  async people({ nick }: Dweeter, id: string, page: PageOf): Promise<PeoplePage> {
    const row = listRowOf(nick, id)
    await this.#require(nick, row)
    return listPeople(this.#parts, { nick, prefix: peoplePrefix(nick, row) }, page)
  }

  async put({ nick }: Dweeter, id: string, text: string, isIn: boolean): Promise<DweetList> {
    const whom = isIn ? (await findPerson(this.#parts, text)).nick : foldNick(text)
    if (whom === undefined) throw new AnilloError('NO_USER', { nick: text })
    const row = listRowOf(nick, id)
    const input = { nick, row, whom, isIn }
    return told(nick, row, await this.#parts.store.call(partitionOfNick(nick), enlist, input))
  }

  async with(who: Dweeter, text: string): Promise<DweetListPage> {
    const { nick: whom } = await findPerson(this.#parts, text)
    const { nick } = who
    const { items } = await this.all(who)
    const found = await Promise.all(
      items.map(({ id }) => this.#parts.store.get(listedKey(nick, listRowOf(nick, id), whom))),
    )
    return { items: items.filter((_, i) => found[i] !== undefined) }
  }

  /** Whoever comes into the list meanwhile is read from where the page is. */
  async publications(who: Dweeter, id: string, page: PageOf): Promise<PublicationPage> {
    const { nick } = who
    const nicks = await listedOf(this.#parts.store, nick, listRowOf(nick, id))
    if (nicks === undefined) throw new AnilloError('LIST_GONE')
    return this.#timelines.ofPeople(who, nicks, page)
  }

  async #require(nick: string, row: string): Promise<ListRow> {
    const record = await this.#parts.store.get(ownKey(nick, 'list', row))
    if (record === undefined) throw new AnilloError('LIST_GONE')
    return readList(record)
  }
}

function told(nick: string, row: string, { name, people }: ListRow): DweetList {
  const id = publicIdOf({ pk: userPk(nick), row })
  return { id, name, people, createdAt: instant(timeOfRowId(row)) }
}
