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
import { Resource, type Asking } from './resource.ts'

/** A change is written on a majority, and told to whom it is about. */
const TIMEOUT_MS = 20 * SECOND_MS
const PAGE_ITEMS = 100

export class Groups extends Resource {
  constructor(asking: Asking) {
    super(asking, TIMEOUT_MS)
  }

  /** All of them, in the order of their names. */
  list(): AsyncIterable<Group> {
    return listed((after) => this.get(GroupList, '/v1/groups', { limit: PAGE_ITEMS, ...after }))
  }

  /** @throws AnilloError NO_GROUP */
  find(name: string): Promise<Group> {
    return this.get(Group, pathOf(name))
  }

  /** @throws AnilloError PERMISSION_MISSING, GROUP_TAKEN, GROUP_UNFIT, NAME_UNFIT, GROUPS_FULL */
  make(body: NewGroup): Promise<Group> {
    return this.ask(Group, { method: 'POST', path: '/v1/groups', body, as: 'somebody' })
  }

  /** @throws AnilloError NO_GROUP, NAME_UNFIT, FORBIDDEN */
  rename(name: string, title: string): Promise<Group> {
    const path = pathOf(name)
    return this.ask(Group, { method: 'PATCH', path, body: { title }, as: 'somebody' })
  }

  /** @throws AnilloError NO_GROUP, PERMISSION_MISSING */
  remove(name: string): Promise<void> {
    return this.done({ method: 'DELETE', path: pathOf(name) })
  }

  /** @throws AnilloError NO_GROUP, FORBIDDEN */
  async people(name: string): Promise<readonly GroupPerson[]> {
    return (await this.get(GroupPeople, `${pathOf(name)}/people`)).items
  }

  /** @throws AnilloError NO_GROUP, NO_USER, FORBIDDEN, GROUPS_FULL */
  put(name: string, nick: string, place?: GroupPlaceName): Promise<GroupPerson> {
    const body = place === undefined ? {} : { place }
    const path = personPath(name, nick)
    return this.ask(GroupPerson, { method: 'PUT', path, body, as: 'somebody' })
  }

  /** @throws AnilloError NO_GROUP, NOT_FOUND, FORBIDDEN */
  drop(name: string, nick: string): Promise<void> {
    return this.done({ method: 'DELETE', path: personPath(name, nick) })
  }

  /** Groups and people whose names begin so. */
  async named(prefix: string, limit?: number): Promise<readonly Named[]> {
    return (await this.get(NamedList, '/v1/people', { prefix, limit })).items
  }
}

function pathOf(name: string): string {
  return `/v1/groups/${encodeURIComponent(name)}`
}

function personPath(name: string, nick: string): string {
  return `${pathOf(name)}/people/${encodeURIComponent(nick)}`
}
