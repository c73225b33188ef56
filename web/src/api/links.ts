/** Public links as the page asks for them; see `src/wire/api-links.ts`. */
import type { NewPublicLink, PublicLink, PublicLinkChange } from '../../../src/wire/api-links.ts'
import { listOf, sound } from './answers.ts'
import { RingTrouble, type RingClient } from './ring-client.ts'

const LINK = {
  id: 'string',
  url: 'string',
  name: 'string',
  kind: 'string',
  createdAt: 'string',
  hasPassword: 'boolean',
  downloads: 'number',
  state: 'string',
}
const PAGE_ITEMS = 100
/** Where each one leads is looked up; a password is hashed slowly. */
const PATIENCE_SECONDS = 20

export interface LinksAsked {
  readonly path?: string
  readonly everybody?: boolean
}

export class LinksClient {
  readonly #client: RingClient

  constructor(client: RingClient) {
    this.#client = client
  }

  /**
   * One’s own, the newest first; with a path those that lead there; of all makers for who manages
   * files. @throws RingTrouble NO_ENTRY, PERMISSION_MISSING
   */
  async list({ everybody = false, path }: LinksAsked = {}): Promise<readonly PublicLink[]> {
    const links: PublicLink[] = []
    let cursor: string | undefined
    do {
      const query = new URLSearchParams({
        limit: String(PAGE_ITEMS),
        ...(path === undefined ? {} : { path }),
        ...(everybody ? { everybody: 'true' } : {}),
        ...(cursor === undefined ? {} : { cursor }),
      })
      const asked = { path: `/v1/links?${query.toString()}`, patienceSeconds: PATIENCE_SECONDS }
      const page = listOf<PublicLink>(await this.#client.json(asked), LINK)
      links.push(...page.items)
      ;({ cursor } = page)
    } while (cursor !== undefined)
    return links.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
  }

  /** @throws RingTrouble NO_ACCESS, LINKS_FULL, PASSWORD_UNFIT, ... */
  async make(body: NewPublicLink): Promise<PublicLink> {
    const asked = { path: '/v1/links', method: 'POST', body } as const
    const made = await this.#client.json({ ...asked, patienceSeconds: PATIENCE_SECONDS })
    return sound<PublicLink>(made, LINK)
  }

  /** @throws RingTrouble LINK_UNKNOWN, PASSWORD_UNFIT, BAD_REQUEST */
  async change({ id }: PublicLink, body: PublicLinkChange): Promise<PublicLink> {
    const asked = { path: `/v1/links/${id}`, method: 'PATCH', body } as const
    const changed = await this.#client.json({ ...asked, patienceSeconds: PATIENCE_SECONDS })
    return sound<PublicLink>(changed, LINK)
  }

  /** What is revoked already is revoked. */
  async revoke({ id }: PublicLink): Promise<void> {
    try {
      await this.#client.json({ path: `/v1/links/${id}`, method: 'DELETE' })
    } catch (thrown) {
      if (!(thrown instanceof RingTrouble) || thrown.code !== 'LINK_UNKNOWN') throw thrown
    }
  }
}
