/**
 * How long a kept answer may be used again (RFC 9111, of a cache that people share), and what keeps
 * it in use. All requests are sent with the same headers, so `Vary` never tells two apart; `*` says
 * that something else does.
 *
 * An archive is asked for what it holds, a cache for what the site says at present. What the site
 * forbids to store (`no-store`, `private`) the archive keeps, because people asked for it, and the
 * cache never answers with.
 */
import { DAY_MS } from '../../../base/limits.ts'
import { httpDateMs } from '../fetch/http-date.ts'
import { headerOf, type Headers } from '../fetch/http-message.ts'
import { cacheControlOf } from './cache-control.ts'

/**
 * Longer ones are not sent back: what a site takes of headers is bounded, and they cost each time.
 */
export const TAG_CHARS_MAX = 1_024
/** Of the time since a page last changed (RFC 9111, 4.2.2). */
const HEURISTIC_SHARE = 0.1
/** Of such a guess. */
export const HEURISTIC_MAX_MS = DAY_MS

/** An answer as it is kept, and when it came. */
export interface Stored {
  readonly status: number
  readonly headers: Headers
  readonly requestedMs: number
  readonly receivedMs: number
  /** Of the redirects that led to it: `temporary` where one was (302, 303, 307). */
  readonly redirects: 'none' | 'permanent' | 'temporary'
}

export interface Asked {
  readonly nowMs: number
  /** How long an answer may be used of which the site says nothing. */
  readonly defaultMs: number
}

/** It may be used again unasked. */
export function isFresh(stored: Stored, { nowMs, defaultMs }: Asked): boolean {
  const control = cacheControlOf(stored.headers)
  if (control.noStore || control.noCache || control.isPrivate) return false
  // The way there may have changed, whatever the page says of itself.
  if (stored.redirects === 'temporary') return false
  if (variesByAll(stored.headers)) return false
  const toldMs = lifetimeMs(stored)
  // Where the site says nothing, its clock counts for nothing either.
  if (toldMs === undefined) return Math.max(0, nowMs - stored.receivedMs) < defaultMs
  return currentAgeMs(stored, nowMs) < toldMs
}

/** What asks the site whether it changed; empty: it must be fetched. */
export function conditionsOf(stored: Stored): Headers {
  return cacheControlOf(stored.headers).noStore ? [] : validatorsOf(stored)
}

/** RFC 9111, 4.2.3: what it had when it came, by the site's clock or by the caches on the way. */
export function currentAgeMs(stored: Stored, nowMs: number): number {
  const { headers, requestedMs, receivedMs } = stored
  const dateMs = dateOf(headers, 'date') ?? receivedMs
  const seconds = /^\d{1,10}/.exec(headerOf(headers, 'age') ?? '')?.[0]
  const apparentMs = Math.max(0, receivedMs - dateMs)
  const toldMs = Number(seconds ?? 0) * 1_000 + Math.max(0, receivedMs - requestedMs)
  // A clock that went back makes nothing younger than it came.
  return Math.max(apparentMs, toldMs) + Math.max(0, nowMs - receivedMs)
}

/** RFC 9111, 4.2.1 and 4.2.2. 0: it is stale at once. `undefined`: the site says nothing of it. */
export function lifetimeMs(stored: Stored): number | undefined {
  const control = cacheControlOf(stored.headers)
  const explicitMs = control.sharedMaxAgeMs ?? control.maxAgeMs
  if (explicitMs !== undefined) return explicitMs
  const { headers, receivedMs } = stored
  const dateMs = dateOf(headers, 'date') ?? receivedMs
  if (headerOf(headers, 'expires') !== undefined) {
    // What is no date has passed (RFC 9111, 5.3): `0` and `-1` are meant so.
    return Math.max(0, (dateOf(headers, 'expires') ?? 0) - dateMs)
  }
  if (!HEURISTIC_STATUSES.has(stored.status)) return 0
  const changedMs = dateOf(headers, 'last-modified')
  if (changedMs === undefined) return undefined
  return Math.min(Math.max(0, dateMs - changedMs) * HEURISTIC_SHARE, HEURISTIC_MAX_MS)
}

/** RFC 9110, 15.1: answers whose lifetime may be guessed. */
const HEURISTIC_STATUSES: ReadonlySet<number> = new Set([
  200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501,
])

function variesByAll(headers: Headers): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'vary' && value.split(',').some((each) => each.trim() === '*'),
  )
}

/**
 * Both validators where both are kept (RFC 9110, 13.1.2 and 13.1.3). None of an answer that
 * redirects led to: a tag means something only to the page that gave it, and they may lead
 * elsewhere next time.
 */
function validatorsOf({ status, headers, redirects }: Stored): Headers {
  if (redirects !== 'none' || status !== 200) return []
  const found: (readonly [string, string])[] = []
  const tag = tagOf(headers)
  if (tag !== undefined && tag.length <= TAG_CHARS_MAX) found.push(['if-none-match', tag])
  const changed = headerOf(headers, 'last-modified')
  if (changed !== undefined && httpDateMs(changed) !== undefined) {
    found.push(['if-modified-since', changed])
  }
  return found
}

/**
 * The answer as it stands after a 304 (RFC 9111, 3.2 and 4.3.4): its headers take the place of
 * those of their names, except what describes the content that was not sent.
 * @returns `undefined` where the 304 speaks of other content than is kept: fetch it.
 */
export function revalidated(
  stored: Stored,
  answer: Pick<Stored, 'headers' | 'requestedMs' | 'receivedMs'>,
): Stored | undefined {
  if (!isSame(stored.headers, answer.headers)) return undefined
  const hops = new Set(
    answer.headers
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, value]) => value.toLowerCase().split(','))
      .map((name) => name.trim()),
  )
  const taken = answer.headers.filter(([name]) => {
    return !KEPT.has(name.toLowerCase()) && !hops.has(name.toLowerCase())
  })
  const names = new Set(taken.map(([name]) => name.toLowerCase()))
  const headers = [...stored.headers.filter(([name]) => !isReplaced(name, names)), ...taken]
  const { requestedMs, receivedMs } = answer
  return { ...stored, headers, requestedMs, receivedMs }
}

/** `Age` told of the old answer alone. */
function isReplaced(name: string, names: ReadonlySet<string>): boolean {
  return names.has(name.toLowerCase()) || name.toLowerCase() === 'age'
}

/** RFC 9111, 4.3.4: by the strong tag, else by the weak one or the date, else by being the only. */
function isSame(stored: Headers, told: Headers): boolean {
  const tag = tagOf(told)
  const known = tagOf(stored)
  if (tag !== undefined && known !== undefined) {
    // A strong tag is the same byte for byte; with a weak one the rest is compared.
    return tag.startsWith('"') && known.startsWith('"') ? tag === known : weak(tag) === weak(known)
  }
  if (tag?.startsWith('"') === true) return false
  const changedMs = dateOf(told, 'last-modified')
  const knownMs = dateOf(stored, 'last-modified')
  return changedMs === undefined || knownMs === undefined || changedMs === knownMs
}

function weak(tag: string): string {
  return tag.replace(/^W\//, '')
}

/** RFC 9110, 8.8.3; what is not quoted is no tag. */
function tagOf(headers: Headers): string | undefined {
  const tag = headerOf(headers, 'etag')
  return tag !== undefined && /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag) ? tag : undefined
}

function dateOf(headers: Headers, name: string): number | undefined {
  const text = headerOf(headers, name)
  return text === undefined ? undefined : httpDateMs(text)
}

/** Describe the content or the connection (RFC 9111, 3.1 and 3.2). */
const KEPT: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
])
