/**
 * CSV (RFC 4180) in UTF-8 without a byte order mark: a header, then a line for each address of a
 * crawl.
 */
import type { CrawlUrl } from '../../../wire/api-crawls.ts'
import type { ExportRow, ExtractColumn } from './export-row.ts'
import { textPieces } from './text-pieces.ts'

type Value = string | number | undefined

/** In this order, for good: what is added comes behind. */
const COLUMNS: Readonly<Record<keyof CrawlUrl, (row: CrawlUrl) => Value>> = {
  url: (row) => row.url,
  id: (row) => row.id,
  state: (row) => row.state,
  depth: (row) => row.depth,
  tries: (row) => row.tries,
  status: (row) => row.status,
  code: (row) => row.code,
  hash: (row) => row.hash,
  bytes: (row) => row.bytes,
  contentType: (row) => row.contentType,
  title: (row) => row.title,
  how: (row) => row.how,
  at: (row) => row.at,
  change: (row) => row.change,
  before: (row) => row.before,
  isResource: (row) => (row.isResource === undefined ? undefined : 'true'),
}

/** A later part of what was begun has no header. @param more columns behind the others */
export function csvOf(
  rows: AsyncIterable<ExportRow>,
  part: 'whole' | 'later' = 'whole',
  more: readonly ExtractColumn[] = [],
): AsyncGenerator<Uint8Array> {
  return textPieces(lines(rows, part, more))
}

async function* lines(
  rows: AsyncIterable<ExportRow>,
  part: 'whole' | 'later',
  more: readonly ExtractColumn[],
): AsyncGenerator<string> {
  if (part === 'whole') yield line([...Object.keys(COLUMNS), ...more.map(({ name }) => name)])
  const columns = [...Object.values(COLUMNS), ...more.map(({ read }) => read)]
  for await (const row of rows) yield line(columns.map((read) => read(row)))
}

function line(values: readonly Value[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

function cell(value: Value): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value)
  const safe = FORMULA.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/**
 * A spreadsheet takes such a cell for a formula and carries it out. Titles come from sites that
 * nobody vouches for; a quotation mark before it makes it a text (OWASP, CSV injection).
 */
const FORMULA = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/
