/** What this browser keeps for one person about the microblog, as in `localStorage`. */
export interface BrowserNotes {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

/** Behind it the nick, and what it is. Who logs out leaves nothing of it behind. */
export const NOTES_PREFIX = 'anillo.dweets.'

export class Note {
  readonly #notes: BrowserNotes
  readonly #key: string
  /** What could not be written. */
  #held: unknown

  constructor(notes: BrowserNotes, nick: string, what: 'drafts' | 'unsent' | 'notified') {
    this.#notes = notes
    this.#key = `${NOTES_PREFIX}${nick}.${what}`
  }

  /** `undefined`: nothing that can be read. */
  read(): unknown {
    if (this.#held !== undefined) return this.#held
    try {
      return JSON.parse(this.#notes.getItem(this.#key) ?? 'null') ?? undefined
    } catch {
      return undefined
    }
  }

  write(value: unknown): void {
    try {
      this.#notes.setItem(this.#key, JSON.stringify(value))
      this.#held = undefined
    } catch {
      this.#held = value
      // Full or forbidden (private windows): it lasts as long as the window.
    }
  }
}
