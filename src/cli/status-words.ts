/** What the words of `anillo status` mean: for its help, and held against its table by a test. */

/** By the titles of the columns, in their order. */
export const COLUMN_WORDS = {
  NAME: 'bold: the member that answers',
  STATE: 'up; suspect: did not answer just now; down; draining, drained: emptied by “member drain”',
  DOOR: 'its page and its API, for programs on its own machine',
  ADDRESS: 'where other members reach it',
  ROLES: 'entry: others join through it; chord: stands on the ring; tweeter: stores data',
  LEADS: 'partitions of 64 whose writes it puts in order (leader, in Raft)',
  KEYS: 'its part of all addresses: it downloads the pages whose hash falls there (Chord)',
  PAGES: 'copies of pages that it holds, and how many of those fall to its part',
  DOWNLOADS: 'running / most at once; busy: sends others away',
  SUCCESSOR: 'the next on the ring',
} as const

export type ColumnTitle = keyof typeof COLUMN_WORDS

const OTHERS = {
  'may fail': 'so many more members at once, and all that was written is still served',
  partition: 'a 64th of the records; each has voters (a majority of which takes each write)',
  '': 'and, in rings of two or four, a learner: a copy without a vote',
  'at risk': 'partitions that bear fewer failures than their voters promise',
  coordinates: 'plans upkeep; nothing that is read or written waits for it',
} as const

export function statusLegend(): string {
  const rows = [...Object.entries(COLUMN_WORDS), ...Object.entries(OTHERS)]
  return rows.map(([word, what]) => `  ${word.padEnd(WORD_COLUMNS)}${what}`).join('\n')
}

const WORD_COLUMNS = 13
