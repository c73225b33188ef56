/** What the archive has of an address, for whoever looks at it at the replay door. */
import type { FastifyRequest } from 'fastify'

import { sinceOf } from '../../../services/scrape/pages/page-record.ts'
import type { PageContent } from '../../../services/scrape/pages/scraper.ts'
import { digitsOf, replayPath } from '../../../services/scrape/replay/replay-address.ts'
import {
  canonicalUrl,
  pageIdOf,
  type CanonicalUrl,
} from '../../../services/scrape/urls/canonical-url.ts'
import type { PageVersion } from '../../../wire/api-pages.ts'
import { isFromBeyond } from '../beyond.ts'
import type { GatewayOptions } from '../door.ts'

type Archive = GatewayOptions['archive']

/** Lists of versions that are read for one page, newest first; what is older is not in its line. */
const LISTS_MAX = 10

export async function versionsOf(
  archive: Archive,
  url: CanonicalUrl,
  signal: AbortSignal,
): Promise<readonly PageVersion[]> {
  const found: PageVersion[] = []
  let cursor: string | undefined
  for (let lists = 0; lists < LISTS_MAX; lists++) {
    const list = await archive.versions(pageIdOf(url), cursor, { signal })
    found.push(...list.items)
    cursor = list.cursor
    if (cursor === undefined) break
  }
  return found
}

/** The version that a page is, as a list would tell it. */
export function versionOf({ page }: PageContent): PageVersion {
  const { bytes, contentType, fetchedAt, hash, status, title } = page
  return { at: sinceOf(page), fetchedAt, status, hash, bytes, contentType, title, isHeld: false }
}

/** That very one of the list, or put where it belongs: it is older than all that were listed. */
export function withShown(
  versions: readonly PageVersion[],
  shown: PageVersion,
): { readonly versions: readonly PageVersion[]; readonly version: PageVersion } {
  const version = versions.find(({ at }) => at === shown.at)
  if (version !== undefined) return { versions, version }
  const all = [...versions, shown].toSorted((a, b) => (a.at < b.at ? 1 : -1))
  return { versions: all, version: shown }
}

/** So many are looked up. */
const NEAR_MAX = 12

/** What is held under addresses that people mean by this one, and above it. */
export async function nearestOf(
  archive: Archive,
  asked: { readonly url: CanonicalUrl; readonly instant: string },
  signal: AbortSignal,
): Promise<readonly { readonly url: string; readonly path: string }[]> {
  const near = nearAddresses(asked.url).slice(0, NEAR_MAX)
  const found = await Promise.all(
    near.map(async (url) => {
      const content = await archive.at(pageIdOf(url), asked.instant, { signal })
      if (content === undefined) return []
      const digits = digitsOf(sinceOf(content.page))
      return [{ url, path: replayPath({ digits }, url) }]
    }),
  )
  return found.flat()
}

export function nearAddresses(url: CanonicalUrl): readonly CanonicalUrl[] {
  const near = new Set<CanonicalUrl>()
  const add = (change: (near: URL) => void): void => {
    const changed = new URL(url)
    change(changed)
    near.add(canonicalUrl(changed.href))
  }
  add((one) => (one.protocol = one.protocol === 'http:' ? 'https:' : 'http:'))
  add((one) => {
    one.hostname = one.hostname.startsWith('www.') ? one.hostname.slice(4) : `www.${one.hostname}`
  })
  add((one) => (one.search = ''))
  add(
    (one) =>
      (one.pathname = one.pathname.endsWith('/') ? one.pathname.slice(0, -1) : `${one.pathname}/`),
  )
  const folders = new URL(url).pathname.split('/').slice(1, -1)
  for (let depth = folders.length; depth >= 0; depth--) {
    add((one) => {
      one.search = ''
      one.pathname = `/${folders
        .slice(0, depth)
        .map((folder) => `${folder}/`)
        .join('')}`
    })
  }
  near.delete(url)
  return [...near]
}

/** Of the door, by the name that who asks knows it by. */
export function doorOf({ headers, raw }: FastifyRequest): string {
  return `${isFromBeyond(raw) ? 'https' : 'http'}://${headers.host}`
}
