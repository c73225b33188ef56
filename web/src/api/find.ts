/** The one search over all that the ring has. */
import type { Findings, FoundGroup } from '../../../src/wire/api-find.ts'
import { FIND_LIMIT_DEFAULT, isFindKind, type FindKind } from '../../../src/wire/find-kinds.ts'
import { sound } from './answers.ts'
import type { RingClient } from './ring-client.ts'

/** Of one kind, when somebody wants more of it. */
const MORE_AT_ONCE = 20

export class FindClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /** Of all kinds that whoever asks may read. */
  find(q: string): Promise<Findings> {
    return this.#ask({ q, limit: String(FIND_LIMIT_DEFAULT) })
  }

  /** One kind gone on with. */
  more(q: string, { cursor, kind }: { readonly kind: FindKind; readonly cursor: string }) {
    return this.#ask({ q, kinds: kind, cursor, limit: String(MORE_AT_ONCE) })
  }

  async #ask(query: Readonly<Record<string, string>>): Promise<Findings> {
    const path = `/v1/find?${new URLSearchParams(query).toString()}`
    const answer = sound<Findings>(await this.#client.json({ path }), SHAPE)
    // A newer member may find things that this page has no words for.
    return { ...answer, groups: answer.groups.filter(isGroup) }
  }
}

const SHAPE = { groups: 'array', incomplete: 'array' }

function isGroup(group: FoundGroup): boolean {
  return isFindKind(group.kind) && Array.isArray(group.items)
}
