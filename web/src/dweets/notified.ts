/** How many notifications came since somebody looked at them, in this browser. */
import type { Notification } from '../../../src/wire/api-dweets.ts'
import { Cell } from '../state/cell.ts'
import { Note, type BrowserNotes } from './browser-notes.ts'

export interface NotifiedOptions {
  readonly notes: BrowserNotes
  readonly nick: string
  /** The newest first. */
  readonly list: () => Promise<{ readonly items: readonly Pick<Notification, 'at'>[] }>
}

export class Notified {
  /** Of those on the first page of the list. */
  readonly count = new Cell(0)
  readonly #options: NotifiedOptions
  readonly #note: Note
  #newest = ''

  constructor(options: NotifiedOptions) {
    this.#options = options
    this.#note = new Note(options.notes, options.nick, 'notified')
  }

  /** @throws RingTrouble */
  async ask(): Promise<void> {
    const { items } = await this.#options.list()
    const lookedAt = this.#note.read()
    const since = typeof lookedAt === 'string' ? lookedAt : ''
    this.#newest = items[0]?.at ?? ''
    this.count.set(items.filter(({ at }) => at > since).length)
  }

  /** @param at of the newest that was on the screen */
  lookedAt(at = this.#newest): void {
    if (at !== '') this.#note.write(at)
    this.count.set(0)
  }
}
