/** Groups of people, and whom one may share with; see `src/wire/api-groups.ts`. */
import { NAMED_LIST_MAX } from '../../../src/wire/account-texts.ts'
import type {
  Group,
  GroupList,
  GroupPerson,
  GroupPlaceName,
  Named,
  NewGroup,
} from '../../../src/wire/api-groups.ts'
import { listOf, pageQuery, sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'

const GROUP = { name: 'string', title: 'string', people: 'number' }
const PERSON = { nick: 'string', place: 'string' }
const NAMED = { kind: 'string', name: 'string', title: 'string' }

export class GroupsClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  async list(cursor?: string): Promise<GroupList> {
    const answer = await this.#client.json({ path: `/v1/groups?${pageQuery(cursor)}` })
    return listOf<Group>(answer, GROUP)
  }

  /** @throws RingTrouble GROUP_TAKEN, GROUP_UNFIT, ... */
  async make(body: NewGroup): Promise<Group> {
    const question = { path: '/v1/groups', method: 'POST', body } as const
    return sound<Group>(await this.#client.json(question), GROUP)
  }

  async remove(name: string): Promise<void> {
    await this.#client.json({ path: pathOf(name), method: 'DELETE' })
  }

  async people(name: string): Promise<readonly GroupPerson[]> {
    return listOf<GroupPerson>(await this.#client.json({ path: pathOf(name, 'people') }), PERSON)
      .items
  }

  /** @throws RingTrouble NO_USER, FORBIDDEN, ... */
  async put(name: string, nick: string, place?: GroupPlaceName): Promise<GroupPerson> {
    const path = pathOf(name, 'people', nick)
    const body = place === undefined ? {} : { place }
    return sound<GroupPerson>(await this.#client.json({ path, method: 'PUT', body }), PERSON)
  }

  async drop(name: string, nick: string): Promise<void> {
    await this.#client.json({ path: pathOf(name, 'people', nick), method: 'DELETE' })
  }

  /** Groups and people whose names begin so. */
  async named(prefix: string, signal: AbortSignal): Promise<readonly Named[]> {
    return this.#named({ prefix }, signal)
  }

  /** Whether there is one of exactly that name, as far as a question tells. */
  async isThere({ kind, name }: Pick<Named, 'kind' | 'name'>): Promise<boolean> {
    const named = await this.#named({ prefix: name, limit: String(NAMED_LIST_MAX) })
    return (
      named.length === NAMED_LIST_MAX || named.some((one) => one.kind === kind && one.name === name)
    )
  }

  async #named(question: Record<string, string>, signal?: AbortSignal): Promise<readonly Named[]> {
    const query = new URLSearchParams(question).toString()
    const asked = { path: `/v1/people?${query}`, ...(signal === undefined ? {} : { signal }) }
    return listOf<Named>(await this.#client.json(asked), NAMED).items
  }
}

function pathOf(...parts: readonly string[]): string {
  return ['/v1/groups', ...parts.map((part) => encodeURIComponent(part))].join('/')
}
