/** Public links through the REST API. */
import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  PublicLink,
  PublicLinkList,
  type NewPublicLink,
  type PublicLinkChange,
} from '../wire/api-links.ts'
import { queryOf } from './query.ts'
import { Repeats } from './repeats.ts'
import { Resource, type Asking } from './resource.ts'

/** Where each link of a page leads is looked up. */
const TIMEOUT_MS = 20 * SECOND_MS
const PAGE_ITEMS = 100
const LINKS = '/v1/links'

export class Links extends Resource {
  constructor(asking: Asking) {
    super(asking, TIMEOUT_MS)
  }

  /** @throws AnilloError NO_ENTRY, NO_ACCESS, LINKS_FULL, PASSWORD_UNFIT */
  make(body: NewPublicLink): Promise<PublicLink> {
    return this.ask(PublicLink, { method: 'POST', path: LINKS, body, as: 'somebody' })
  }

  /** One’s own; `everybody`: of all makers. @throws AnilloError PERMISSION_MISSING, NO_ENTRY */
  list(
    which: { readonly path?: string; readonly everybody?: boolean } = {},
  ): AsyncIterable<PublicLink> {
    return listed((after) => {
      const path = LINKS + queryOf({ limit: PAGE_ITEMS, ...which, ...after })
      return this.ask(PublicLinkList, { method: 'GET', path, as: 'somebody' })
    })
  }

  /** @throws AnilloError LINK_UNKNOWN, PASSWORD_UNFIT */
  change(id: string, body: PublicLinkChange): Promise<PublicLink> {
    return this.ask(PublicLink, { method: 'PATCH', path: pathOf(id), body })
  }

  /** @throws AnilloError LINK_UNKNOWN */
  async revoke(id: string): Promise<void> {
    const repeats = new Repeats()
    try {
      await this.done({ method: 'DELETE', path: pathOf(id), onRepeat: repeats.note })
    } catch (thrown) {
      if (!repeats.mayBeDone(thrown, 'LINK_UNKNOWN')) throw thrown
    }
  }
}

function pathOf(id: string): string {
  return `${LINKS}/${encodeURIComponent(id)}`
}
