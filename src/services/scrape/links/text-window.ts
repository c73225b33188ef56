/**
 * The last stretch of a text that arrives in pieces, by positions in the whole of it: what a
 * tokenizer that tells only positions needs, without keeping all that came.
 */

/** Names and entities cut apart by many small pieces; longer ones mean nothing to us. */
export const WINDOW_CHARS_MIN = 4_096

export class TextWindow {
  #text = ''
  #from = 0
  #lastChars = 0

  /** The piece before stays whole, so that what began in it is still there. */
  add(piece: string): void {
    const kept = Math.min(this.#text.length, Math.max(this.#lastChars, WINDOW_CHARS_MIN))
    this.#from += this.#text.length - kept
    this.#text = this.#text.slice(this.#text.length - kept) + piece
    this.#lastChars = piece.length
  }

  /** `undefined`: it began too long ago to be kept, so it is longer than anything of use. */
  slice(start: number, end: number): string | undefined {
    if (start < this.#from) return undefined
    return this.#text.slice(start - this.#from, end - this.#from)
  }
}
