/** The texts of copies in the browser in English. Their shape is what Spanish must fill. */

export interface CopyTexts {
  readonly title: string
  readonly hint: string
  /** For who has no session. */
  readonly guestHint: string
  readonly keep: string
  /** Of a page, before it is kept. */
  readonly keepHint: (words: { readonly size: string; readonly most: string }) => string
  readonly keeping: string
  readonly kept: string
  readonly see: string
  readonly sum: (words: {
    readonly count: string
    readonly size: string
    readonly most: string
  }) => string
  readonly granted: (size: string) => string
  readonly lost: (count: number) => string
  readonly none: string
  readonly noneSuch: string
  readonly gone: string
  readonly filter: string
  readonly table: string
  readonly address: string
  readonly pageTitle: string
  readonly size: string
  readonly got: string
  readonly keptAt: string
  readonly remove: string
  readonly removeNamed: (name: string) => string
  readonly removeSure: string
  readonly removeAll: string
  readonly removeAllSure: string
  readonly toAll: string
  readonly tabs: string
  readonly text: string
  readonly source: string
  readonly save: string
  readonly textRegion: string
  readonly noText: string
  readonly crawl: {
    readonly hint: string
    readonly look: string
    readonly looking: (count: string) => string
    readonly plan: (words: { readonly pages: string; readonly size: string }) => string
    readonly room: (words: { readonly size: string; readonly most: string }) => string
    readonly left: (count: string) => string
    readonly nothing: string
    readonly start: (pages: string) => string
    readonly dismiss: string
    readonly progress: (words: { readonly ended: string; readonly known: string }) => string
    readonly timeLeft: (time: string) => string
    readonly stop: string
    readonly result: (words: { readonly kept: number; readonly same: number }) => string
    readonly missed: (count: number) => string
    readonly stopped: string
  }
  readonly troubles: {
    readonly refused: string
    readonly large: (words: { readonly size: string; readonly most: string }) => string
    readonly full: string
    readonly browserFull: string
    readonly changed: string
    readonly damaged: string
  }
}

const pagesText = (count: number): string => `${count} ${count === 1 ? 'page' : 'pages'}`

export const COPIES_EN: CopyTexts = {
  title: 'Kept in this browser',
  hint: 'Encrypted copies on this computer. Their key belongs to your log-in and is never stored here: when you log out, here or from elsewhere, they are deleted and nobody can read what may be left of them.',
  guestHint:
    'Encrypted copies on this computer, with a key of this tab: they go when it is closed or somebody logs in. Who can read the files of this browser meanwhile can find that key. Log in to keep copies more safely.',
  keep: 'Keep in this browser',
  keepHint: ({ size, most }) => `${size}, encrypted, of ${most} that a browser keeps`,
  keeping: 'Keeping it…',
  kept: 'Kept in this browser.',
  see: 'Show what is kept',
  sum: ({ count, most, size }) => `${count} kept, ${size} of ${most}.`,
  granted: (size) => `The browser has room for ${size} more.`,
  lost: (count) => `${pagesText(count)} could not be decrypted and went.`,
  none: 'Nothing is kept yet. “Keep in this browser” stands at each page and at each crawl.',
  noneSuch: 'No copy has that in its address or title.',
  gone: 'This copy is not kept any more.',
  filter: 'In address or title',
  table: 'Copies in this browser',
  address: 'Address',
  pageTitle: 'Title',
  size: 'Size',
  got: 'Got',
  keptAt: 'Kept',
  remove: 'Delete',
  removeNamed: (name) => `Delete the copy of ${name}`,
  removeSure: 'Delete this copy from the browser? The ring keeps its page.',
  removeAll: 'Delete all copies',
  removeAllSure: 'Delete all copies from this browser? The ring keeps their pages.',
  toAll: '← All copies',
  tabs: 'Views of the copy',
  text: 'Text',
  source: 'Source',
  save: 'Save as a file',
  textRegion: 'Text of the copy',
  noText: 'This is no text. Save it as a file to look at it.',
  crawl: {
    hint: 'Encrypted copies of what this crawl came to, to read when the ring is away.',
    look: 'Keep in this browser…',
    looking: (count) => `${count} looked up…`,
    plan: ({ pages, size }) => `${pages} pages, ${size}.`,
    room: ({ most, size }) => `There is room for ${size}; a browser keeps at most ${most}.`,
    left: (count) => `${count} of them stay out: there is no room, or they are too large.`,
    nothing: 'There is nothing to keep.',
    start: (pages) => `Keep ${pages} pages`,
    dismiss: 'Do not keep them',
    progress: ({ ended, known }) => `${ended} of ${known} pages`,
    timeLeft: (time) => `about ${time} left`,
    stop: 'Stop',
    result: ({ kept, same }) =>
      `${pagesText(kept)} kept${same === 0 ? '' : `, ${same} kept already`}.`,
    missed: (count) => `${pagesText(count)} could not be had.`,
    stopped: 'Stopped; what was kept stays.',
  },
  troubles: {
    refused:
      'This browser keeps nothing here: its settings forbid it, or the window is a private one.',
    large: ({ most, size }) => `${size} is too large for a copy (${most}). Save it as a file.`,
    full: 'As much is kept as a browser may. Delete some copies first.',
    browserFull: 'The browser has no more room. Delete some copies, or free some of the disk.',
    changed: 'The page changes while it is being kept. Try it again.',
    damaged: 'This copy is damaged and cannot be decrypted. Delete it and keep the page again.',
  },
}
