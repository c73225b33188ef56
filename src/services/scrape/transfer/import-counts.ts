/** What came of an import so far. */
import type { ImportResult } from '../../../wire/api-archives.ts'

/** Why an answer could not be kept. */
export type ImportRefusal =
  /** Its address is none that the ring keeps pages of. */
  | 'url'
  /** It says no time, or one that is to come. */
  | 'date'
  /** It is no answer of HTTP. */
  | 'notHttp'
  /** Its headers, or its content, are larger than what a download may bring. */
  | 'tooLarge'
  /** Its content unpacks to over 200 times its size. */
  | 'bomb'
  /** Its content is not of the coding that its headers tell. */
  | 'body'
  /** It refers to content that neither the archive nor the ring has. */
  | 'revisit'
  /** There is another content of the same instant. */
  | 'instant'
  /** The page has as many versions as are kept. */
  | 'versions'

export class ImportCounts {
  #pages = 0
  #same = 0
  #passedOver = 0
  #renders = 0
  readonly #refused = new Map<ImportRefusal, number>()

  note(outcome: 'kept' | 'same' | 'passedOver' | { readonly refused: ImportRefusal }): void {
    if (outcome === 'kept') this.#pages++
    else if (outcome === 'same') this.#same++
    else if (outcome === 'passedOver') this.#passedOver++
    else this.#refused.set(outcome.refused, (this.#refused.get(outcome.refused) ?? 0) + 1)
  }

  /** What a browser drew of a page was kept beside it. */
  noteDrawn(): void {
    this.#renders++
  }

  /** @param bytes of the archive, that came */
  told(bytes: number): ImportResult {
    return {
      pages: this.#pages,
      same: this.#same,
      refused: Object.fromEntries(this.#refused),
      passedOver: this.#passedOver,
      renders: this.#renders,
      bytes,
    }
  }
}
