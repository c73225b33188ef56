/**
 * The newest publications of authors, kept by this member. Each reading asks the store for the row
 * NICK/head, which changes with every publication of NICK: where it is the one that was there
 * before, so are the publications, and reads stay linearizable. Who asks for one author at once
 * shares a read.
 */
import type { Etag } from '../../../store/partition/procedure.ts'
import { SharedReads } from '../../../store/shared-reads.ts'
import { headKey } from '../places.ts'
import { CACHED_ROWS_MAX, HEAD_ROWS } from './limits.ts'
import { listPublished, type Published, type Records } from './published.ts'

export interface Head {
  /** Newest first. */
  readonly rows: readonly Published[]
  /** There are no older ones. */
  readonly isWhole: boolean
}

interface Kept {
  readonly version: string
  readonly head: Promise<Head>
  /** That count as kept. */
  rows: number
}

const NOTHING: Head = { rows: [], isWhole: true }

export class Heads {
  readonly #store: Records
  readonly #versions: SharedReads
  /** Least recently used first. */
  readonly #kept = new Map<string, Kept>()
  readonly #rowsMax: number
  #rows = 0

  constructor(store: Records, { rowsMax = CACHED_ROWS_MAX }: { readonly rowsMax?: number } = {}) {
    this.#store = store
    this.#rowsMax = rowsMax
    this.#versions = new SharedReads((key) => store.get(key))
  }

  /** @throws AnilloError STORE_UNAVAILABLE */
  async of(author: string): Promise<Head> {
    const record = await this.#versions.get(headKey(author))
    if (record === undefined) return NOTHING
    const version = textOf(record.etag)
    const kept = this.#kept.get(author)
    if (kept?.version === version) {
      this.#kept.delete(author)
      this.#kept.set(author, kept)
      return kept.head
    }
    return this.#list(author, version)
  }

  /**
   * Rows that are listed after a version was seen are never older than it, and where they are newer
   * the next reading sees another version.
   */
  async #list(author: string, version: string): Promise<Head> {
    const kept: Kept = { version, head: this.#newest(author), rows: 1 }
    this.#drop(author)
    this.#keep(author, kept)
    try {
      const head = await kept.head
      if (this.#kept.get(author) === kept) {
        this.#rows += head.rows.length
        kept.rows += head.rows.length
        this.#shrink()
      }
      return head
    } catch (thrown) {
      if (this.#kept.get(author) === kept) this.#drop(author)
      throw thrown
    }
  }

  async #newest(author: string): Promise<Head> {
    const stretch = { order: 'newestFirst', limit: HEAD_ROWS } as const
    const { next, rows } = await listPublished(this.#store, author, stretch)
    return { rows, isWhole: next === undefined }
  }

  #keep(author: string, kept: Kept): void {
    this.#kept.set(author, kept)
    this.#rows += kept.rows
    this.#shrink()
  }

  #shrink(): void {
    for (const author of this.#kept.keys()) {
      if (this.#rows <= this.#rowsMax) return
      this.#drop(author)
    }
  }

  #drop(author: string): void {
    this.#rows -= this.#kept.get(author)?.rows ?? 0
    this.#kept.delete(author)
  }
}

function textOf({ generation, index }: Etag): string {
  return `${generation} ${index}`
}
