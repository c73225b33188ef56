/** What was published and is not deleted, as far as anybody was told. */
import { compareIds } from '../../src/wire/dweet-ids.ts'

export interface Posted {
  readonly id: string
  readonly author: string
  readonly text: string
  /** Its author never deletes it: what refers to it stays. */
  readonly isLasting: boolean
  /** Who is named in it. */
  readonly mentions: readonly string[]
}

export class Board {
  readonly #dweets = new Map<string, Posted>()

  add(posted: Posted): void {
    this.#dweets.set(posted.id, posted)
  }

  change(id: string, text: string): void {
    const posted = this.#dweets.get(id)
    if (posted !== undefined) this.#dweets.set(id, { ...posted, text })
  }

  remove(id: string): void {
    this.#dweets.delete(id)
  }

  get(id: string): Posted | undefined {
    return this.#dweets.get(id)
  }

  /** Newest first. */
  of(authors: readonly string[]): readonly Posted[] {
    return this.all().filter(({ author }) => authors.includes(author))
  }

  all(): readonly Posted[] {
    return [...this.#dweets.values()].toSorted((a, b) => compareIds(b.id, a.id))
  }
}
