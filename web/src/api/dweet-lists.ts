/** Lists of people, and whom one muted or blocked, as the page asks for them. */
import type { DweetList } from '../../../src/wire/api-dweet-lists.ts'
import type { DweetPerson, Publication, PublicationPage } from '../../../src/wire/api-dweets.ts'
import { listOf, sound } from './answers.ts'
import type { Question, RingClient } from './ring-client.ts'

const LIST = { id: 'string', name: 'string', people: 'number' }
const PERSON = { nick: 'string', name: 'string' }
const PUBLICATION = { kind: 'string', id: 'string', author: 'object', createdAt: 'string' }
const PAGE = { items: 'array', incomplete: 'array' }
const LISTS = '/v1/lists'
const PATIENCE_SECONDS = 10

export interface PeoplePart {
  readonly items: readonly DweetPerson[]
  readonly cursor?: string
}

export class DweetListsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  async all(): Promise<{ readonly items: readonly DweetList[] }> {
    return listOf<DweetList>(await this.#ask({ path: LISTS }), LIST)
  }

  /** Those in which somebody is. */
  async with(nick: string): Promise<{ readonly items: readonly DweetList[] }> {
    const path = `/v1/users/${encodeURIComponent(nick)}/lists`
    return listOf<DweetList>(await this.#ask({ path }), LIST)
  }

  /** @throws RingTrouble LIST_TAKEN, LISTS_FULL, LIST_NAME_UNFIT */
  async make(name: string): Promise<DweetList> {
    return sound<DweetList>(await this.#ask({ path: LISTS, method: 'POST', body: { name } }), LIST)
  }

  /** @throws RingTrouble LIST_GONE */
  async find(id: string): Promise<DweetList> {
    return sound<DweetList>(await this.#ask({ path: `${LISTS}/${id}` }), LIST)
  }

  async rename(id: string, name: string): Promise<DweetList> {
    const path = `${LISTS}/${id}`
    return sound<DweetList>(await this.#ask({ path, method: 'PATCH', body: { name } }), LIST)
  }

  async remove(id: string): Promise<void> {
    await this.#ask({ path: `${LISTS}/${id}`, method: 'DELETE' })
  }

  /** @throws RingTrouble NO_USER, LIST_FULL, LIST_GONE */
  async put(id: string, nick: string, isIn: boolean): Promise<DweetList> {
    const path = `${LISTS}/${id}/people/${encodeURIComponent(nick)}`
    const method = isIn ? 'PUT' : 'DELETE'
    return sound<DweetList>(await this.#ask({ path, method }), LIST)
  }

  async people(id: string, cursor?: string): Promise<PeoplePart> {
    return this.#people(`${LISTS}/${id}/people`, cursor)
  }

  /** Whom one muted or blocked. */
  async hidden(kind: 'mute' | 'block', cursor?: string): Promise<PeoplePart> {
    return this.#people(`/v1/${kind}s`, cursor)
  }

  async publications(id: string, cursor?: string): Promise<PublicationPage> {
    const answer = await this.#ask({ path: `${LISTS}/${id}/dweets${queryOf(cursor)}` })
    const { incomplete } = sound<PublicationPage>(answer, PAGE)
    return { ...listOf<Publication>(answer, PUBLICATION), incomplete }
  }

  async #people(path: string, cursor: string | undefined): Promise<PeoplePart> {
    return listOf<DweetPerson>(await this.#ask({ path: path + queryOf(cursor) }), PERSON)
  }

  #ask(question: Question): Promise<unknown> {
    return this.#client.json({ ...question, patienceSeconds: PATIENCE_SECONDS })
  }
}

function queryOf(cursor: string | undefined): string {
  return cursor === undefined ? '' : `?${new URLSearchParams({ cursor }).toString()}`
}
