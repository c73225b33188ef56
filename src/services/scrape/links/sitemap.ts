/**
 * Lists of addresses that sites keep: sitemaps and their indexes (sitemaps.org 0.9), lists of one
 * address a line, RSS 1.0 and 2.0, Atom (RFC 4287). Read as they arrive, unpacked; never more of
 * them in memory than the addresses found.
 *
 * XML is read by a tokenizer that knows the five entities of XML and no others. A document that
 * declares its own is refused: no honest list does, and a bomb begins so.
 */
import { Tokenizer } from 'htmlparser2'

import { isAnilloError } from '../../../base/errors.ts'
import { redirectTarget, type CanonicalUrl } from '../urls/canonical-url.ts'
import { TextWindow } from './text-window.ts'

/** sitemaps.org: 50,000 addresses, 50 MB (we take them for MiB), unpacked. */
export const SITEMAP_URLS_MAX = 50_000
export const SITEMAP_BYTES_MAX = 50 * 1_024 * 1_024
/** Deeper elements are passed over; a list needs five levels. */
const DEPTH_MAX = 16
/** A longer address is none, a longer date neither. */
const TEXT_CHARS_MAX = 8 * 1_024
const FEED_BYTES = 64 * 1_024

/** `unknown`: neither of those, so nothing was found in it. */
export type SitemapFormat = 'urlset' | 'index' | 'rss' | 'atom' | 'text' | 'unknown'

export interface SitemapEntry {
  readonly url: CanonicalUrl
  /** As written: a date or an instant, of whichever form. */
  readonly lastModified: string | undefined
}

export interface Sitemap {
  readonly format: SitemapFormat
  /** Pages, each once. */
  readonly entries: readonly SitemapEntry[]
  /** More such lists: of an index, or the next pages of a feed (RFC 5005, 3). */
  readonly lists: readonly CanonicalUrl[]
  /** It went over a bound: what stands behind was not read. */
  readonly isCut: boolean
  /** It declares entities of its own. */
  readonly isRefused: boolean
}

export interface SitemapReaderOptions {
  /** Of the list, after redirects: what is relative in it is resolved against this. */
  readonly url: CanonicalUrl
  /** As the header declares it; `undefined`: as the XML declares it, or else UTF-8. */
  readonly charset: string | undefined
}

/** An open `<url>`, `<sitemap>`, `<item>` or `<entry>`. */
interface OpenEntry {
  url: string | undefined
  lastModified: string | undefined
}

export class SitemapReader {
  readonly #options: SitemapReaderOptions
  readonly #window = new TextWindow()
  readonly #tokenizer: Tokenizer
  readonly #entries = new Map<string, SitemapEntry>()
  readonly #lists = new Set<CanonicalUrl>()
  #decoder: TextDecoder | undefined
  /** What came before the decoder was known. */
  #head = NO_BYTES
  #shape: 'unseen' | 'xml' | 'lines' = 'unseen'
  #format: SitemapFormat = 'unknown'
  #bytes = 0
  #isCut = false
  #isRefused = false

  /** Names of open elements, without prefixes, down to `DEPTH_MAX`. */
  readonly #path: string[] = []
  #depth = 0
  #text = ''
  #entry: OpenEntry | undefined
  #attributes = new Map<string, string>()
  #attribute = ''
  #value = ''
  /** What a list of lines has begun. */
  #line = ''

  constructor(options: SitemapReaderOptions) {
    this.#options = options
    this.#tokenizer = new Tokenizer({ xmlMode: true }, this.#callbacks())
  }

  /** Whether more bytes can add anything. */
  get isDone(): boolean {
    return this.#isCut || this.#isRefused
  }

  write(bytes: Uint8Array): void {
    const room = SITEMAP_BYTES_MAX - this.#bytes
    const taken = bytes.length > room ? bytes.subarray(0, room) : bytes
    this.#bytes += taken.length
    if (this.#decoder !== undefined) this.#decode(this.#decoder, taken)
    else {
      this.#head = joined(this.#head, taken)
      if (this.#head.length >= XML_DECLARATION_BYTES_MAX) this.#begin()
    }
    if (bytes.length > room) this.#isCut = true
  }

  /** Enough came to see which charset is declared. */
  #begin(): TextDecoder {
    this.#decoder = new TextDecoder(this.#options.charset ?? declaredCharset(this.#head))
    this.#decode(this.#decoder, this.#head)
    this.#head = NO_BYTES
    return this.#decoder
  }

  #decode(decoder: TextDecoder, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.isDone; at += FEED_BYTES) {
      this.#feed(decoder.decode(bytes.subarray(at, at + FEED_BYTES), { stream: true }))
    }
  }

  /** After the last bytes, or where it broke off. */
  end(): Sitemap {
    if (!this.isDone) {
      const decoder = this.#decoder ?? this.#begin()
      this.#feed(decoder.decode())
      if (this.#shape === 'lines') this.#lines('\n')
      else this.#tokenizer.end()
    }
    return {
      format: this.#shape === 'lines' && this.#entries.size > 0 ? 'text' : this.#format,
      entries: this.#isRefused ? [] : [...this.#entries.values()],
      lists: this.#isRefused ? [] : [...this.#lists],
      isCut: this.#isCut,
      isRefused: this.#isRefused,
    }
  }

  #feed(text: string): void {
    // The first character tells a list of lines from XML.
    if (this.#shape === 'unseen') {
      const first = text.trimStart()[0]
      if (first === undefined) return
      this.#shape = first === '<' ? 'xml' : 'lines'
    }
    if (this.#shape === 'lines') return this.#lines(text)
    this.#window.add(text)
    this.#tokenizer.write(text)
  }

  #lines(text: string): void {
    const lines = text.split(/\r\n?|\n/)
    for (const [at, line] of lines.entries()) {
      this.#line = (this.#line + line).slice(0, TEXT_CHARS_MAX)
      if (at === lines.length - 1) return
      if (/^\s*https?:/i.test(this.#line)) this.#found(this.#line.trim(), undefined)
      this.#line = ''
    }
  }

  #callbacks(): ConstructorParameters<typeof Tokenizer>[1] {
    const nothing = (): void => undefined
    return {
      onopentagname: (start, end) => this.#opened(localName(this.#window.slice(start, end))),
      onattribname: (start, end) => {
        this.#attribute = localName(this.#window.slice(start, end))
        this.#value = ''
      },
      onattribdata: (start, end) => this.#grown(this.#window.slice(start, end)),
      onattribentity: (point) => this.#grown(String.fromCodePoint(point)),
      onattribend: () => this.#attributeEnded(),
      onopentagend: () => this.#linkElement(),
      onselfclosingtag: () => {
        this.#linkElement()
        this.#closed()
      },
      onclosetag: () => this.#closed(),
      ontext: (start, end) => this.#textOf(this.#window.slice(start, end)),
      ontextentity: (point) => this.#textOf(String.fromCodePoint(point)),
      oncdata: (start, end, offset) => this.#textOf(this.#window.slice(start, end - offset)),
      ondeclaration: (start, end) => this.#declared(this.#window.slice(start, end)),
      oncomment: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    }
  }

  /** A declaration that the window no longer holds is no doctype of an honest list. */
  #declared(text: string | undefined): void {
    if (text === undefined || /entity|\[/i.test(text)) this.#isRefused = true
  }

  #opened(name: string): void {
    this.#depth += 1
    this.#attributes.clear()
    this.#text = ''
    if (this.#depth > DEPTH_MAX) return
    if (this.#depth === 1) this.#format = ROOTS.get(name) ?? 'unknown'
    this.#path.push(name)
    if (ENTRIES.get(this.#format)?.has(name) === true) {
      this.#entry = { url: undefined, lastModified: undefined }
    }
  }

  #closed(): void {
    if (this.#depth === 0) return
    this.#depth -= 1
    if (this.#depth >= DEPTH_MAX) return
    const name = this.#path.pop() ?? ''
    const parent = this.#path.at(-1) ?? ''
    const isEntry = ENTRIES.get(this.#format)
    if (isEntry?.has(parent) === true) this.#part(name, this.#text.trim())
    else if (name === 'link' && parent === 'channel') this.#channelLink(this.#text.trim())
    else if (isEntry?.has(name) === true) this.#entryEnded()
    this.#text = ''
  }

  /** The site that the feed is of; a link of another name space has no text. */
  #channelLink(text: string): void {
    if (text !== '') this.#found(text, undefined)
  }

  /** A part of an entry has ended: it is its address, its date, or neither. */
  #part(name: string, text: string): void {
    if (this.#entry === undefined || text === '') return
    if (DATES.has(name)) this.#entry.lastModified ??= text
    else if (name === 'loc' || name === 'link') this.#entry.url ??= text
  }

  #entryEnded(): void {
    const { url, lastModified } = this.#entry ?? {}
    this.#entry = undefined
    if (url !== undefined) this.#found(url, lastModified)
  }

  /** Atom's links stand in an attribute, as do a feed's next page and a page's translations. */
  #linkElement(): void {
    const href = this.#attributes.get('href')
    if (this.#path.at(-1) !== 'link' || href === undefined || this.#depth > DEPTH_MAX) return
    const relation = this.#attributes.get('rel') ?? 'alternate'
    if (relation === 'next') this.#listed(href)
    else if (relation !== 'alternate') return
    else if (this.#format === 'atom' && this.#entry !== undefined) this.#entry.url ??= href
    else if (this.#format === 'atom' || this.#format === 'urlset') this.#found(href, undefined)
  }

  #found(text: string, lastModified: string | undefined): void {
    if (this.#format === 'index') return this.#listed(text)
    const url = this.#resolved(text)
    if (url === undefined || this.#entries.has(url)) return
    if (this.#entries.size >= SITEMAP_URLS_MAX) this.#isCut = true
    else this.#entries.set(url, { url, lastModified })
  }

  #listed(text: string): void {
    const url = this.#resolved(text)
    if (url === undefined || this.#lists.has(url)) return
    if (this.#lists.size >= SITEMAP_URLS_MAX) this.#isCut = true
    else this.#lists.add(url)
  }

  #textOf(text: string | undefined): void {
    if (this.#depth < 2 || this.#text.length > TEXT_CHARS_MAX) return
    this.#text += text?.slice(0, TEXT_CHARS_MAX + 1) ?? ''
  }

  #grown(text: string | undefined): void {
    if (this.#value.length <= TEXT_CHARS_MAX) this.#value += text?.slice(0, TEXT_CHARS_MAX) ?? ''
  }

  #attributeEnded(): void {
    const isRead = this.#attribute === 'href' || this.#attribute === 'rel'
    if (isRead && this.#value.length <= TEXT_CHARS_MAX) {
      this.#attributes.set(this.#attribute, this.#value)
    }
  }

  #resolved(text: string): CanonicalUrl | undefined {
    try {
      return redirectTarget(this.#options.url, text)
    } catch (thrown) {
      if (isAnilloError(thrown)) return undefined
      throw thrown
    }
  }
}

const ROOTS: ReadonlyMap<string, SitemapFormat> = new Map([
  ['urlset', 'urlset'],
  ['sitemapindex', 'index'],
  ['rss', 'rss'],
  ['rdf', 'rss'],
  ['feed', 'atom'],
])

const ENTRIES: ReadonlyMap<SitemapFormat, ReadonlySet<string>> = new Map([
  ['urlset', new Set(['url'])],
  ['index', new Set(['sitemap'])],
  ['rss', new Set(['item'])],
  ['atom', new Set(['entry'])],
])

const DATES: ReadonlySet<string> = new Set(['lastmod', 'pubdate', 'updated', 'date'])

const NO_BYTES: Uint8Array = new Uint8Array(0)

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}

/** Without its prefix, in lower case: careless sites write either. */
function localName(name: string | undefined): string {
  return (name ?? '').replace(/^.*:/s, '').toLowerCase()
}

/** `<?xml encoding="…"?>`, or the marks of UTF-16 (XML 1.0, appendix F). */
function declaredCharset(head: Uint8Array): string {
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  const text = new TextDecoder('latin1').decode(head.subarray(0, XML_DECLARATION_BYTES_MAX))
  const label = /^\s*(?:ï»¿)?<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)/i.exec(text)?.[1]
  try {
    return new TextDecoder(label ?? 'utf-8').encoding
  } catch {
    return 'utf-8'
  }
}

const XML_DECLARATION_BYTES_MAX = 1_024
