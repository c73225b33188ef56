/** Groups of people through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  Group,
  GroupList,
  GroupPeople,
  GroupPerson,
  NamedList,
  type GroupPlaceName,
  type Named,
  type NewGroup,
} from '../wire/api-groups.ts'
import { queryOf } from './query.ts'
import type { Asking } from './records.ts'
import type { RequestOptions } from './request.ts'

/** A change is written on a majority, and told to whom it is about. */
const TIMEOUT_MS = 20 * SECOND_MS
const PAGE_ITEMS = 100

export class Groups {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** All of them, in the order of their names. */
  list(): AsyncIterable<Group> {
    return listed((after) => {
      const path = `/v1/groups${queryOf({ limit: PAGE_ITEMS, ...after })}`
      return this.#asking.ask(GroupList, { ...ASKING, path })
    })
  }

  /** @throws AnilloError NO_GROUP */
  find(name: string): Promise<Group> {
    return this.#asking.ask(Group, { ...ASKING, path: pathOf(name) })
  }

  /** @throws AnilloError PERMISSION_MISSING, GROUP_TAKEN, GROUP_UNFIT, NAME_UNFIT, GROUPS_FULL */
  make(body: NewGroup): Promise<Group> {
    const options = { method: 'POST', path: '/v1/groups', body, as: 'somebody' } as const
    return this.#asking.ask(Group, { ...options, timeoutMs: TIMEOUT_MS })
  }

  /** @throws AnilloError NO_GROUP, NAME_UNFIT, FORBIDDEN */
  rename(name: string, title: string): Promise<Group> {
    const options = {
      method: 'PATCH',
      path: pathOf(name),
      body: { title },
      as: 'somebody',
    } as const
    return this.#asking.ask(Group, { ...options, timeoutMs: TIMEOUT_MS })
  }

  /** @throws AnilloError NO_GROUP, PERMISSION_MISSING */
  async remove(name: string): Promise<void> {
    await this.#done({ method: 'DELETE', path: pathOf(name) })
  }

  /** @throws AnilloError NO_GROUP, FORBIDDEN */
  async people(name: string): Promise<readonly GroupPerson[]> {
    const path = `${pathOf(name)}/people`
    return (await this.#asking.ask(GroupPeople, { ...ASKING, path })).items
  }

  /** @throws AnilloError NO_GROUP, NO_USER, FORBIDDEN, GROUPS_FULL */
  put(name: string, nick: string, place?: GroupPlaceName): Promise<GroupPerson> {
    const options = {
      method: 'PUT',
      path: personPath(name, nick),
      body: place === undefined ? {} : { place },
      as: 'somebody',
    } as const
    return this.#asking.ask(GroupPerson, { ...options, timeoutMs: TIMEOUT_MS })
  }

  /** @throws AnilloError NO_GROUP, NOT_FOUND, FORBIDDEN */
  async drop(name: string, nick: string): Promise<void> {
    await this.#done({ method: 'DELETE', path: personPath(name, nick) })
  }

  /** Groups and people whose names begin so. */
  async named(prefix: string, limit?: number): Promise<readonly Named[]> {
    const most = limit === undefined ? {} : { limit }
    const path = `/v1/people${queryOf({ prefix, ...most })}`
    return (await this.#asking.ask(NamedList, { ...ASKING, path })).items
  }

  async #done(options: Omit<RequestOptions, 'timeoutMs'>): Promise<void> {
    await this.#asking.request({ ...options, timeoutMs: TIMEOUT_MS }, async () => true)
  }
}

const ASKING = { method: 'GET', timeoutMs: TIMEOUT_MS } as const

function pathOf(name: string): string {
  return `/v1/groups/${encodeURIComponent(name)}`
}

function personPath(name: string, nick: string): string {
  return `${pathOf(name)}/people/${encodeURIComponent(nick)}`
}
