/**
 * Rewrites the addresses of an archived page while it streams by. A tokenizer and no tree: what is
 * no address goes through as it came, so that a browser reads the page as it read the living one.
 * Nothing is safe because of what is done here: what an archived page may do is decided by the
 * policy that it is sent with.
 *
 * Memory is bounded: a value that is longer than an address goes through in pieces, or is left out.
 */
import { Tokenizer } from 'htmlparser2'

import { CssScanner } from '../links/css-scanner.ts'
import { refreshParts } from '../links/directives.ts'
import {
  Collected,
  escapedValue,
  kindOf,
  valueWriter,
  type ValueWriter,
} from './html-attributes.ts'

/** What names and tags that come in pieces may be long; longer ones go through as they came. */
const WINDOW_CHARS = 8 * 1_024
/** Of a `<meta>`; a longer one is left out. */
const META_CHARS_MAX = 64 * 1_024
/** Documents within attributes of documents; deeper ones are left out. */
const DOCUMENT_DEPTH_MAX = 3
/** What the tokenizer is fed at a time. */
const FEED_CHARS = 64 * 1_024

export interface HtmlRewriterOptions {
  /** Of the page, after redirects. */
  readonly base: string
  /** @returns what an address becomes, seen from `base`; `undefined`: it stays. */
  readonly rewrite: (address: string, base: string) => string | undefined
  /** Put before all that the page itself runs; not into XML. */
  readonly insert?: string
  readonly isXml?: boolean
  /** Of a document within an attribute: how many it is within. */
  readonly depth?: number
}

/** An attribute that is replaced. */
interface Replaced {
  /** As written. */
  readonly name: string
  /** `undefined`: it is left out. */
  readonly writer: ValueWriter | undefined
  isBegun: boolean
}

/** A `<meta>` that is under way. */
interface Meta {
  readonly said: Map<string, string>
  /** Of the attribute under way; none: one of this name came before. */
  name: string | undefined
  /** It is too long, and left out. */
  isCut: boolean
}

export class HtmlRewriter {
  readonly #options: HtmlRewriterOptions
  readonly #tokenizer: Tokenizer
  readonly #rewrite: (address: string) => string | undefined
  #base: string
  #hasBase = false
  #isInserted: boolean

  /** The last stretch of the source, and where in the whole it begins. */
  #text = ''
  #from = 0
  /** Up to there the source was copied or replaced. */
  #done = 0
  /** Up to there it is known what it is. */
  #known = 0
  #out: string[] = []

  #tag = ''
  #attribute: Replaced | undefined
  /** Of a `<meta>`: what it says, until it is known what becomes of it. */
  #meta: Meta | undefined
  #style: CssScanner | undefined

  constructor(options: HtmlRewriterOptions) {
    this.#options = options
    this.#base = options.base
    this.#isInserted = options.insert === undefined || options.isXml === true
    this.#rewrite = (address) => options.rewrite(address, this.#base)
    this.#tokenizer = new Tokenizer({ xmlMode: options.isXml === true }, this.#callbacks())
  }

  /** @returns what is done with of all that came so far. */
  write(text: string): string {
    // What no page may hold becomes what stands for it (WHATWG HTML, 13.2.5).
    const clean = text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text
    for (let at = 0; at < clean.length; at += FEED_CHARS) {
      const piece = clean.slice(at, at + FEED_CHARS)
      this.#text += piece
      this.#tokenizer.write(piece)
      this.#settle()
    }
    return this.#taken()
  }

  /** After the last piece: the rest. */
  end(): string {
    this.#tokenizer.end()
    if (this.#style !== undefined) this.#endStyle()
    // A tag that does not end is none (WHATWG HTML, 13.2.5.1), whatever of it went out before.
    const isInTag = this.#attribute !== undefined || this.#meta !== undefined
    if (!isInTag) this.#copyTo(this.#end)
    if (!this.#isInserted) this.#insert()
    return this.#taken()
  }

  #callbacks(): ConstructorParameters<typeof Tokenizer>[1] {
    const known = (_start: number, end: number): void => {
      this.#known = end
    }
    return {
      onopentagname: (start, end) => this.#opened(start, end),
      onattribname: (start, end) => this.#named(start, end),
      onattribdata: (start, end) => this.#grown(this.#slice(start, end) ?? '', end),
      onattribentity: (point) => this.#grown(String.fromCodePoint(point), this.#known),
      onattribend: (quote, end) => this.#attributeEnded(quote !== 0, end),
      onopentagend: (end) => this.#tagEnded(end + 1),
      onselfclosingtag: (end) => this.#tagEnded(end + 1),
      onclosetag: (_start, end) => this.#closed(end),
      ontext: (start, end) => this.#textCame(start, end),
      ontextentity: (point, end) => this.#entityCame(point, end),
      oncdata: (start, end, offset) => this.#cdataCame(start, end - offset),
      oncomment: known,
      ondeclaration: known,
      onprocessinginstruction: known,
      onend: () => undefined,
    }
  }

  get #end(): number {
    return this.#from + this.#text.length
  }

  #slice(start: number, end: number): string | undefined {
    if (start < this.#from) return undefined
    return this.#text.slice(start - this.#from, end - this.#from)
  }

  #taken(): string {
    const text = this.#out.join('')
    this.#out = []
    return text
  }

  #copyTo(position: number): void {
    if (position <= this.#done) return
    this.#out.push(this.#slice(this.#done, position) ?? '')
    this.#done = position
  }

  /** Lets go what is not needed to know what comes next. */
  #settle(): void {
    const far = this.#end - WINDOW_CHARS
    const isReplaced = this.#attribute !== undefined || this.#meta?.isCut === true
    if (this.#meta !== undefined && this.#end - this.#done > META_CHARS_MAX) this.#meta.isCut = true
    const isHeld = isReplaced || this.#meta !== undefined || this.#style !== undefined
    if (!isHeld) this.#copyTo(Math.max(this.#known, far))
    const from = isReplaced ? Math.max(this.#done, far) : this.#done
    this.#text = this.#text.slice(from - this.#from)
    this.#from = from
  }

  #insert(): void {
    this.#isInserted = true
    this.#out.push(this.#options.insert ?? '')
  }

  #opened(start: number, end: number): void {
    this.#tag = this.#slice(start, end)?.toLowerCase() ?? ''
    this.#copyTo(start - 1)
    this.#known = end
    if (!this.#isInserted && this.#tag !== 'html' && this.#tag !== 'head') this.#insert()
    if (this.#tag === 'meta') this.#meta = { said: new Map(), name: undefined, isCut: false }
  }

  #named(start: number, end: number): void {
    const name = this.#slice(start, end)
    this.#known = end
    if (this.#meta !== undefined) {
      this.#meta.name = name === undefined ? undefined : nameIn(this.#meta, name.toLowerCase())
      return
    }
    const kind = name === undefined ? undefined : kindOf(this.#tag, name.toLowerCase())
    if (name === undefined || kind === undefined) return
    this.#copyTo(start)
    const writer = kind === 'gone' ? undefined : this.#writerOf(kind)
    this.#attribute = { name, writer, isBegun: false }
  }

  #writerOf(kind: Exclude<ReturnType<typeof kindOf>, 'gone' | undefined>): ValueWriter {
    if (kind !== 'document') {
      return this.#tag === 'base' ? this.#baseWriter(kind) : valueWriter(kind, this.#rewrite)
    }
    const depth = (this.#options.depth ?? 0) + 1
    if (depth > DOCUMENT_DEPTH_MAX) return new Collected(() => '')
    const { insert, rewrite } = this.#options
    return new HtmlRewriter({
      base: this.#base,
      rewrite,
      depth,
      ...(insert === undefined ? {} : { insert }),
    })
  }

  /** Of several the first holds. */
  #baseWriter(kind: Parameters<typeof valueWriter>[0]): ValueWriter {
    if (kind !== 'address') return valueWriter(kind, this.#rewrite)
    return new Collected((value) => {
      // Seen from the page, whatever other bases there are.
      const changed = this.#options.rewrite(value, this.#options.base)
      const base = this.#hasBase ? null : URL.parse(value, this.#options.base)
      if (base !== null) {
        this.#hasBase = true
        this.#base = base.href
      }
      return changed
    })
  }

  #grown(text: string, end: number): void {
    this.#known = Math.max(this.#known, end)
    if (this.#meta !== undefined) {
      const { isCut, name, said } = this.#meta
      if (name !== undefined && !isCut) said.set(name, (said.get(name) ?? '') + text)
    } else if (this.#attribute?.writer !== undefined) {
      this.#value(this.#attribute, this.#attribute.writer.write(text))
    }
  }

  #value(attribute: Replaced, text: string): void {
    if (text === '') return
    if (!attribute.isBegun) this.#out.push(`${attribute.name}="`)
    attribute.isBegun = true
    this.#out.push(escapedValue(text))
  }

  #attributeEnded(hasValue: boolean, end: number): void {
    this.#known = end
    const attribute = this.#attribute
    this.#attribute = undefined
    if (attribute === undefined) return
    this.#done = end
    const { name, writer } = attribute
    if (writer === undefined) return
    if (!hasValue) {
      this.#out.push(name)
      return
    }
    this.#value(attribute, writer.end())
    this.#out.push(attribute.isBegun ? '"' : `${name}=""`)
  }

  #tagEnded(end: number): void {
    this.#known = end
    if (this.#meta !== undefined) this.#metaEnded(this.#meta, end)
    this.#meta = undefined
    this.#copyTo(end)
    if (!this.#isInserted && this.#tag === 'head') this.#insert()
    if (this.#tag === 'style') this.#style = new CssScanner(this.#rewrite)
    this.#tag = ''
  }

  /** Policies and the like were for the living page; a refresh leads on within the archive. */
  #metaEnded({ isCut, said }: Meta, end: number): void {
    const equivalent = said.get('http-equiv')?.trim().toLowerCase()
    const isKept = equivalent === undefined ? !isReferrer(said) : META_KEPT.has(equivalent)
    if (isKept && !isCut) return
    this.#done = end
    const parts = equivalent === 'refresh' ? refreshParts(said.get('content') ?? '') : undefined
    if (parts === undefined || isCut) return
    const { delay, target } = parts
    const changed = target === undefined ? undefined : (this.#rewrite(target) ?? target)
    const content =
      changed === undefined ? delay : `${delay}; url='${changed.replaceAll("'", '%27')}'`
    this.#out.push(`<meta http-equiv="refresh" content="${escapedValue(content)}">`)
  }

  #closed(end: number): void {
    if (this.#style !== undefined) this.#endStyle()
    this.#known = end
  }

  #endStyle(): void {
    const rest = this.#style?.end() ?? ''
    this.#style = undefined
    this.#out.push(this.#styled(rest))
  }

  #textCame(start: number, end: number): void {
    this.#known = end
    if (this.#style === undefined) return
    this.#copyTo(start)
    this.#out.push(this.#styled(this.#style.write(this.#slice(start, end) ?? '')))
    this.#done = end
  }

  #entityCame(point: number, end: number): void {
    this.#known = end
    if (this.#style === undefined) return
    this.#out.push(this.#styled(this.#style.write(String.fromCodePoint(point))))
    this.#done = end
  }

  #cdataCame(start: number, end: number): void {
    this.#known = end
    const text = this.#slice(start, end)
    if (this.#style === undefined || text === undefined) return
    this.#out.push(this.#styled(this.#style.end()))
    this.#copyTo(start)
    const scanner = new CssScanner(this.#rewrite)
    this.#out.push(scanner.write(text) + scanner.end())
    this.#done = end
    this.#style = new CssScanner(this.#rewrite)
  }

  /** Between the tags of a style: raw in HTML, not in XML. */
  #styled(text: string): string {
    return this.#options.isXml === true ? escapedValue(text) : text
  }
}

/** Of two of one name the first holds (WHATWG HTML, 13.2.5.33). */
function nameIn({ said }: Meta, name: string): string | undefined {
  if (said.has(name)) return undefined
  said.set(name, '')
  return name
}

function isReferrer(meta: ReadonlyMap<string, string>): boolean {
  return meta.get('name')?.trim().toLowerCase() === 'referrer'
}

/** What a `<meta>` may still stand for. */
const META_KEPT: ReadonlySet<string> = new Set([
  'content-language',
  'content-type',
  'default-style',
  'imagetoolbar',
  'x-ua-compatible',
])
