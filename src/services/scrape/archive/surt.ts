/**
 * Keys of an index that lists a site together: `https://www.example.org/Bay?b&a` is
 * `org,example)/bay?a&b` (SURT: sort-friendly URI reordering transform). Made as the tools of the
 * Internet Archive, pywb and Browsertrix make them, as a key is only found by who makes the same.
 */
import { byteText, utf8 } from '../../../base/bytes.ts'

/** `scheme:`, `//authority`, path, `?query`, `#fragment` (RFC 3986, Appendix B). */
const PARTS = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/is
const AUTHORITY = /^(?:.*@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/s
/** `%25252541` is undone step by step; nobody packs addresses deeper than that. */
const UNESCAPES_MAX = 32
/** Patterns for sessions look at each place of a text; what is longer holds no mere session. */
const SESSION_CHARS_MAX = 4_096

/** An address that is none is its own key. */
export function surtOf(url: string): string {
  // One character a byte, as what others escape are bytes.
  const text = byteText(utf8(url.trim().replaceAll(/[\n\r\t]/g, '')))
  const [, scheme = '', authority = '', path = '', query = ''] = PARTS.exec(text) ?? []
  if (scheme === '') return escapeOnce(text)
  const [, name = '', port = ''] = AUTHORITY.exec(authority) ?? []
  const host = hostKey(name)
  const rest = pathKey(path, host !== '') + queryKey(query)
  if (host === '') return `${scheme.toLowerCase()}:${rest}`
  return `${host}${portKey(scheme.toLowerCase(), port)})${rest}`
}

function hostKey(host: string): string {
  const bare = host.startsWith('[') ? host.slice(1, -1) : host
  const plain = unescapeAll(bare)
    .replaceAll('..', '.')
    .replaceAll(/^\.+|\.+$/g, '')
  const lower = escapeOnce(asciiHost(plain).toLowerCase()).replace(/^www\d*\./, '')
  return lower.split('.').toReversed().join(',')
}

/** RFC 5891: names beyond ASCII have a form in it. */
function asciiHost(host: string): string {
  if (!/[\x80-\xff]/.test(host)) return host
  const unicode = new TextDecoder().decode(bytesOf(host))
  return URL.parse(`http://${unicode}/`)?.hostname ?? host
}

function portKey(scheme: string, port: string): string {
  const usual = scheme === 'http' ? 80 : 443
  return port === '' || Number(port) === usual ? '' : `:${String(Number(port))}`
}

function pathKey(path: string, isOfHost: boolean): string {
  const plain = unescapeAll(path)
  const lower = escapeOnce(isOfHost ? normalPath(plain) : plain).toLowerCase()
  const key = withoutPathSession(lower)
  return key.length > 1 && key.endsWith('/') ? key.slice(0, -1) : key
}

/** Without empty segments and `.`; each `..` takes the segment before it along. */
function normalPath(path: string): string {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const segment of segments) {
    if (segment === '.') continue
    if (segment === '..' && kept.length > 0) kept.pop()
    else kept.push(segment)
  }
  const last = kept.pop() ?? ''
  const folders = kept.filter((segment) => segment !== '')
  return `/${folders.map((segment) => `${segment}/`).join('')}${last}`
}

function queryKey(query: string): string {
  if (query === '') return ''
  const escaped = withoutQuerySession(escapeOnce(unescapeAll(query))).toLowerCase()
  const sorted = escaped.length > 1 ? sortedArguments(escaped) : escaped
  return sorted === '' ? '' : `?${sorted}`
}

function sortedArguments(query: string): string {
  const split = query.split('&').map((argument) => {
    const at = argument.indexOf('=')
    return at === -1
      ? ([argument, ''] as const)
      : ([argument.slice(0, at), argument.slice(at)] as const)
  })
  const order = split.toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
  return order.map(([name, value]) => name + value).join('&')
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const PATH_SESSIONS = [
  /^(.*\/)(?:\((?:[a-z]\([0-9a-z]{24}\))+\)\/)([^?]+\.aspx.*)$/i,
  /^(.*\/)(?:\([0-9a-z]{24}\)\/)([^?]+\.aspx.*)$/i,
]
const QUERY_SESSIONS = [
  /^(.*)jsessionid=[0-9a-z]{32}(?:&(.*))?$/i,
  /^(.*)phpsessid=[0-9a-z]{32}(?:&(.*))?$/i,
  /^(.*)sid=[0-9a-z]{32}(?:&(.*))?$/i,
  /^(.*)aspsessionid[a-z]{8}=[a-z]{24}(?:&(.*))?$/i,
  /^(.*)cfid=[^&]+&cftoken=[^&]+(?:&(.*))?$/i,
]

function withoutPathSession(path: string): string {
  return without(path, PATH_SESSIONS)
}

function withoutQuerySession(query: string): string {
  return without(query, QUERY_SESSIONS)
}

function without(text: string, sessions: readonly RegExp[]): string {
  if (text.length > SESSION_CHARS_MAX) return text
  return sessions.reduce((left, session) => left.replace(session, '$1$2'), text)
}

function unescapeAll(text: string): string {
  let plain = text
  for (let round = 0; round < UNESCAPES_MAX; round++) {
    const next = plain.replaceAll(/%([0-9a-f]{2})/gi, (_, digits: string) => {
      return String.fromCharCode(Number.parseInt(digits, 16))
    })
    if (next === plain) return plain
    plain = next
  }
  return plain
}

/** What is not ASCII, cannot be seen, or would be read as something else. */
function escapeOnce(text: string): string {
  return text.replaceAll(/[\0-\x20#%\x7f-\xff]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
