/** Words of what all services have in common, in English. Its shape is what others must fill. */
import type { NotificationKind } from '../../../src/wire/api-dweets.ts'
import type { FindKind } from '../../../src/wire/find-kinds.ts'

export interface OneRingTexts {
  readonly find: {
    readonly title: string
    readonly hint: string
    readonly kinds: Readonly<Record<FindKind, string>>
    /** Of a kind, for who hears the page. */
    readonly group: (kind: string, count: string) => string
    readonly none: (words: string) => string
    readonly told: (counts: string) => string
    /** There are more than that. */
    readonly over: (count: string) => string
    readonly incomplete: string
    readonly more: (kind: string) => string
    readonly door: string
    readonly folder: string
    readonly untitled: string
    /** What was typed is an address. */
    readonly open: (address: string) => string
  }
  readonly archived: {
    readonly at: (time: string) => string
    readonly now: string
    readonly working: string
    readonly done: string
    readonly none: string
  }
  /** Over all services. */
  readonly used: {
    readonly title: string
    readonly of: (used: string, most: string) => string
    readonly noLimit: (used: string) => string
    readonly service: string
    readonly bytes: string
    readonly pieces: string
    readonly table: string
    readonly services: { readonly files: string; readonly dweets: string; readonly shares: string }
    readonly uploads: (bytes: string) => string
    readonly counts: string
  }
  readonly feed: {
    readonly title: string
    readonly hint: string
    readonly none: string
    readonly incomplete: string
    readonly isNew: string
    readonly crawl: (seed: string, pages: string) => string
    readonly shared: (who: string, name: string) => string
    readonly download: Readonly<Record<'done' | 'failed' | 'cancelled', (name: string) => string>>
    readonly dweets: Readonly<Record<NotificationKind, (name: string) => string>>
  }
  readonly home: {
    readonly allUp: (all: number) => string
    readonly someUp: (up: number, all: number) => string
    readonly mayFail: (count: number) => string
    readonly stopped: string
    readonly crawls: string
    readonly noCrawls: string
    readonly pages: (count: string) => string
    readonly files: string
    readonly noFiles: string
    readonly dweets: string
    readonly newDweets: (count: string) => string
    readonly noDweets: string
    readonly shares: string
    readonly noShares: string
  }
}

export const ONE_RING_EN: OneRingTexts = {
  find: {
    title: 'Search',
    hint: 'Pages by what stands in them, files and shares by their names, dweets by their texts.',
    kinds: { pages: 'Pages', files: 'Files', dweets: 'Dweets', shares: 'Shares' },
    group: (kind, count) => `${kind}: ${count}`,
    none: (words) => `Nothing is found for “${words}”.`,
    told: (counts) => `Found. ${counts}.`,
    over: (count) => `more than ${count}`,
    incomplete: 'Not all could be looked at: there may be more.',
    more: (kind) => `More ${kind.toLowerCase()}`,
    door: 'Download it',
    folder: 'folder',
    untitled: 'Dweet without words',
    open: (address) => `Open ${address} through the ring`,
  },
  archived: {
    at: (time) => `Archived copy, ${time}`,
    now: 'Archive this page',
    working: 'Archiving …',
    done: 'Archived.',
    none: 'The archive has no copy of it.',
  },
  used: {
    title: 'What you use',
    of: (used, most) => `${used} of ${most}`,
    noLimit: (used) => `${used}, without a limit`,
    service: 'Service',
    bytes: 'Room',
    pieces: 'Files',
    table: 'What is used, by service',
    services: {
      files: 'Files, with versions and the trash',
      dweets: 'Attached to dweets',
      shares: 'Shared with everybody',
    },
    uploads: (bytes) => `${bytes} are kept for uploads and downloads.`,
    counts:
      'What is shared counts beside its file: it stays when the file goes. Pages of the archive belong to the ring.',
  },
  feed: {
    title: 'What happened',
    hint: 'Your crawls and downloads that ended, what others share with you, and what dweets notify you of.',
    none: 'Nothing happened yet.',
    incomplete: 'Not every service answers now: there may be more.',
    isNew: 'new',
    crawl: (seed, pages) => `The crawl of ${seed} ended with ${pages} pages`,
    shared: (who, name) => `@${who} shares ${name} with you`,
    download: {
      done: (name) => `The download of ${name} is done`,
      failed: (name) => `The download of ${name} failed`,
      cancelled: (name) => `The download of ${name} was cancelled`,
    },
    dweets: {
      mention: (name) => `${name} mentions you`,
      reply: (name) => `${name} answers you`,
      redweet: (name) => `${name} redweeted you`,
      like: (name) => `${name} likes your dweet`,
      follow: (name) => `${name} follows you`,
      moderated: () => 'A moderator has decided about you',
    },
  },
  home: {
    allUp: (all) => (all === 1 ? 'One member, and it is up.' : `All ${all} members are up.`),
    someUp: (up, all) => `${up} of ${all} members are up.`,
    mayFail: (count) =>
      count === 0
        ? 'None more may fail.'
        : `${count === 1 ? 'One more' : `${count} more`} may fail with nothing lost.`,
    stopped: 'Too few to read or change anything.',
    crawls: 'Latest crawls',
    noCrawls: 'No site was crawled yet.',
    pages: (count) => `${count} pages`,
    files: 'Latest files',
    noFiles: 'Your folder is empty.',
    dweets: 'Dweets',
    newDweets: (count) => `Dweets: ${count} new`,
    noDweets: 'Nothing was published by those you follow.',
    shares: 'Latest shares',
    noShares: 'Nothing is shared with everybody.',
  },
}
