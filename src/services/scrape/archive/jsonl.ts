/** JSON Lines (jsonlines.org): one value a line, UTF-8, ended by LF. */
import type { ExportRow } from './export-row.ts'
import { textPieces } from './text-pieces.ts'

/** A line for each address of a crawl, with what the API says of it and what was extracted. */
export function jsonlOf(rows: AsyncIterable<ExportRow>): AsyncGenerator<Uint8Array> {
  return textPieces(lines(rows))
}

async function* lines(rows: AsyncIterable<ExportRow>): AsyncGenerator<string> {
  // A line end within a text is escaped in JSON.
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}
