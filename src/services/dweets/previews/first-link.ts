/** The link of a dweet of which a preview is shown. Pure. */
import { PREVIEW_URL_CHARS_MAX } from '../../../wire/dweet-limits.ts'
import { dweetPieces } from '../../../wire/dweet-text.ts'

/**
 * The first address, as a site is asked for it: without what stands behind `#`. `undefined`: there
 * is none, or it tells who asks.
 */
export function firstLink(text: string): string | undefined {
  const link = dweetPieces(text).find((piece) => piece.kind === 'link')
  if (link === undefined) return undefined
  const url = new URL(link.url)
  url.hash = ''
  const isFit = url.username === '' && url.password === ''
  return isFit && url.href.length <= PREVIEW_URL_CHARS_MAX ? url.href : undefined
}
