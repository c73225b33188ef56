/**
 * In which formats pages leave a ring, and what comes in. Imports nothing: the page and the command
 * line tell it to people before they ask.
 */

export const EXPORT_FORMATS = ['warc', 'wacz', 'cdxj', 'jsonl', 'csv'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** Of the file. */
export const EXPORT_SUFFIXES: Readonly<Record<ExportFormat, string>> = {
  warc: 'warc.gz',
  wacz: 'wacz',
  cdxj: 'cdxj',
  jsonl: 'jsonl',
  csv: 'csv',
}
