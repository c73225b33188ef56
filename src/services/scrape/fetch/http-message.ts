/**
 * What the headers of an answer say, read forgivingly where the web is careless and strictly where
 * it matters.
 */
import type { ContentCoding } from '../../../effects/unpack.ts'
import { CODINGS_MAX } from '../limits.ts'

export type Headers = readonly (readonly [string, string])[]

/** The first of the name, in whatever case it came. */
export function headerOf(headers: Headers, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1].trim()
}

export interface MediaType {
  /** `type/subtype` in lower case; empty where the site says none that makes sense. */
  readonly type: string
  /** As declared, in lower case. */
  readonly charset: string | undefined
}

/** RFC 9110, 8.3: `text/html; charset="utf-8"`. */
export function mediaTypeOf(headers: Headers): MediaType {
  const value = headerOf(headers, 'content-type') ?? ''
  const type = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+/.exec(value)?.[0].toLowerCase() ?? ''
  const charset = /;\s*charset\s*=\s*"?([\w.:+-]+)/i.exec(value)?.[1]?.toLowerCase()
  return { type, charset }
}

export function isHtml(mediaType: string): boolean {
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml'
}

export function isCss(mediaType: string): boolean {
  return mediaType === 'text/css'
}

/**
 * Where this status and these headers lead on to; 300 and 304 are answers, as is a redirect to
 * nowhere.
 */
export function redirectOf(status: number, headers: Headers): string | undefined {
  return REDIRECTS.has(status) ? headerOf(headers, 'location') : undefined
}

/** In the order in which they must be undone; a text says what is wrong with them. */
export function codingsOf(headers: Headers): readonly ContentCoding[] | string {
  const names = headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .flatMap(([, value]) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  if (names.length > CODINGS_MAX) return 'it is packed too many times over'
  const codings: ContentCoding[] = []
  for (const name of names) {
    const coding = CODINGS.get(name)
    if (coding === undefined) return 'it is packed in a way that was not asked for'
    codings.unshift(coding)
  }
  return codings
}

/** Bytes that the site announces, where it does. */
export function contentLengthOf(headers: Headers): number | undefined {
  const text = headerOf(headers, 'content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/** RFC 9110, 15.4.5: an answer to a condition, without content. */
export const NOT_MODIFIED = 304

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** `x-gzip` is the old name (RFC 9110, 8.4.1.3). */
const CODINGS: ReadonlyMap<string, ContentCoding> = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])
