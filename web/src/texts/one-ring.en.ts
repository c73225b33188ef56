/** Words of what all services have in common, in English. Its shape is what others must fill. */
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
}

export const ONE_RING_EN: OneRingTexts = {
  find: {
    title: 'Search',
    hint: 'Pages by what stands in them, files by their names, dweets by their texts.',
    kinds: { pages: 'Pages', files: 'Files', dweets: 'Dweets' },
    group: (kind, count) => `${kind}: ${count}`,
    none: (words) => `Nothing is found for “${words}”.`,
    told: (counts) => `Found. ${counts}.`,
    over: (count) => `more than ${count}`,
    incomplete: 'Not all could be looked at: there may be more.',
    more: (kind) => `More ${kind.toLowerCase()}`,
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
}
