/**
 * One spelling for each address, so that one page has one place on the ring. The WHATWG URL parser
 * does most; on top of it stand these rules, and no others (applying them twice changes nothing):
 *
 * 1. `:8000/x` is short for `http://localhost:8000/x`.
 * 2. A host without a scheme gets `https` when it looks public (a dotted name without a port) and
 *    `http` otherwise (localhost, one-word names, names of private use, IP literals, any with a
 * port):
 *    public sites answer https nearly always, machines at home nearly never.
 * 3. Only http and https; no user name, no password (they would be kept and shown); no port 0.
 * 4. The fragment goes, and so does a `?` with nothing behind it. One dot at the end of the host
 * goes.
 * 5. Escapes are written with capitals, and undone where they stand for an unreserved character
 *    (RFC 3986, 6.2.2): `%7e` and `~` are the same page.
 */
import { AnilloError } from '../../../base/errors.ts'
import { positionOf, type Position } from '../../../base/ids.ts'
import { URL_CHARS_MAX } from '../limits.ts'

declare const canonicalUrlTag: unique symbol

/** Made by `canonicalUrl` and `redirectTarget` alone. */
export type CanonicalUrl = string & { readonly [canonicalUrlTag]: true }

/**
 * What a person or a program typed, in its one spelling.
 * @throws AnilloError URL_MALFORMED, URL_SCHEME, URL_USERINFO, URL_TOO_LONG
 */
export function canonicalUrl(typed: string): CanonicalUrl {
  const text = typed.trim()
  if (text.length > TYPED_CHARS_MAX) throw tooLong()
  return canonical(parse(withScheme(text), text))
}

/** Where a `Location` leads, seen from the page that sent it. @throws as `canonicalUrl` */
export function redirectTarget(from: CanonicalUrl, location: string): CanonicalUrl {
  if (location.length > TYPED_CHARS_MAX) throw tooLong()
  return canonical(parse(location, location, from))
}

/** Hex SHA-256 of the address: the page's id, and its place on the ring. */
export function pageIdOf(url: CanonicalUrl): Position {
  return positionOf(url)
}

/** Escapes triple a character: what is far longer than the limit is not even parsed. */
const TYPED_CHARS_MAX = 4 * URL_CHARS_MAX
const SHORT_FOR_LOCALHOST = /^:\d{1,5}(?:[/?#]|$)/
/** `name:8000`, which the parser would read as the scheme `name:`. */
const HOST_AND_PORT = /^[^/?#:@\s]+:\d{1,5}(?:[/?#]|$)/
const SCHEME = /^([a-z][a-z0-9+.-]*):/i
/** Schemes whose rest may be digits alone: never taken for a host with a port. */
const NUMERIC_SCHEMES: ReadonlySet<string> = new Set([
  'tel',
  'sms',
  'fax',
  'data',
  'about',
  'javascript',
  'mailto',
])
/**
 * Top-level names that no public site has (RFC 6761, RFC 6762, RFC 8375, RFC 9476, ICANN's
 * .internal).
 */
const PRIVATE_NAME = /\.(?:localhost|local|test|invalid|internal|lan|home\.arpa|alt)\.?$/i
const ESCAPE = /%([0-9a-f]{2})/gi
const UNRESERVED = /[A-Za-z0-9._~-]/

function withScheme(text: string): string {
  if (SHORT_FOR_LOCALHOST.test(text)) return `http://localhost${text}`
  const bare = text.startsWith('//') ? text.slice(2) : text
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase()
  const isHostAndPort =
    HOST_AND_PORT.test(bare) && !(scheme !== undefined && NUMERIC_SCHEMES.has(scheme))
  if (scheme !== undefined && !isHostAndPort) return text
  return `${looksPublic(bare) ? 'https' : 'http'}://${bare}`
}

function looksPublic(bare: string): boolean {
  const authority = /^[^/?#\\]*/.exec(bare)?.[0] ?? ''
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (host.includes(':') || PRIVATE_NAME.test(host)) return false
  // A last label of digits makes it an IPv4 literal of some spelling (WHATWG URL, 4.2).
  return /\.[^.\d][^.]*\.?$/.test(host)
}

function parse(text: string, typed: string, base?: string): URL {
  const url = URL.parse(text, base)
  if (url === null) throw malformed(typed)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AnilloError('URL_SCHEME', { scheme: url.protocol.slice(0, -1) })
  }
  if (url.username !== '' || url.password !== '') throw new AnilloError('URL_USERINFO')
  if (url.port === '0') throw malformed(typed)
  return url
}

function canonical(url: URL): CanonicalUrl {
  url.hash = ''
  // The setter also drops a lone `?`, which the parser keeps.
  url.search = normalEscapes(url.search)
  url.pathname = normalEscapes(url.pathname)
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1)
  if (url.hostname === '' || url.hostname.endsWith('.')) throw malformed(url.href)
  if (url.href.length > URL_CHARS_MAX) throw tooLong()
  return url.href as CanonicalUrl
}

function normalEscapes(text: string): string {
  return text.replaceAll(ESCAPE, (escape, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return UNRESERVED.test(character) ? character : escape.toUpperCase()
  })
}

function malformed(typed: string): AnilloError {
  // What stands before an `@` may be a password, which no log may see.
  const shown = typed.replace(/^.*@/s, '…@').slice(0, SHOWN_CHARS_MAX)
  return new AnilloError('URL_MALFORMED', { url: shown })
}

/** What an error repeats of an address. */
const SHOWN_CHARS_MAX = 200

function tooLong(): AnilloError {
  return new AnilloError('URL_TOO_LONG', { limit: URL_CHARS_MAX })
}
