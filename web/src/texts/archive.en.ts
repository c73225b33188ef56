/** The texts of the archive in English. Their shape is what Spanish must fill. */
import type { ExportFormat } from '../../../src/wire/export-formats.ts'

export interface ArchiveTexts {
  readonly title: string
  readonly hint: string
  readonly host: string
  readonly hostHint: string
  readonly look: string
  readonly table: string
  readonly address: string
  readonly answer: string
  readonly size: string
  readonly got: string
  readonly pageTitle: string
  readonly none: string
  readonly export: string
  readonly exportHint: string
  readonly exportOfCrawl: string
  readonly formats: Readonly<Record<ExportFormat, string>>
  readonly search: {
    readonly title: string
    readonly words: string
    readonly wordsHint: string
    readonly site: string
    readonly after: string
    readonly afterHint: string
    readonly submit: string
    readonly found: (count: number) => string
    readonly none: string
    readonly partial: string
    readonly folded: (count: number) => string
    readonly noneNear: string
  }
  readonly import: {
    readonly title: string
    readonly hint: string
    readonly file: string
    readonly submit: string
    readonly empty: string
    readonly sending: (words: { readonly sent: string; readonly size: string }) => string
    readonly keeping: string
    readonly left: (time: string) => string
    readonly result: (words: { readonly pages: number; readonly same: number }) => string
    readonly refused: (count: number) => string
    readonly before: (pages: number) => string
  }
}

const pagesText = (count: number): string => `${count} ${count === 1 ? 'page' : 'pages'}`

export const ARCHIVE_EN: ArchiveTexts = {
  title: 'Pages kept',
  hint: 'What the ring has downloaded or been given, in no order that means anything.',
  host: 'Host',
  hostHint: 'Such as example.org; all hosts where nothing is typed.',
  look: 'Show',
  table: 'Pages kept',
  address: 'Address',
  answer: 'Answer',
  size: 'Size',
  got: 'Got',
  pageTitle: 'Title',
  none: 'There is no such page.',
  export: 'Take along as a file',
  exportHint:
    'The browser saves it while it comes. If it breaks off, the command line goes on where it was: npx anillo crawls export, npx anillo pages export.',
  exportOfCrawl:
    'WARC, WACZ and CDXJ have the pages that are done; those that failed are in JSON lines and CSV alone.',
  formats: {
    warc: 'WARC: pages with their content, for archives',
    wacz: 'WACZ: with its index, for ReplayWeb.page',
    cdxj: 'CDXJ: the index alone',
    jsonl: 'JSON lines: addresses and what came of them',
    csv: 'CSV: the same, for spreadsheets',
  },
  search: {
    title: 'Search in pages kept',
    words: 'Words',
    wordsHint: 'All of them; also begin*, "words in a row", title:word, url:word, lang:es.',
    site: 'Site',
    after: 'Since',
    afterHint: 'A day such as 2026-01-31, a month or a year.',
    submit: 'Search',
    found: (count) => `${pagesText(count)} found.`,
    none: 'No page is found. What was kept a moment ago is found some seconds later.',
    partial: 'Parts of the ring did not answer; there may be more.',
    folded: (count) => `Show ${pagesText(count)} nearly the same`,
    noneNear: 'They have changed since, or are gone.',
  },
  import: {
    title: 'Add an archive',
    hint: 'A WARC, packed or not. Each page keeps the date that the archive tells; what is held already changes nothing.',
    file: 'File',
    submit: 'Add its pages',
    empty: 'Choose a file first.',
    sending: ({ sent, size }) => `${sent} of ${size}`,
    keeping: 'All is sent; the last pages are being kept.',
    left: (time) => `about ${time} left`,
    result: ({ pages, same }) =>
      `${pagesText(pages)} added${same === 0 ? '' : `, ${same} held already`}.`,
    refused: (count) => `${pagesText(count)} could not be kept.`,
    before: (pages) => `${pagesText(pages)} before that stay kept.`,
  },
}
