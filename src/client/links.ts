/** Public links through the REST API. */
import { isAnilloError } from '../base/errors.ts'
import { SECOND_MS } from '../base/limits.ts'
import { listed } from '../effects/listed.ts'
import {
  PublicLink,
  PublicLinkList,
  type NewPublicLink,
  type PublicLinkChange,
} from '../wire/api-links.ts'
import { queryOf } from './query.ts'
import type { Asking } from './records.ts'

/** Where each link of a page leads is looked up. */
const TIMEOUT_MS = 20 * SECOND_MS
const PAGE_ITEMS = 100
const LINKS = '/v1/links'

export class Links {
  readonly #asking: Asking

  constructor(asking: Asking) {
    this.#asking = asking
  }

  /** @throws AnilloError NO_ENTRY, NO_ACCESS, LINKS_FULL, PASSWORD_UNFIT */
  make(body: NewPublicLink): Promise<PublicLink> {
    const asked = { method: 'POST', path: LINKS, body, as: 'somebody' } as const
    return this.#asking.ask(PublicLink, { ...asked, timeoutMs: TIMEOUT_MS })
  }

  /** One’s own; `everybody`: of all makers. @throws AnilloError PERMISSION_MISSING, NO_ENTRY */
  list(
    which: { readonly path?: string; readonly everybody?: boolean } = {},
  ): AsyncIterable<PublicLink> {
    return listed((after) => {
      const path = LINKS + queryOf({ limit: PAGE_ITEMS, ...which, ...after })
      const asked = { method: 'GET', path, as: 'somebody', timeoutMs: TIMEOUT_MS } as const
      return this.#asking.ask(PublicLinkList, asked)
    })
  }

  /** @throws AnilloError LINK_UNKNOWN, PASSWORD_UNFIT */
  change(id: string, body: PublicLinkChange): Promise<PublicLink> {
    const asked = { method: 'PATCH', path: pathOf(id), body, timeoutMs: TIMEOUT_MS } as const
    return this.#asking.ask(PublicLink, asked)
  }

  /** @throws AnilloError LINK_UNKNOWN */
  async revoke(id: string): Promise<void> {
    let isRepeat = false
    const asked = {
      method: 'DELETE',
      path: pathOf(id),
      timeoutMs: TIMEOUT_MS,
      onRepeat: () => {
        isRepeat = true
      },
    } as const
    try {
      await this.#asking.request(asked, async () => true)
    } catch (thrown) {
      // The answer that it was revoked was lost.
      if (!isRepeat || !isAnilloError(thrown, 'LINK_UNKNOWN')) throw thrown
    }
  }
}

function pathOf(id: string): string {
  return `${LINKS}/${encodeURIComponent(id)}`
}
