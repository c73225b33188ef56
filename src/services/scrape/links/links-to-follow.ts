/** What a page names: links that a reader could follow, and what it needs to show. */
import { isAnilloError } from '../../../base/errors.ts'
import type { Page } from '../../../wire/api.ts'
import type { PageLink } from '../../../wire/pages.ts'
import { isCss } from '../fetch/http-message.ts'
import { canonicalUrl, redirectTarget, type CanonicalUrl } from '../urls/canonical-url.ts'
import { CssScanner } from './css-scanner.ts'
import { headerDirectives } from './directives.ts'
import { LinkFinder, LINKS_MAX } from './link-finder.ts'

/** Product token: how a page names us. */
export const AGENT = 'anillo'

/** Of links nothing where the page asks robots not to follow them; it is shown all the same. */
export function findLinks(page: Linked, body: Pieces): Promise<readonly PageLink[]> {
  return isCss(page.contentType) ? inStyleSheet(page, body) : inHtml(page, body)
}

type Linked = Pick<Page, 'contentType' | 'finalUrl' | 'charset' | 'headers'>
type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

async function inHtml(page: Linked, body: Pieces): Promise<readonly PageLink[]> {
  const finder = new LinkFinder({
    url: canonicalUrl(page.finalUrl),
    charset: page.charset ?? undefined,
    agent: AGENT,
  })
  for await (const piece of body) finder.write(piece)
  const { directives, links } = finder.end()
  const mayFollow = !directives.noFollow && !headersForbid(page)
  const feeds: PageLink[] = []
  const found = new Map<string, PageLink>()
  for (const { isNoFollow, kind, url } of links) {
    if (kind === 'page' && mayFollow && !isNoFollow) found.set(url, { url, isResource: false })
    if (kind === 'feed' && mayFollow) feeds.push({ url, isResource: false, isList: true })
    // A page that is embedded as well is a page.
    if (kind === 'resource' && !found.has(url)) found.set(url, { url, isResource: true })
  }
  // What is linked as a page as well is read as a list, where lists are taken.
  return [...feeds, ...found.values()]
}

async function inStyleSheet(page: Linked, body: Pieces): Promise<readonly PageLink[]> {
  const from = canonicalUrl(page.finalUrl)
  const found = new Set<string>()
  const scanner = new CssScanner((address) => {
    const url = address.trim() === '' ? undefined : resolved(from, address)
    if (url !== undefined && found.size < LINKS_MAX) found.add(url)
    return undefined
  })
  const decoder = new TextDecoder(page.charset ?? 'utf-8')
  for await (const piece of body) scanner.write(decoder.decode(piece, { stream: true }))
  scanner.end()
  return Array.from(found, (url) => ({ url, isResource: true }))
}

/** `undefined`: no address of a page, or one that is never fetched. */
function resolved(from: CanonicalUrl, address: string): CanonicalUrl | undefined {
  try {
    return redirectTarget(from, address)
  } catch (thrown) {
    if (isAnilloError(thrown)) return undefined
    throw thrown
  }
}

function headersForbid({ headers }: Linked): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'x-robots-tag' && headerDirectives(value, AGENT).noFollow,
  )
}
