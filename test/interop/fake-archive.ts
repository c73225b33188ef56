/** Versions of pages that a script has: what was held before the page that is. */
import { sha256Hex } from '../../src/base/hash.ts'
import type { GatewayOptions } from '../../src/gateways/rest/door.ts'
import type { PageContent } from '../../src/services/scrape/pages/scraper.ts'
import { instantOf } from '../../src/services/scrape/versions/archive.ts'
import type { PageVersion } from '../../src/wire/api-pages.ts'
import type { Page } from '../../src/wire/api.ts'

/** A content that was replaced; `at` is when it was first seen. */
export interface Older {
  readonly at: string
  readonly body: string
}

export interface ScriptedPage {
  readonly page: Page
  readonly body: string
  /** Newest first. */
  readonly older: readonly Older[]
}

export function fakeArchive(
  pageOf: (id: string) => ScriptedPage | undefined,
): GatewayOptions['archive'] {
  return {
    versions: async (id) => ({ items: versionsOf(pageOf(id)).map(({ sum }) => sum) }),
    async at(id, text) {
      const all = versionsOf(pageOf(id))
      const instant = instantOf(text)
      const found = all.find(({ sum }) => sum.at <= instant) ?? all.at(-1)
      return found?.content()
    },
    remove: async () => 0,
  }
}

interface Version {
  readonly sum: PageVersion
  readonly content: () => PageContent
}

function versionsOf(scripted: ScriptedPage | undefined): readonly Version[] {
  if (scripted === undefined) return []
  const { body, older, page } = scripted
  const held = { at: page.since ?? page.fetchedAt, body }
  return [held, ...older].map((one, index) => {
    const bytes = Buffer.byteLength(one.body)
    const hash = sha256Hex(one.body)
    const { status, title } = page
    const contentType = page.contentType.split(';')[0] ?? ''
    const as = {
      ...page,
      bytes,
      hash,
      contentType,
      since: one.at,
      fetchedAt: index === 0 ? page.fetchedAt : one.at,
    }
    const sum = { at: one.at, fetchedAt: as.fetchedAt, status, hash, bytes, contentType, title }
    return {
      sum: { ...sum, isHeld: index === 0 },
      content: () => ({ page: as, body: ReadableStream.from([Buffer.from(one.body)]) }),
    }
  })
}
