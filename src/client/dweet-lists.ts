/** Lists of people through the REST API: own ones. */
import { DweetList, DweetListPage, type NewDweetList } from '../wire/api-dweet-lists.ts'
import { PeoplePage, PublicationPage } from '../wire/api-dweets.ts'
import { queryOf, type PageAsk } from './query.ts'
import { Resource } from './resource.ts'

const LISTS = '/v1/lists'
const as = 'somebody'

export class DweetLists extends Resource {
  async all(): Promise<readonly DweetList[]> {
    return (await this.ask(DweetListPage, { method: 'GET', path: LISTS, as })).items
  }

  /** @throws AnilloError LIST_NAME_UNFIT, LIST_TAKEN, LISTS_FULL */
  make(body: NewDweetList): Promise<DweetList> {
    return this.ask(DweetList, { method: 'POST', path: LISTS, body, as })
  }

  /** @throws AnilloError LIST_GONE */
  find(id: string): Promise<DweetList> {
    return this.ask(DweetList, { method: 'GET', path: pathOf(id), as })
  }

  /** @throws AnilloError LIST_GONE, LIST_NAME_UNFIT, LIST_TAKEN */
  rename(id: string, body: NewDweetList): Promise<DweetList> {
    return this.ask(DweetList, { method: 'PATCH', path: pathOf(id), body, as })
  }

  remove(id: string): Promise<void> {
    return this.done({ method: 'DELETE', path: pathOf(id), as })
  }

  /** By nick. @throws AnilloError LIST_GONE */
  people(id: string, page: PageAsk = {}): Promise<PeoplePage> {
    const path = `${pathOf(id)}/people${queryOf(page)}`
    return this.ask(PeoplePage, { method: 'GET', path, as })
  }

  /** @throws AnilloError LIST_GONE, LIST_FULL, NO_USER */
  put(id: string, nick: string, isIn: boolean): Promise<DweetList> {
    const path = `${pathOf(id)}/people/${encodeURIComponent(nick)}`
    return this.ask(DweetList, { method: isIn ? 'PUT' : 'DELETE', path, as })
  }

  /** Those in which somebody is. @throws AnilloError NO_USER */
  async with(nick: string): Promise<readonly DweetList[]> {
    const path = `/v1/users/${encodeURIComponent(nick)}/lists`
    return (await this.ask(DweetListPage, { method: 'GET', path, as })).items
  }

  /** Newest first. @throws AnilloError LIST_GONE */
  publications(id: string, page: PageAsk = {}): Promise<PublicationPage> {
    const path = `${pathOf(id)}/dweets${queryOf(page)}`
    return this.ask(PublicationPage, { method: 'GET', path, as })
  }
}

function pathOf(id: string): string {
  return `${LISTS}/${encodeURIComponent(id)}`
}
