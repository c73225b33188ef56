/**
 * The addresses in a style sheet, found and replaced while it arrives: `url(…)`, `@import "…"`, and
 * the texts within `src()`, `image()` and `image-set()` (CSS Syntax 3, 4; CSS Values 4, 4.5; CSS
 * Images 4, 2.1). A tokenizer and no tree, one pass. What is no address goes through as it came.
 */

/** Longer texts are no address that could be held. What embeds its content goes through whole. */
export const CSS_ADDRESS_CHARS_MAX = 8 * 1_024
/** So much is there before a token is looked at: it is whole, or too long. */
const AHEAD_CHARS = CSS_ADDRESS_CHARS_MAX + 64
/** What is taken at a time. */
const FEED_CHARS = 64 * 1_024
/** Functions within functions; deeper ones name no addresses. */
const NESTING_MAX = 32

/** Answers what an address becomes; `undefined`: it stays. */
export type CssReference = (address: string) => string | undefined

interface Step {
  readonly text: string
  readonly next: number
}

const PLAIN = /[^\\/"'@()#\w\-\u0080-\uffff;{}]+/y
const SPACE = /[ \t\n\r\f]*/y
const NAME =
  /[@#]?(?:[-\w\u0080-\uffff]+|\\(?:[\da-fA-F]{1,6}(?:\r\n|[ \t\n\r\f])?|[^\n\r\f\da-fA-F]))+/y
const BETWEEN = {
  '"': /(?:[^"\\\n\r\f]+|\\(?:\r\n|[^]))*/y,
  "'": /(?:[^'\\\n\r\f]+|\\(?:\r\n|[^]))*/y,
  /** Of `url(…)` without quotes; blanks stand at its end alone. */
  ')': /(?:[^)\\"'( \t\n\r\f]+|\\[^\n\r\f])*[ \t\n\r\f]*/y,
} as const
type End = keyof typeof BETWEEN

const NAMES_ADDRESSES: ReadonlySet<string> = new Set([
  'url',
  'src',
  'image',
  'image-set',
  '-webkit-image-set',
])
const EMBEDDED = /^[ \t\n\r\f]*data:/i
/** Of a text that is too long: enough to see that it embeds its content. */
const HEAD_CHARS = 64

export class CssScanner {
  readonly #onReference: CssReference
  /** What came and is not done with. */
  #text = ''
  /** Functions that are open, by name. */
  #open: string[] = []
  #statement = ''
  /** Of a comment or text that is under way: whether it goes through, and what ends it. */
  #rest: { readonly end: End | '*/'; readonly isKept: boolean } | undefined

  constructor(onReference: CssReference) {
    this.#onReference = onReference
  }

  /** @returns what is done with of all that came so far. */
  write(text: string): string {
    let out = ''
    for (let at = 0; at < text.length; at += FEED_CHARS) {
      this.#text += text.slice(at, at + FEED_CHARS)
      out += this.#run(AHEAD_CHARS)
    }
    return out
  }

  /** After the last piece: the rest. */
  end(): string {
    return this.#run(0)
  }

  #run(aheadChars: number): string {
    let out = ''
    let at = 0
    while (this.#text.length - at > aheadChars) {
      const step = this.#rest === undefined ? this.#token(at) : this.#passed(at)
      out += step.text
      at = step.next
    }
    this.#text = this.#text.slice(at)
    return out
  }

  #token(at: number): Step {
    const plain = this.#match(PLAIN, at)
    if (plain > 0) return this.#through(at, plain)
    const character = this.#text.charAt(at)
    if (this.#text.startsWith('/*', at)) {
      this.#rest = { end: '*/', isKept: true }
      return this.#through(at, 2)
    }
    if (character === '"' || character === "'") return this.#quoted(at, character)
    if (character === '(') this.#enter('')
    else if (character === ')') this.#open.pop()
    else if (character === ';' || character === '{' || character === '}') {
      this.#open = []
      this.#statement = ''
    } else if (character !== '/') return this.#name(at)
    return this.#through(at, 1)
  }

  #name(at: number): Step {
    const chars = this.#match(NAME, at)
    // A lone `@`, or a backslash before the end of a line.
    if (chars === 0) return this.#through(at, 1)
    const name = unescaped(this.#text.slice(at, at + chars)).toLowerCase()
    if (name.startsWith('@')) this.#statement = name
    if (this.#text[at + chars] !== '(') return this.#through(at, chars)
    const inside = at + chars + 1
    if (name !== 'url') {
      this.#enter(name)
      return this.#through(at, chars + 1)
    }
    const start = inside + this.#match(SPACE, inside)
    const first = this.#text[start]
    const isBare = first !== undefined && first !== '"' && first !== "'"
    if (!isBare) this.#enter('url')
    return isBare ? this.#bare(at, start) : this.#through(at, start - at)
  }

  #quoted(at: number, quote: '"' | "'"): Step {
    const chars = this.#match(BETWEEN[quote], at + 1)
    const end = at + 1 + chars
    const isAddress = this.#isAddress()
    if (!isAddress || this.#text[end] === quote) {
      if (end === this.#text.length) this.#rest = { end: quote, isKept: true }
      const next = this.#text[end] === quote ? end + 1 : end
      const changed = isAddress ? this.#changed(at + 1, end) : undefined
      const text = changed === undefined ? this.#text.slice(at, next) : inQuotes(changed)
      return { text, next }
    }
    // A line that ends in it makes it none (CSS Syntax 3, 4.3.5).
    if (end < this.#text.length) return this.#through(at, 1 + chars)
    return this.#unended({ at, start: at + 1, end: quote })
  }

  /** @param start of what stands between the brackets */
  #bare(at: number, start: number): Step {
    const end = start + this.#match(BETWEEN[')'], start)
    const isWhole = this.#text[end] === ')'
    if (!isWhole && end === this.#text.length) return this.#unended({ at, start, end: ')' })
    const changed =
      isWhole && this.#statement !== '@namespace' ? this.#changed(start, end) : undefined
    if (changed !== undefined) return { text: `url(${inQuotes(changed)})`, next: end + 1 }
    return this.#through(at, Math.max(end, at + 1) - at)
  }

  /**
   * The style sheet ends in it, which ends it too (CSS Syntax 3, 5.3.6); or it is too long, and
   * goes through or is left out.
   */
  #unended({
    at,
    end,
    start,
  }: {
    readonly at: number
    readonly start: number
    readonly end: End
  }): Step {
    const next = this.#text.length
    if (next - start <= CSS_ADDRESS_CHARS_MAX) {
      const changed = this.#changed(start, next)
      if (changed === undefined) return this.#through(at, next - at)
      return { text: end === ')' ? `url(${inQuotes(changed)})` : inQuotes(changed), next }
    }
    const isKept = this.#isEmbedded(start)
    this.#rest = { end, isKept }
    return { text: this.#text.slice(at, isKept ? next : start), next }
  }

  /** The rest of a comment, or of a text that is too long. */
  #passed(at: number): Step {
    const { end, isKept } = this.#rest ?? { end: '*/', isKept: true }
    if (end === '*/') {
      const found = this.#text.indexOf(end, at)
      if (found !== -1) this.#rest = undefined
      // Half an end may stand at the end of what came.
      const next = found === -1 ? Math.max(at + 1, this.#text.length - 1) : found + 2
      return this.#through(at, next - at)
    }
    const next = at + this.#match(BETWEEN[end], at)
    // An escape may be cut in two.
    const isCut = next === this.#text.length || (next > at && next === this.#text.length - 1)
    const kept = isKept ? this.#text.slice(at, next) : ''
    if (isCut && next > at) return { text: kept, next }
    this.#rest = undefined
    return this.#text[next] === end
      ? { text: `${kept}${end}`, next: next + 1 }
      : { text: kept, next }
  }

  /** Whether a text that stands here names an address. */
  #isAddress(): boolean {
    if (this.#statement === '@namespace') return false
    const inner = this.#open.at(-1)
    return inner === undefined ? this.#statement === '@import' : NAMES_ADDRESSES.has(inner)
  }

  #changed(start: number, end: number): string | undefined {
    const isShort = end - start <= CSS_ADDRESS_CHARS_MAX
    if (isShort) return this.#onReference(unescaped(this.#text.slice(start, end)))
    return this.#isEmbedded(start) ? undefined : ''
  }

  #isEmbedded(start: number): boolean {
    return EMBEDDED.test(unescaped(this.#text.slice(start, start + HEAD_CHARS)))
  }

  #enter(name: string): void {
    if (this.#open.length < NESTING_MAX) this.#open.push(name)
  }

  #through(at: number, chars: number): Step {
    return { text: this.#text.slice(at, at + chars), next: at + chars }
  }

  /** How many characters from there on are so. */
  #match(pattern: RegExp, at: number): number {
    pattern.lastIndex = at
    return pattern.exec(this.#text)?.[0].length ?? 0
  }
}

const ESCAPE = /\\(?:([\da-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|([^]))/g

/** CSS Syntax 3, 4.3.7; a line end behind a backslash is nothing. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(ESCAPE, (_, digits?: string, lineEnd?: string, other?: string) => {
    if (digits === undefined) return lineEnd === undefined ? (other ?? '') : ''
    const point = Number.parseInt(digits, 16)
    const isNone = point === 0 || point > 0x10_ff_ff || (point >= 0xd8_00 && point <= 0xdf_ff)
    return isNone ? '\u{FFFD}' : String.fromCodePoint(point)
  })
}

function inQuotes(address: string): string {
  const text = address.replaceAll(/["\\]/g, String.raw`\$&`)
  return `"${text.replaceAll(/[\n\r\f]/g, (end) => `\\${end.charCodeAt(0).toString(16)} `)}"`
}
