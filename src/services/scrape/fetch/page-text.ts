/**
 * The little that is read of a page while it arrives: which kind of content it is, in which
 * charset, and its title. Bounded: the first 64 KiB, one pass, no tree. All else is done later,
 * from the kept copy.
 */
import { CHARSET_SEARCH_BYTES, TITLE_CHARS_MAX, TITLE_SEARCH_BYTES } from '../limits.ts'
import { isHtml, type MediaType } from './http-message.ts'

/**
 * The media type of content whose site names none, by its first bytes (after WHATWG MIME Sniffing,
 * 7.1).
 */
export function sniffedType(head: Uint8Array): string {
  if (head.subarray(0, CHARSET_SEARCH_BYTES).includes(0)) return 'application/octet-stream'
  return /^\s*<(?:!doctype html|html|head|body|title|script|!--)/i.test(latin1(head))
    ? 'text/html'
    : 'text/plain'
}

/**
 * The charset by which the content is to be read, in the name that `TextDecoder` gives it;
 * `undefined` where nobody says and it is not UTF-8. A byte order mark wins over the header, the
 * header over the page.
 */
export function charsetOf(head: Uint8Array, media: MediaType): string | undefined {
  const declared =
    byteOrderMark(head) ??
    decoderName(media.charset) ??
    (isHtml(media.type) ? metaCharset(head) : undefined)
  if (declared !== undefined) return declared
  return isText(media.type) && isUtf8(head) ? 'utf-8' : undefined
}

/**
 * The text of the first `<title>`, its white space joined, without characters that steer terminals
 * or turn the direction of what stands beside it; `undefined` where there is none in the first
 * 64 KiB.
 */
export function titleOf(head: Uint8Array, charset: string | undefined): string | undefined {
  const text = new TextDecoder(charset ?? FALLBACK).decode(head.subarray(0, TITLE_SEARCH_BYTES))
  const raw = rawTitle(text)
  return raw === undefined ? undefined : shownTitle(unescaped(raw))
}

/** A title's text as above; `undefined` where nothing is left of it. */
export function shownTitle(text: string): string | undefined {
  const title = shownText(text.replaceAll(/\s+/g, ' ')).trim()
  return title === '' ? undefined : Array.from(title).slice(0, TITLE_CHARS_MAX).join('')
}

/** Without characters that steer terminals or turn the direction of what stands beside it. */
export function shownText(text: string): string {
  return text.replaceAll(STEERING, '')
}

/** Controls (ESC, BEL, NUL), and embeddings, overrides and isolates of direction (UAX #9). */
const STEERING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** What the web means where it says nothing (WHATWG HTML, 13.2.3.2: for most locales). */
const FALLBACK = 'windows-1252'

/** Steps over comments and scripts, in which a `<title>` is only text. */
function rawTitle(text: string): string | undefined {
  const token = /<!--|<(script|style|title)(?=[\s/>])[^>]*>/gi
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const name = found[1]?.toLowerCase()
    const end = endOf(text, token.lastIndex, name)
    if (name === 'title') return text.slice(token.lastIndex, end)
    token.lastIndex = end
  }
  return undefined
}

/** Where what began ends, or the end of the text. */
function endOf(text: string, from: number, name: string | undefined): number {
  const close = name === undefined ? /-->/g : new RegExp(`</${name}`, 'gi')
  close.lastIndex = from
  return close.exec(text)?.index ?? text.length
}

/** The entities that titles of real pages use. */
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  middot: '·',
  bull: '•',
  raquo: '»',
  laquo: '«',
  rsquo: '’',
  lsquo: '‘',
  rdquo: '”',
  ldquo: '“',
  copy: '©',
  reg: '®',
  trade: '™',
  eacute: 'é',
  aacute: 'á',
  iacute: 'í',
  oacute: 'ó',
  uacute: 'ú',
  ntilde: 'ñ',
  uuml: 'ü',
  ouml: 'ö',
  auml: 'ä',
  szlig: 'ß',
}
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));?/gi
const CODE_POINT_MAX = 0x10ffff

function unescaped(text: string): string {
  return text.replaceAll(ENTITY, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? ENTITIES[name.toLowerCase()] ?? whole
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return point > 0 && point <= CODE_POINT_MAX ? String.fromCodePoint(point) : whole
  })
}

function byteOrderMark(head: Uint8Array): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined
}

/** `<meta charset=…>` and `<meta http-equiv content="…; charset=…">` (WHATWG HTML, 13.2.3.2). */
function metaCharset(head: Uint8Array): string | undefined {
  const label = /<meta\s[^>]*charset\s*=\s*["']?\s*([\w.:+-]+)/i.exec(latin1(head))?.[1]
  const name = decoderName(label)
  // A page whose bytes could be searched for `<meta` is not in UTF-16, whatever it says.
  return name?.startsWith('utf-16') === true ? 'utf-8' : name
}

function decoderName(label: string | undefined): string | undefined {
  if (label === undefined) return undefined
  try {
    return new TextDecoder(label).encoding
  } catch {
    return undefined
  }
}

/** Content that is text: it can be read in a charset. */
export function isText(mediaType: string): boolean {
  return (
    mediaType.startsWith('text/') ||
    isHtml(mediaType) ||
    /[/+](?:xml|json|javascript)$/.test(mediaType)
  )
}

function isUtf8(head: Uint8Array): boolean {
  try {
    // `stream`: a character cut at the end of the piece is no error.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

function latin1(head: Uint8Array): string {
  return new TextDecoder('latin1').decode(head.subarray(0, CHARSET_SEARCH_BYTES))
}
