/** Text on its way into lines, within bounds. */
import { shownText } from '../fetch/page-text.ts'
import { TEXT_CHARS_MAX, TEXT_LINE_CHARS_MAX, TEXT_LINES_MAX } from './text-bounds.ts'

export class TextLines {
  readonly #lines: string[] = []
  #line: string[] = []
  #lineChars = 0
  #chars = 0
  #isCut = false

  /** No more is taken. */
  get isCut(): boolean {
    return this.#isCut
  }

  /** Of the line under way; white space is joined when it ends. */
  add(text: string): void {
    for (let at = 0; at < text.length && !this.#isCut;) {
      const part = text.slice(at, at + TEXT_LINE_CHARS_MAX - this.#lineChars)
      this.#line.push(part)
      this.#lineChars += part.length
      at += part.length
      if (this.#lineChars >= TEXT_LINE_CHARS_MAX) this.end()
    }
  }

  /** Another cell of the row that this line is. */
  cell(): void {
    if (this.#lineChars > 0) this.add(CELL_END)
  }

  /** Ends the line; one without text is none. @param keepsSpace white space means something */
  end(keepsSpace = false): void {
    if (this.#lineChars === 0) return
    const raw = this.#line.join('')
    this.#line = []
    this.#lineChars = 0
    const line = keepsSpace ? kept(raw) : joined(raw)
    if (line === '' || this.#isCut) return
    this.#isCut = this.#lines.length >= TEXT_LINES_MAX || this.#chars + line.length > TEXT_CHARS_MAX
    if (this.#isCut) return
    this.#lines.push(line)
    this.#chars += line.length
  }

  /** All of them. */
  take(): readonly string[] {
    this.end()
    return this.#lines
  }
}

/** As it stands, tabs too. */
function kept(raw: string): string {
  return raw.split('\t').map(shownText).join('\t').trimEnd()
}

/** Tabs stand between the cells of a row. */
function joined(raw: string): string {
  const cells = raw.split(CELL_END).map((cell) => shownText(cell.replaceAll(/\s+/g, ' ')).trim())
  return cells.join('\t').trim()
}

/** Ends a cell of a table; where a page has it, it is no more than white space. */
const CELL_END = '\u001F'
