/** Texts about versions of a page in English, and their shape. */
import type { DiffLine, DiffOf } from '../../../src/wire/api-pages.ts'

export interface VersionTexts {
  readonly tab: string
  readonly only: (since: string) => string
  readonly hint: string
  readonly table: string
  readonly from: string
  readonly to: string
  readonly fromThis: (version: string) => string
  readonly toThis: (version: string) => string
  readonly at: string
  readonly fetchedAt: string
  readonly status: string
  readonly size: string
  readonly held: string
  readonly save: string
  readonly saveThis: (version: string) => string
  readonly older: string
  readonly changes: string
  readonly of: string
  readonly kinds: Readonly<Record<DiffOf, string>>
  readonly comparing: string
  readonly changed: (words: { readonly added: number; readonly removed: number }) => string
  readonly same: Readonly<Record<DiffOf, string>>
  readonly chooseTwo: string
  readonly statusChanged: (words: { readonly from: number; readonly to: number }) => string
  readonly lines: string
  readonly line: Readonly<Record<Exclude<DiffLine['kind'], 'same'>, string>>
}

const lines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`

export const VERSIONS_EN: VersionTexts = {
  tab: 'Versions',
  only: (since) => `The ring has seen one version of this page, since ${since}.`,
  hint: 'A content that was replaced stays here. Choose two to see what changed.',
  table: 'Versions of the page, newest first',
  from: 'Before',
  to: 'After',
  fromThis: (version) => `Compare from the version of ${version}`,
  toThis: (version) => `Compare with the version of ${version}`,
  at: 'First seen',
  fetchedAt: 'Last seen',
  status: 'Status',
  size: 'Size',
  held: 'newest',
  save: 'Save',
  saveThis: (version) => `Save the body of the version of ${version}`,
  older: 'Older ones',
  changes: 'What changed',
  of: 'Compare',
  kinds: { text: 'the text', source: 'the source' },
  comparing: 'Comparing …',
  changed: ({ added, removed }) => `${lines(removed)} taken away, ${lines(added)} added.`,
  same: { text: 'The text is the same.', source: 'The source is the same.' },
  chooseTwo: 'Choose two different versions.',
  statusChanged: ({ from, to }) => `The status ${from} became ${to}.`,
  lines: 'Lines that changed, with those around them',
  line: { removed: 'taken away:', added: 'added:' },
}
