/** What is being written: it is there again after the page was loaded anew. */
import type { Visibility } from '../../../src/wire/api-dweets.ts'
import { has } from '../api/read.ts'
import type { DraftAttachment } from './attaching.ts'
import { Note, type BrowserNotes } from './browser-notes.ts'

export interface Draft {
  readonly text: string
  readonly warning: string
  readonly visibility: Visibility
  /** Sent already. */
  readonly attached?: readonly DraftAttachment[]
  /** No site is asked what is linked to. */
  readonly isBare?: boolean
}

export const EMPTY_DRAFT: Draft = { text: '', warning: '', visibility: 'public' }

/** Answers that were begun and not sent; the oldest are forgotten. */
const DRAFTS_MAX = 20

const FIELDS = { text: 'string', warning: 'string', visibility: 'string' }

type Entry = readonly [where: string, draft: Draft]

export class Drafts {
  readonly #note: Note
  #drafts: ReadonlyMap<string, Draft>

  constructor(notes: BrowserNotes, nick: string) {
    this.#note = new Note(notes, nick, 'drafts')
    const value = this.#note.read()
    this.#drafts = new Map(Array.isArray(value) ? value.filter(isEntry) : [])
  }

  /** @param where `new`, or the id of the dweet that it answers */
  get(where: string): Draft | undefined {
    return this.#drafts.get(where)
  }

  /** An empty one is none. */
  set(where: string, draft: Draft): void {
    const others = [...this.#drafts].filter(([key]) => key !== where)
    const { attached = [], text, warning } = draft
    const isEmpty = text === '' && warning === '' && attached.length === 0
    const all = isEmpty ? others : [...others, [where, draft] as const]
    this.#drafts = new Map(all.slice(-DRAFTS_MAX))
    this.#note.write([...this.#drafts])
  }
}

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && typeof value[0] === 'string' && has(value[1], FIELDS)
}
