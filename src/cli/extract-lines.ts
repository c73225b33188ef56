/** What was extracted from a page, on standard output. */
import type { Extracted } from '../wire/api-extract.ts'
import type { ExtractFlags } from './extract-options.ts'
import { jsonLine, line, type Io } from './io.ts'

/** Text alone, or Markdown alone, as it is; else JSON. */
export function tellExtracted(
  io: Io,
  extracted: Extracted,
  { extract, json, markdown, select, text }: ExtractFlags & { readonly json?: true },
): void {
  const isPlain = extract === undefined && select === undefined && json === undefined
  if (isPlain && markdown !== undefined && text === undefined) {
    line(io.out, unsteering(extracted.markdown ?? ''))
  } else if (isPlain && text !== undefined && markdown === undefined) {
    line(io.out, unsteering(extracted.text?.text ?? ''))
  } else jsonLine(io, extracted)
}

/** What a site sent must not steer the terminal; lines and tabs stay. */
function unsteering(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t\n]/gu, '')
}
