/** JSON Lines (jsonlines.org): one value a line, UTF-8, ended by LF. */
import type { CrawlUrl } from '../../../wire/api-crawls.ts'
import { textPieces } from './text-pieces.ts'

/** A line for each address of a crawl, with what the API says of it. */
export function jsonlOf(rows: AsyncIterable<CrawlUrl>): AsyncGenerator<Uint8Array> {
  return textPieces(lines(rows))
}

async function* lines(rows: AsyncIterable<CrawlUrl>): AsyncGenerator<string> {
  // A line end within a text is escaped in JSON.
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}
