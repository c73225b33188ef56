/**
 * A line of a table of pages: what is known of an address, and what was extracted from its page.
 */
import type { CrawlUrl } from '../../../wire/api-crawls.ts'
import type { Extracted, ExtractSpec } from '../../../wire/api-extract.ts'

/** Without what the line tells already. */
export type ExtractedData = Omit<Extracted, 'id' | 'url' | 'hash'>

export interface ExportRow extends CrawlUrl {
  readonly extracted?: ExtractedData
  /** Why there is none, where there should be. */
  readonly notExtracted?: string
}

export interface ExtractColumn {
  readonly name: string
  /** A text as it is, anything else as JSON; `undefined`: nothing. */
  readonly read: (row: ExportRow) => string | undefined
}

/** Columns for what a crawl extracts: each field has its own. @param spec of the crawl */
export function extractColumns(spec: ExtractSpec): readonly ExtractColumn[] {
  const { fields = {}, ...parts } = spec
  const column = (name: string, valueOf: (data: ExtractedData) => unknown): ExtractColumn => ({
    name: `extracted.${name}`,
    read: ({ extracted }) => (extracted === undefined ? undefined : textOf(valueOf(extracted))),
  })
  const ofParts = PARTS.filter((part) => (parts[part] ?? false) !== false)
  return [
    ...Object.keys(fields).map((name) => column(`fields.${name}`, (data) => data.fields?.[name])),
    ...ofParts.map((part) =>
      column(part, (data) => (part === 'text' ? data.text?.text : data[part])),
    ),
    { name: 'notExtracted', read: ({ notExtracted }) => notExtracted },
  ]
}

const PARTS = ['text', 'markdown', 'jsonLd', 'openGraph', 'links', 'tables'] as const

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
