/** The index of the WARC that pages make, without the WARC. */
import { AnilloError } from '../../../base/errors.ts'
import { cdxLine, sortedLines } from './cdxj.ts'
import { textPieces } from './text-pieces.ts'
import { WACZ_CAPTURES_MAX } from './wacz.ts'
import {
  PagesWarc,
  type ArchivedPage,
  type PageGone,
  type WarcAbout,
  type WarcTools,
} from './warc-of-pages.ts'

/**
 * Begins when all pages were read: an index is sorted.
 * @throws AnilloError TOO_LARGE with more captures than `WACZ_CAPTURES_MAX`
 */
export function cdxjOf(
  pages: AsyncIterable<ArchivedPage | PageGone>,
  tools: WarcTools,
  about: WarcAbout,
): AsyncGenerator<Uint8Array> {
  return textPieces(lines(pages, tools, about))
}

async function* lines(
  pages: AsyncIterable<ArchivedPage | PageGone>,
  tools: WarcTools,
  about: WarcAbout,
): AsyncGenerator<string> {
  const found: string[] = []
  const warc = new PagesWarc(tools, about, (entry) => {
    if (found.length === WACZ_CAPTURES_MAX)
      throw new AnilloError('TOO_LARGE', { what: 'an index', limit: WACZ_CAPTURES_MAX })
    found.push(cdxLine(entry))
  })
  // Where a record lies is known once the bytes before it are.
  for await (const _ of warc.write(pages));
  for (const line of sortedLines(found)) yield `${line}\n`
}
