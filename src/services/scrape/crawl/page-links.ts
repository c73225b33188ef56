/** Links of a page that is held. */
import type { Page } from '../../../wire/api.ts'
import { headerDirectives } from '../links/directives.ts'
import { LinkFinder } from '../links/link-finder.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'

/** Product token: how a page names us. */
export const AGENT = 'anillo'

/** What a reader could follow. Nothing where the page asks robots not to. */
export async function findPageLinks(
  page: Page,
  body: AsyncIterable<Uint8Array>,
): Promise<readonly string[]> {
  const finder = new LinkFinder({
    url: canonicalUrl(page.finalUrl),
    charset: page.charset ?? undefined,
    agent: AGENT,
  })
  for await (const piece of body) finder.write(piece)
  const { directives, links } = finder.end()
  if (directives.noFollow || headersForbid(page)) return []
  return links.flatMap(({ isNoFollow, kind, url }) => (kind === 'page' && !isNoFollow ? [url] : []))
}

function headersForbid({ headers }: Page): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'x-robots-tag' && headerDirectives(value, AGENT).noFollow,
  )
}
