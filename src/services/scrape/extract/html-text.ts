/**
 * The text of a page of HTML as a reader sees it: what stands in one block is one line. A tokenizer
 * and no tree, as for links: nesting costs nothing, and no page is broken enough to be slow.
 */
import { Tokenizer } from 'htmlparser2'

import { TextLines } from './text-lines.ts'

export interface HtmlText {
  readonly lines: readonly string[]
  /** Of `<html lang>`, as written. */
  readonly language: string | undefined
  readonly isCut: boolean
}

/** @param leavesOut elements whose text is passed over, besides what nobody reads */
export function htmlText(html: string, leavesOut: ReadonlySet<string>): HtmlText {
  const reader = new HtmlTextReader(html, leavesOut)
  // What is left open to the end of a page would hide all behind it.
  return reader.endsHidden ? new HtmlTextReader(html, NONE).read : reader.read
}

const NONE: ReadonlySet<string> = new Set()

class HtmlTextReader {
  readonly #html: string
  readonly #leavesOut: ReadonlySet<string>
  readonly #lines = new TextLines()
  #tag = ''
  #attribute = ''
  #language: string | undefined
  /** Elements whose text is hidden, by name: how many of them are open. */
  readonly #hidden = new Map<string, number>()
  #hiddenDepth = 0
  #preDepth = 0

  constructor(html: string, leavesOut: ReadonlySet<string>) {
    this.#html = html
    this.#leavesOut = leavesOut
    const tokenizer = new Tokenizer({}, this.#callbacks())
    tokenizer.write(this.#html)
    tokenizer.end()
  }

  get read(): HtmlText {
    const lines = this.#lines.take()
    return { lines, language: this.#language, isCut: this.#lines.isCut }
  }

  get endsHidden(): boolean {
    return [...this.#hidden].some(([tag, open]) => open > 0 && this.#leavesOut.has(tag))
  }

  #callbacks(): ConstructorParameters<typeof Tokenizer>[1] {
    const nothing = (): void => undefined
    return {
      onopentagname: (start, end) => this.#opened(this.#html.slice(start, end).toLowerCase()),
      onclosetag: (start, end) => this.#closed(this.#html.slice(start, end).toLowerCase()),
      onselfclosingtag: () => {
        if (this.#tag === 'svg') this.#closed('svg')
      },
      ontext: (start, end) => this.#text(this.#html.slice(start, end)),
      ontextentity: (point) => this.#text(String.fromCodePoint(point)),
      onattribname: (start, end) => {
        this.#attribute = this.#html.slice(start, end).toLowerCase()
      },
      onattribdata: (start, end) => {
        if (this.#tag !== 'html' || this.#attribute !== 'lang') return
        this.#language ??= this.#html.slice(start, end)
      },
      onattribentity: nothing,
      onattribend: nothing,
      onopentagend: nothing,
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    }
  }

  #opened(tag: string): void {
    this.#tag = tag
    if (this.#hides(tag)) this.#count(tag, 1)
    if (BLOCKS.has(tag)) this.#endLine()
    if (PREFORMATTED.has(tag)) this.#preDepth++
    if (CELLS.has(tag)) this.#lines.cell()
  }

  #closed(tag: string): void {
    if (this.#hides(tag) && (this.#hidden.get(tag) ?? 0) > 0) this.#count(tag, -1)
    if (BLOCKS.has(tag)) this.#endLine()
    if (PREFORMATTED.has(tag)) this.#preDepth = Math.max(0, this.#preDepth - 1)
  }

  #text(text: string): void {
    if (this.#hiddenDepth > 0) return
    if (this.#preDepth === 0) return this.#lines.add(text)
    const [first = '', ...others] = text.split('\n')
    this.#lines.add(first)
    for (const line of others) {
      this.#lines.end(true)
      this.#lines.add(line)
    }
  }

  #endLine(): void {
    this.#lines.end(this.#preDepth > 0)
  }

  #hides(tag: string): boolean {
    return UNREAD.has(tag) || this.#leavesOut.has(tag)
  }

  #count(tag: string, by: number): void {
    this.#hidden.set(tag, (this.#hidden.get(tag) ?? 0) + by)
    this.#hiddenDepth += by
  }
}

/** Text that no reader sees, or sees elsewhere: titles are told apart. */
const UNREAD: ReadonlySet<string> = new Set([
  'script',
  'style',
  'title',
  'template',
  'noscript',
  'noembed',
  'noframes',
  'iframe',
  'object',
  'canvas',
  'svg',
])

/** Elements that are shown as blocks, or end a line (WHATWG HTML, 15.3). */
const BLOCKS: ReadonlySet<string> = new Set(
  (
    'address article aside blockquote body br caption center dd details dialog dir div dl dt ' +
    'fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hgroup hr html ' +
    'legend li listing main menu nav ol optgroup option p plaintext pre search section select ' +
    'summary table tbody textarea tfoot thead tr ul xmp'
  ).split(' '),
)

const CELLS: ReadonlySet<string> = new Set(['td', 'th'])
const PREFORMATTED: ReadonlySet<string> = new Set(['pre', 'textarea', 'listing', 'xmp'])
