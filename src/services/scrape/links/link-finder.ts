/**
 * Finds the links of a page while it arrives, its title and what it tells robots. A tokenizer and
 * no tree: nesting costs nothing, so no page is deep or broken enough to be slow. Memory is bounded
 * by what is found: so many links, so long an attribute.
 *
 * Addresses are resolved when the page has ended, because the first `<base>` holds for links that
 * stand before it too (WHATWG HTML, 2.4.3).
 */
import { Tokenizer } from 'htmlparser2'

import { isAnilloError } from '../../../base/errors.ts'
import { shownTitle } from '../fetch/page-text.ts'
import { TITLE_CHARS_MAX } from '../limits.ts'
import { redirectTarget, type CanonicalUrl } from '../urls/canonical-url.ts'
import { CssScanner } from './css-scanner.ts'
import {
  bothDirectives,
  metaDirectives,
  NO_DIRECTIVES,
  refreshTarget,
  srcsetUrls,
  type RobotsDirectives,
} from './directives.ts'
import { attributesRead, linkAttribute, linkRelation, type LinkKind } from './link-table.ts'
import { TextWindow } from './text-window.ts'

/**
 * Different ones a page. Pages for people have some hundreds; the largest indexes some thousands.
 */
export const LINKS_MAX = 10_000
/** A longer one is dropped whole: half an address is another address. */
export const ATTRIBUTE_CHARS_MAX = 64 * 1_024
/** Candidates of one `srcset`. */
export const SRCSET_URLS_MAX = 100
/** What the tokenizer is fed at a time. */
const FEED_BYTES = 64 * 1_024

export interface FoundLink {
  readonly url: CanonicalUrl
  readonly kind: LinkKind
  /** The element it was found in; `refresh`; `style` where it stands in any style. */
  readonly element: string
  /** Each link to it says `nofollow`, `ugc` or `sponsored`. */
  readonly isNoFollow: boolean
}

export interface PageLinks {
  /** In the order of the page, each address once a kind. */
  readonly links: readonly FoundLink[]
  readonly title: string | undefined
  /** `<link rel="canonical">`, the first. */
  readonly canonical: CanonicalUrl | undefined
  readonly directives: RobotsDirectives
  /** There were more than `LINKS_MAX`. */
  readonly isCut: boolean
}

export interface LinkFinderOptions {
  /** Of the page, after redirects. */
  readonly url: CanonicalUrl
  /** In the name of `TextDecoder`; `undefined`: nobody says (see `charsetOf`). */
  readonly charset: string | undefined
  /** Product token, for `<meta name="anillo">`. */
  readonly agent: string
}

export class LinkFinder {
  readonly #options: LinkFinderOptions
  readonly #decoder: TextDecoder
  readonly #window = new TextWindow()
  readonly #tokenizer: Tokenizer
  /** By kind and text as written, so that a page of one link repeated costs one. */
  readonly #found = new Map<string, RawLink>()
  readonly #title: string[] = []
  #titleState: 'none' | 'open' | 'read' = 'none'
  #base: string | undefined
  #canonical: string | undefined
  #directives = NO_DIRECTIVES
  #isCut = false

  /** The element whose attributes are read. */
  #tag = ''
  #read: ReadonlySet<string> | undefined
  readonly #attributes = new Map<string, string>()
  /** The attribute under way, where it is read. */
  #name: string | undefined
  #value = ''
  /** Of the `<style>` that is open. */
  #style: CssScanner | undefined

  constructor(options: LinkFinderOptions) {
    this.#options = options
    this.#decoder = new TextDecoder(options.charset ?? 'windows-1252')
    this.#tokenizer = new Tokenizer({}, this.#callbacks())
  }

  /** The next bytes of the page, unpacked. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += FEED_BYTES) {
      this.#feed(this.#decoder.decode(bytes.subarray(at, at + FEED_BYTES), { stream: true }))
    }
  }

  /** After the last bytes, or in the middle of a page that broke off: what was found. */
  end(): PageLinks {
    this.#feed(this.#decoder.decode())
    this.#tokenizer.end()
    this.#style?.end()
    const base = this.#resolved(this.#base, this.#options.url) ?? this.#options.url
    const links = new Map<string, FoundLink>()
    for (const raw of this.#found.values()) this.#addTo(links, raw, base)
    return {
      links: [...links.values()],
      title: shownTitle(this.#title.join('')),
      canonical: this.#resolved(this.#canonical, base),
      directives: this.#directives,
      isCut: this.#isCut,
    }
  }

  #feed(decoded: string): void {
    // What no page may hold becomes what stands for it (WHATWG HTML, 13.2.5.33 and 13.2.5.36).
    const text = decoded.replaceAll('\0', '\uFFFD')
    this.#window.add(text)
    this.#tokenizer.write(text)
  }

  #callbacks(): ConstructorParameters<typeof Tokenizer>[1] {
    const nothing = (): void => undefined
    return {
      onopentagname: (start, end) => this.#opened(this.#window.slice(start, end)),
      onattribname: (start, end) => this.#named(start, end),
      onattribdata: (start, end) => this.#grown(this.#window.slice(start, end)),
      onattribentity: (point) => this.#grown(String.fromCodePoint(point)),
      onattribend: () => this.#attributeEnded(),
      onopentagend: () => this.#tagEnded(),
      onselfclosingtag: () => this.#tagEnded(),
      onclosetag: (start, end) => this.#closed(start, end),
      ontext: (start, end) => this.#text(start, end),
      ontextentity: (point) => this.#titleText(String.fromCodePoint(point)),
      oncdata: nothing,
      oncomment: nothing,
      ondeclaration: nothing,
      onprocessinginstruction: nothing,
      onend: nothing,
    }
  }

  #opened(name: string | undefined): void {
    this.#tag = name?.toLowerCase() ?? ''
    this.#read = attributesRead(this.#tag)
    this.#attributes.clear()
    if (this.#tag === 'title' && this.#titleState === 'none') this.#titleState = 'open'
  }

  #named(start: number, end: number): void {
    const mayBeRead = this.#read !== undefined || end - start === STYLE.length
    const name = mayBeRead ? this.#window.slice(start, end)?.toLowerCase() : undefined
    // Of two of one name the first holds (WHATWG HTML, 13.2.5.33).
    const isRead = name === STYLE || (name !== undefined && this.#read?.has(name) === true)
    this.#name = isRead && !this.#attributes.has(name) ? name : undefined
    this.#value = ''
  }

  #grown(text: string | undefined): void {
    if (this.#name === undefined) return
    const isTooLong = text === undefined || this.#value.length + text.length > ATTRIBUTE_CHARS_MAX
    if (isTooLong) this.#name = undefined
    else this.#value += text
  }

  #attributeEnded(): void {
    if (this.#name !== undefined) this.#attributes.set(this.#name, this.#value)
    this.#name = undefined
  }

  /** What style sheets name is needed to show the page. */
  #styleScanner(): CssScanner {
    return new CssScanner((text) => {
      this.#add({ kind: 'resource', element: STYLE, isNoFollow: false, text })
      return undefined
    })
  }

  #tagEnded(): void {
    const style = this.#attributes.get(STYLE)
    if (style !== undefined) {
      const scanner = this.#styleScanner()
      scanner.write(style)
      scanner.end()
    }
    if (this.#tag === STYLE) this.#style = this.#styleScanner()
    if (this.#read === undefined) return
    if (this.#tag === 'link') this.#linkElement()
    else if (this.#tag === 'meta') this.#metaElement()
    else if (this.#tag === 'base') this.#base ??= this.#attributes.get('href')
    else this.#linking()
  }

  #linking(): void {
    const isNoFollow = /\b(?:nofollow|ugc|sponsored)\b/i.test(this.#attributes.get('rel') ?? '')
    for (const [name, value] of this.#attributes) {
      const attribute = linkAttribute(this.#tag, name)
      if (attribute === undefined) continue
      const link = { kind: attribute.kind, element: this.#tag, isNoFollow }
      if (attribute.isSet === undefined) this.#add({ ...link, text: value })
      else for (const text of srcsetUrls(value, SRCSET_URLS_MAX)) this.#add({ ...link, text })
    }
  }

  #linkElement(): void {
    const rel = this.#attributes.get('rel') ?? ''
    const kind = linkRelation(rel, this.#attributes.get('type') ?? '')
    if (kind === undefined) return
    const element = 'link'
    const text = this.#attributes.get('href')
    if (text !== undefined) this.#add({ kind, element, isNoFollow: false, text })
    if (/(?:^|\s)canonical(?:\s|$)/i.test(rel)) this.#canonical ??= text
    for (const each of srcsetUrls(this.#attributes.get('imagesrcset') ?? '', SRCSET_URLS_MAX)) {
      this.#add({ kind, element, isNoFollow: false, text: each })
    }
  }

  #metaElement(): void {
    const content = this.#attributes.get('content')
    if (content === undefined) return
    const name = this.#attributes.get('name')?.trim().toLowerCase()
    if (name === 'robots' || name === this.#options.agent.toLowerCase()) {
      this.#directives = bothDirectives(this.#directives, metaDirectives(content))
    }
    if (this.#attributes.get('http-equiv')?.trim().toLowerCase() !== 'refresh') return
    const text = refreshTarget(content)
    if (text === undefined) return
    this.#add({ kind: 'page', element: 'refresh', isNoFollow: false, text })
  }

  #closed(start: number, end: number): void {
    this.#style?.end()
    this.#style = undefined
    if (this.#titleState !== 'open') return
    if (this.#window.slice(start, end)?.toLowerCase() === 'title') this.#titleState = 'read'
  }

  #text(start: number, end: number): void {
    this.#style?.write(this.#window.slice(start, end) ?? '')
    if (this.#titleState === 'open') this.#titleText(this.#window.slice(start, end) ?? '')
  }

  #titleText(text: string): void {
    if (this.#titleState !== 'open') return
    this.#title.push(text.slice(0, TITLE_PIECE_CHARS_MAX))
    if (this.#title.length > TITLE_PIECES_MAX) this.#titleState = 'read'
  }

  #add(raw: RawLink): void {
    const text = raw.text.trim()
    // A place on the same page, or what is no address of a page.
    if (text === '' || text.startsWith('#') || OTHER_SCHEME.test(text)) return
    const key = `${raw.kind} ${raw.element} ${text}`
    const known = this.#found.get(key)
    if (known !== undefined) {
      if (known.isNoFollow && !raw.isNoFollow) this.#found.set(key, raw)
    } else if (this.#found.size >= LINKS_MAX) this.#isCut = true
    else this.#found.set(key, { ...raw, text })
  }

  #addTo(links: Map<string, FoundLink>, raw: RawLink, base: CanonicalUrl): void {
    const url = this.#resolved(raw.text, base)
    if (url === undefined) return
    const key = `${raw.kind} ${url}`
    const known = links.get(key)
    const { kind, element, isNoFollow } = raw
    if (known === undefined) links.set(key, { url, kind, element, isNoFollow })
    else if (known.isNoFollow && !isNoFollow) links.set(key, { ...known, isNoFollow })
  }

  /** `undefined`: no address of a page, or one that is never fetched. */
  #resolved(text: string | undefined, base: CanonicalUrl): CanonicalUrl | undefined {
    if (text === undefined) return undefined
    try {
      return redirectTarget(base, text)
    } catch (thrown) {
      if (isAnilloError(thrown)) return undefined
      throw thrown
    }
  }
}

interface RawLink {
  readonly kind: LinkKind
  readonly element: string
  readonly isNoFollow: boolean
  /** As written. */
  readonly text: string
}

const STYLE = 'style'
/** Saves the parser the commonest of what it would refuse. */
const OTHER_SCHEME = /^(?:javascript|data|mailto|tel|sms|about|blob|file):/i
/** A title of many entities comes in as many pieces; its white space may be most of it. */
const TITLE_PIECES_MAX = 4 * TITLE_CHARS_MAX
const TITLE_PIECE_CHARS_MAX = 8 * TITLE_CHARS_MAX
