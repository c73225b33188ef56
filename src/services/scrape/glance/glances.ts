/**
 * What a page says of itself, for previews of links. The site is asked as for a scrape: through the
 * address gate, within the bounds of downloads and tighter ones, as one of the member's downloads.
 * Nothing is kept: who links to a page does not put it into the archive.
 */
import { AnilloError } from '../../../base/errors.ts'
import { KIB, SECOND_MS } from '../../../base/limits.ts'
import type { Extracted } from '../../../wire/api-extract.ts'
import { PREVIEW_PICTURE_BYTES_MAX } from '../../../wire/dweet-limits.ts'
import type { Extractor } from '../extract/extractor.ts'
import { fetchPage, type FetchedPage, type FetchTools } from '../fetch/fetch-page.ts'
import { isHtml } from '../fetch/http-message.ts'
import type { Slots } from '../pages/slots.ts'
import { canonicalUrl, pageIdOf, type CanonicalUrl } from '../urls/canonical-url.ts'

export interface GlanceTools {
  readonly fetching: FetchTools
  readonly slots: Slots
  readonly extractor: Extractor
}

export interface Glance {
  readonly title?: string
  readonly description?: string
  readonly site?: string
  /** As the site sent it. */
  readonly picture?: Uint8Array
}

/** What a page says of itself stands at its beginning. */
export const GLANCE_BYTES = 512 * KIB
export const GLANCE_PICTURE_BYTES_MAX = PREVIEW_PICTURE_BYTES_MAX
/** Of one request, with its redirects. */
export const GLANCE_TIMEOUT_MS = 15 * SECOND_MS

export class Glances {
  readonly #tools: GlanceTools

  constructor(tools: GlanceTools) {
    this.#tools = tools
  }

  /**
   * `undefined`: it is no page, or the site has none there. @throws AnilloError BUSY, URL_*, as
   * `fetchPage`, TASK_ENDED
   */
  async at(url: string, signal: AbortSignal): Promise<Glance | undefined> {
    const { slots } = this.#tools
    // Who asked comes again.
    if (slots.isFull) throw new AnilloError('BUSY', { what: 'downloads' })
    await slots.take()
    try {
      return await this.#glance(canonicalUrl(url), signal)
    } finally {
      slots.release()
    }
  }

  async #glance(url: CanonicalUrl, signal: AbortSignal): Promise<Glance | undefined> {
    const { bytes, page } = await this.#get(url, GLANCE_BYTES, signal)
    if (page.status !== OK || !isHtml(page.contentType)) return undefined
    const source = { ...page, id: pageIdOf(url), url }
    const spec = { openGraph: true }
    const said = saidIn(await this.#tools.extractor.extract(source, bytes, { spec, signal }))
    const { picture: address, ...texts } = { ...said, title: said.title ?? page.title ?? undefined }
    const picture = address === undefined ? undefined : await this.#picture(page, address, signal)
    const told = Object.entries({ ...texts, picture }).filter(([, value]) => value !== undefined)
    return Object.fromEntries(told)
  }

  /** Without one the rest is shown all the same. */
  async #picture(
    { finalUrl }: FetchedPage,
    address: string,
    signal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    try {
      const url = canonicalUrl(new URL(address, finalUrl).href)
      const most = GLANCE_PICTURE_BYTES_MAX
      const { bytes, page } = await this.#get(url, most + 1, signal)
      return page.status === OK && bytes.length <= most ? bytes : undefined
    } catch {
      return undefined
    }
  }

  async #get(
    url: CanonicalUrl,
    enoughBytes: number,
    outer: AbortSignal,
  ): Promise<{ readonly page: FetchedPage; readonly bytes: Uint8Array }> {
    const { fetching } = this.#tools
    const pieces: Uint8Array[] = []
    const late = new AbortController()
    const timer = fetching.clock.after(GLANCE_TIMEOUT_MS, () => late.abort(this.#late(url)))
    try {
      const page = await fetchPage(
        {
          url,
          enoughBytes,
          write: async (piece) => void pieces.push(piece.slice()),
          progress: () => undefined,
          signal: AbortSignal.any([outer, late.signal]),
        },
        fetching,
      )
      return { page, bytes: Buffer.concat(pieces).subarray(0, enoughBytes) }
    } finally {
      timer.cancel()
    }
  }

  #late(url: CanonicalUrl): AnilloError {
    const { hostname: host } = new URL(url)
    return new AnilloError('FETCH_TIMEOUT', { host, phase: 'whole', limitMs: GLANCE_TIMEOUT_MS })
  }
}

const OK = 200

interface Said {
  readonly title: string | undefined
  readonly description: string | undefined
  readonly site: string | undefined
  readonly picture: string | undefined
}

/** OpenGraph first; then what other programs of its kind read; then what every page has. */
function saidIn({ openGraph = {} }: Extracted): Said {
  const found = new Map(Object.entries(openGraph))
  const first = (...names: readonly string[]): string | undefined => {
    for (const name of names) {
      const value = [found.get(name) ?? []].flat().find((one) => one.trim() !== '')
      if (value !== undefined) return value
    }
    return undefined
  }
  return {
    title: first('og:title', 'twitter:title'),
    description: first('og:description', 'twitter:description', 'description'),
    site: first('og:site_name'),
    picture: first('og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image'),
  }
}
