/** How commands tell what came of them: JSON for programs, words for people. */
import { EXIT, type ExitCode } from './failure.ts'
import { jsonLine, line, type Io } from './io.ts'
import { paintFor } from './paint.ts'
import { tableLines, type Column } from './table.ts'

interface JsonFlag {
  readonly json?: true
}

/** The same for both, on standard output. */
interface Answer {
  readonly json: unknown
  /** A line, or several. */
  readonly text: string | readonly string[]
}

export function told(io: Io, flags: JsonFlag, { json, text }: Answer): ExitCode {
  if (flags.json) jsonLine(io, json)
  else for (const one of typeof text === 'string' ? [text] : text) line(io.out, one)
  return EXIT.done
}

interface Listing<R> {
  readonly items: AsyncIterable<R> | Iterable<R>
  readonly columns: readonly Column<R>[]
  /** Told where there is no item. */
  readonly none: string
}

/** A JSON document a line, as they come; else a table of all. */
export async function toldEach<R>(
  io: Io,
  flags: JsonFlag,
  { columns, items, none }: Listing<R>,
): Promise<ExitCode> {
  const rows: R[] = []
  for await (const item of items) {
    if (flags.json) jsonLine(io, item)
    else rows.push(item)
  }
  if (flags.json) return EXIT.done
  if (rows.length === 0) line(io.err, none)
  else printTable(io, columns, rows)
  return EXIT.done
}

export function printTable<R>(io: Io, columns: readonly Column<R>[], rows: readonly R[]): void {
  const paint = paintFor(io, io.out)
  const [titles = '', ...lines] = tableLines(columns, rows)
  line(io.out, paint('dim', titles))
  for (const text of lines) line(io.out, text)
}
