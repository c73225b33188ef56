/** Addresses in a sitemap or feed that is held, packed or not. */
import { AnilloError, isAnilloError } from '../../../base/errors.ts'
import type { Unpack } from '../../../effects/unpack.ts'
import type { Page } from '../../../wire/api.ts'
import type { PageLink } from '../../../wire/pages.ts'
import { UNPACK_FEED_BYTES, UNPACK_RATIO_FROM_BYTES, UNPACK_RATIO_MAX } from '../limits.ts'
import { SitemapReader } from '../links/sitemap.ts'
import { canonicalUrl } from '../urls/canonical-url.ts'

/** Lists that one index names, and that are read. */
export const LISTS_PER_INDEX_MAX = 1_000

export type ListRead =
  | { readonly kind: 'read'; readonly links: readonly PageLink[] }
  /** `code`: why, as it is told with the URL of the list. */
  | { readonly kind: 'refused'; readonly code: string }

/** It declares entities of its own: no honest list does. */
export const SITEMAP_REFUSED = 'SITEMAP_REFUSED'

export async function readList(
  page: Page,
  body: AsyncIterable<Uint8Array>,
  unpack: Unpack,
): Promise<ListRead> {
  const reader = new SitemapReader({
    url: canonicalUrl(page.finalUrl),
    charset: page.charset ?? undefined,
  })
  try {
    for await (const piece of unpacked(body, unpack)) {
      reader.write(piece)
      if (reader.isDone) break
    }
  } catch (thrown) {
    if (!isAnilloError(thrown) || !OF_THE_LIST.has(thrown.code)) throw thrown
    return { kind: 'refused', code: thrown.code }
  }
  const { entries, isRefused, lists } = reader.end()
  if (isRefused) return { kind: 'refused', code: SITEMAP_REFUSED }
  const links = entries.map(({ url }) => ({ url, isResource: false }))
  const more = lists.slice(0, LISTS_PER_INDEX_MAX)
  return {
    kind: 'read',
    links: [...more.map((url) => ({ url, isResource: false, isList: true })), ...links],
  }
}

/** The file is to blame, and not whoever keeps it. */
const OF_THE_LIST: ReadonlySet<string> = new Set(['FETCH_BOMB', 'FETCH_BROKEN'])

const GZIP_MAGIC = [0x1f, 0x8b] as const

/** A file that is packed by itself, whatever its type says (sitemaps.org: `sitemap.xml.gz`). */
async function* unpacked(
  body: AsyncIterable<Uint8Array>,
  unpack: Unpack,
): AsyncGenerator<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]()
  try {
    const first = await pieces.next()
    if (first.done === true) return
    const counted = { bytes: 0 }
    const all = fed(first.value, pieces, counted)
    const isPacked = GZIP_MAGIC.every((byte, at) => first.value[at] === byte)
    let bytes = 0
    for await (const piece of isPacked ? unpack.unpack('gzip', all) : all) {
      bytes += piece.length
      const isBomb = bytes > UNPACK_RATIO_FROM_BYTES && bytes > UNPACK_RATIO_MAX * counted.bytes
      if (isBomb) throw new AnilloError('FETCH_BOMB', { ratio: UNPACK_RATIO_MAX })
      yield piece
    }
  } finally {
    await pieces.return?.()
  }
}

/** In pieces so small that what each unpacks to is seen before the next. */
async function* fed(
  first: Uint8Array,
  pieces: AsyncIterator<Uint8Array>,
  counted: { bytes: number },
): AsyncGenerator<Uint8Array> {
  for (let piece = first; ;) {
    for (let at = 0; at < piece.length; at += UNPACK_FEED_BYTES) {
      const part = piece.subarray(at, at + UNPACK_FEED_BYTES)
      counted.bytes += part.length
      yield part
    }
    const next = await pieces.next()
    if (next.done === true) return
    piece = next.value
  }
}
