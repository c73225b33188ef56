/** How much one extraction may still give; what did not fit is told by its name. */
import { EXTRACT_CHARS_MAX, EXTRACT_ITEMS_MAX, EXTRACT_VALUE_CHARS_MAX } from './extract-bounds.ts'

export class Room {
  readonly #cut = new Set<string>()
  #chars = EXTRACT_CHARS_MAX

  get cut(): readonly string[] {
    return [...this.#cut]
  }

  /** As much of the text as fits. */
  text(what: string, text: string, charsMax = EXTRACT_VALUE_CHARS_MAX): string {
    const fits = text.slice(0, Math.max(0, Math.min(charsMax, this.#chars)))
    this.#chars -= fits.length
    if (fits.length < text.length) this.#cut.add(what)
    return fits
  }

  /** Whether one more belongs to the list. */
  item(what: string, items: { readonly length: number }): boolean {
    const fits = items.length < EXTRACT_ITEMS_MAX && this.#chars > 0
    if (!fits) this.#cut.add(what)
    return fits
  }

  /** Of what is given whole or not at all. */
  whole(what: string, chars: number): boolean {
    const fits = chars <= this.#chars
    if (fits) this.#chars -= chars
    else this.#cut.add(what)
    return fits
  }
}
