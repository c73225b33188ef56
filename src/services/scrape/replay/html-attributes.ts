/** What becomes of the attributes of an archived page (WHATWG HTML, *Attributes*; SVG 2). */
import { CssScanner } from '../links/css-scanner.ts'
import { srcsetCandidates } from '../links/directives.ts'

/** Longer addresses are left out; what embeds its content goes through whole. */
export const ADDRESS_CHARS_MAX = 64 * 1_024
const SRCSET_CANDIDATES_MAX = 100

/** Answers what an address becomes; `undefined`: it stays. */
export type Rewrite = (address: string) => string | undefined

/** A value as it arrives: gives what is to stand in its place. */
export interface ValueWriter {
  write(text: string): string
  end(): string
}

export type AttributeKind =
  | 'address'
  | 'addresses'
  | 'crossorigin'
  | 'document'
  | 'gone'
  | 'style'
  | 'target'
  | 'type'

const KINDS: ReadonlyMap<string, AttributeKind> = new Map<string, AttributeKind>([
  ...each('address', [
    'action',
    'background',
    'cite',
    'classid',
    'codebase',
    'dynsrc',
    'formaction',
    'href',
    'icon',
    'longdesc',
    'lowsrc',
    'poster',
    'profile',
    'src',
    'usemap',
    'xlink:href',
  ]),
  ...each('addresses', ['srcset', 'imagesrcset']),
  // Presentation attributes of SVG hold what a style would.
  ...each('style', [
    'clip-path',
    'cursor',
    'fill',
    'filter',
    'marker',
    'marker-end',
    'marker-mid',
    'marker-start',
    'mask',
    'stroke',
    'style',
  ]),
  // Hashes of what is rewritten are others; `ping` and `manifest` ask for what nobody sees.
  ...each('gone', ['archive', 'integrity', 'manifest', 'nonce', 'ping']),
  ['crossorigin', 'crossorigin'],
  ['srcdoc', 'document'],
  ['target', 'target'],
  ['formtarget', 'target'],
])

/** `undefined`: it stays as it is. */
export function kindOf(tag: string, name: string): AttributeKind | undefined {
  if (name === 'data' && tag === 'object') return 'address'
  if (name === 'type' && tag === 'script') return 'type'
  return KINDS.get(name)
}

/** All of an address, or what is too long to be one. */
export class Collected implements ValueWriter {
  readonly #change: (value: string) => string | undefined
  #value = ''
  #state: 'collecting' | 'passing' | 'dropping' = 'collecting'

  constructor(change: (value: string) => string | undefined) {
    this.#change = change
  }

  write(text: string): string {
    if (this.#state === 'passing') return text
    if (this.#state === 'dropping') return ''
    this.#value += text
    if (this.#value.length <= ADDRESS_CHARS_MAX) return ''
    const value = this.#value
    this.#value = ''
    this.#state = /^\s*data:/i.test(value) ? 'passing' : 'dropping'
    return this.#state === 'passing' ? value : ''
  }

  end(): string {
    if (this.#state !== 'collecting') return ''
    return this.#change(this.#value) ?? this.#value
  }
}

/** Of every kind but documents. */
export function valueWriter(
  kind: Exclude<AttributeKind, 'document' | 'gone'>,
  rewrite: Rewrite,
): ValueWriter {
  switch (kind) {
    case 'style':
      return new CssScanner(rewrite)
    case 'address':
      return new Collected(rewrite)
    case 'addresses':
      return new Collected((value) => rewrittenSrcset(value, rewrite))
    // With credentials the archive answers nobody.
    case 'crossorigin':
      return new Collected(() => 'anonymous')
    // There are no other windows to open it in.
    case 'target':
      return new Collected((value) => (value.trim().toLowerCase() === '_blank' ? '_self' : value))
    // Rules of what to fetch ahead are for the living site.
    case 'type':
      return new Collected((value) => (/speculationrules/i.test(value) ? 'text/plain' : value))
  }
}

export function rewrittenSrcset(value: string, rewrite: Rewrite): string {
  return srcsetCandidates(value, SRCSET_CANDIDATES_MAX)
    .map(({ descriptors, url }) => {
      const changed = rewrite(url) ?? url
      return descriptors === '' ? changed : `${changed} ${descriptors}`
    })
    .join(', ')
}

/** For a value in double quotes. */
export function escapedValue(text: string): string {
  return /[&"<]/.test(text)
    ? text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
    : text
}

function each(
  kind: AttributeKind,
  names: readonly string[],
): readonly (readonly [string, AttributeKind])[] {
  return names.map((name) => [name, kind])
}
