/**
 * Uploads that were begun in this browser and not ended, remembered so that the same file goes on
 * where it stopped after the page was closed: what the ring has of it could be of another file.
 */
export interface Unfinished {
  readonly path: string
  readonly bytes: number
  /** When the file was changed, ms since 1970. */
  readonly modifiedMs: number
}

/** As `localStorage`. */
export interface Notes {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

const KEY = 'anillo.uploads'
const NOTES_MAX = 100

export class UnfinishedUploads {
  readonly #notes: Notes

  constructor(notes: Notes) {
    this.#notes = notes
  }

  has(upload: Unfinished): boolean {
    return this.#read().some((one) => isSame(one, upload))
  }

  add(upload: Unfinished): void {
    const others = this.#read().filter(({ path }) => path !== upload.path)
    this.#write([upload, ...others].slice(0, NOTES_MAX))
  }

  remove(path: string): void {
    const all = this.#read()
    const others = all.filter((one) => one.path !== path)
    if (others.length < all.length) this.#write(others)
  }

  #read(): readonly Unfinished[] {
    try {
      const value: unknown = JSON.parse(this.#notes.getItem(KEY) ?? '[]')
      return Array.isArray(value) ? value.filter(isUnfinished) : []
    } catch {
      return []
    }
  }

  #write(all: readonly Unfinished[]): void {
    try {
      this.#notes.setItem(KEY, JSON.stringify(all))
    } catch {
      // Full or forbidden: such a file begins anew.
    }
  }
}

function isSame(a: Unfinished, b: Unfinished): boolean {
  return a.path === b.path && a.bytes === b.bytes && a.modifiedMs === b.modifiedMs
}

function isUnfinished(value: unknown): value is Unfinished {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'path') === 'string' &&
    typeof Reflect.get(value, 'bytes') === 'number' &&
    typeof Reflect.get(value, 'modifiedMs') === 'number'
  )
}
