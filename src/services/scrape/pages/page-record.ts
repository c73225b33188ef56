/**
 * What is kept of an address, and the decisions that rest on it. Pure; instants are ISO 8601 in
 * UTC.
 */
import type { AnilloError } from '../../../base/errors.ts'
import { instant } from '../../../base/instant.ts'
import type { MemberRef, Page } from '../../../wire/api.ts'
import type { PageRecord } from '../../../wire/pages.ts'
import { isFresh, revalidated, type Stored } from '../cache/freshness.ts'
import type { FetchedPage, NotModified } from '../fetch/fetch-page.ts'
import { NOT_MODIFIED } from '../fetch/http-message.ts'
import { FAILURE_FRESH_MS, HISTORY_MAX } from '../limits.ts'
import { isWitnessed, witnessesAfter } from './witnessed.ts'

/** Who made an attempt, and when. */
export interface Made {
  readonly by: MemberRef
  /** Wall clock, ms since 1970. */
  readonly atMs: number
}

export interface Subject {
  readonly id: string
  readonly url: string
}

export function pageRecord(subject: Subject, fetched: FetchedPage, made: Made): PageRecord {
  const at = instant(made.atMs)
  const page: Page = { ...subject, ...fetched, fetchedAt: at, since: at, fetchedBy: made.by }
  return { ...subject, page, history: [{ at, by: made.by.name, status: fetched.status }] }
}

/** The copy as it stands after the site said that it is still so. */
export function renewedRecord(
  before: Page,
  answer: NotModified,
  made: Made,
): PageRecord | undefined {
  const receivedMs = made.atMs
  const requestedMs = receivedMs - answer.durationMs
  const stored = revalidated(storedOf(before), { headers: answer.headers, requestedMs, receivedMs })
  if (stored === undefined) return undefined
  const at = instant(made.atMs)
  const { id, url } = before
  const page: Page = {
    ...before,
    headers: stored.headers.map(([name, value]) => [name, value]),
    fetchedAt: at,
    fetchedBy: made.by,
    durationMs: answer.durationMs,
    remoteAddress: answer.remoteAddress,
    isRevalidated: true,
  }
  const status = NOT_MODIFIED
  return { id, url, page, history: [{ at, by: made.by.name, status }] }
}

/** As the rules of caches see it. */
export function storedOf({ durationMs, fetchedAt, headers, redirects, status }: Page): Stored {
  const receivedMs = Date.parse(fetchedAt)
  const isTemporary = redirects.some((redirect) => !PERMANENT.has(redirect.status))
  const led = isTemporary ? 'temporary' : 'permanent'
  return {
    status,
    headers,
    // From before the redirects to behind the body: never younger than it is.
    requestedMs: receivedMs - durationMs,
    receivedMs,
    redirects: redirects.length === 0 ? 'none' : led,
  }
}

const PERMANENT: ReadonlySet<number> = new Set([301, 308])

export function failureRecord(subject: Subject, error: AnilloError, made: Made): PageRecord {
  const at = instant(made.atMs)
  const failure = { code: error.code, text: error.message, details: { ...error.details }, at }
  return { ...subject, failure, history: [{ at, by: made.by.name, code: error.code }] }
}

/** What is kept once `attempt`, the newest, follows what was kept before. */
export function followedBy(before: PageRecord | undefined, attempt: PageRecord): PageRecord {
  if (before === undefined) return attempt
  const history = [...before.history, ...attempt.history].slice(-HISTORY_MAX)
  const page = pageAfter(before.page, attempt.page)
  return { ...attempt, ...(page === undefined ? {} : { page }), history }
}

function pageAfter(before: Page | undefined, page: Page | undefined): Page | undefined {
  if (before === undefined || page === undefined) return page ?? before
  const since = sinceOf(before)
  if (isSameVersion(before, page)) return { ...page, ...witnessesAfter(before, page), since }
  // A member whose clock is behind must not put what came later before it.
  const laterMs = Math.max(Date.parse(page.fetchedAt), Date.parse(since) + 1)
  return { ...page, since: instant(laterMs) }
}

/** The instant that names a version: when its content was first seen. */
export function sinceOf({ fetchedAt, since }: Pick<Page, 'fetchedAt' | 'since'>): string {
  return since ?? fetchedAt
}

export function isSameContent(a: Pick<Page, 'hash' | 'status'>, b: typeof a): boolean {
  return a.hash === b.hash && a.status === b.status
}

/**
 * Seen again, it is the same version. What the ring saw itself is another one than what somebody
 * imported: else an invented archive would give it a time that the ring never saw.
 */
export function isSameVersion(before: Page, page: Page): boolean {
  return isSameContent(before, page) && isImported(before) === isImported(page)
}

export function isImported({ importedAt }: Pick<Page, 'importedAt'>): boolean {
  return importedAt !== undefined
}

/** What of the copies that are held will do. */
export interface Wish {
  /** Any that is younger. */
  readonly maxAgeMs: number
  /** And any of which the site says that it may be used again; `isFresh`. */
  readonly bySite?: boolean
  /** So many members must have seen it together; `maxAgeMs` is of that. */
  readonly witnesses?: number
  /** By whose network it must have been fetched: a member's name, or the label of a host. */
  readonly vantage?: string
}

export interface Asked extends Wish {
  readonly nowMs: number
  /** How long a copy may be used of which the site says nothing. */
  readonly defaultMs: number
  /** Ids of those whom `vantage` means; absent: anybody. */
  readonly fetchers?: ReadonlySet<string> | undefined
}

/** `page`: the copy will do. `failure`: it failed a moment ago. `none`: the site must be asked. */
export type Verdict = 'page' | 'failure' | 'none'

/**
 * A copy that is young enough stays an answer even where a later attempt failed. One that somebody
 * imported never is: nobody of the ring saw the site say so.
 */
export function verdictOn(record: PageRecord | undefined, asked: Asked): Verdict {
  const page = isOurs(record?.page, asked) ? record?.page : undefined
  if (page !== undefined && isGoodEnough(page, asked)) return 'page'
  // Whose network failed is not told.
  if (asked.fetchers !== undefined) return 'none'
  const failureMaxAgeMs =
    asked.bySite === true ? FAILURE_FRESH_MS : Math.min(asked.maxAgeMs, FAILURE_FRESH_MS)
  if (record?.failure !== undefined && ageMs(record.failure.at, asked.nowMs) < failureMaxAgeMs)
    return 'failure'
  return 'none'
}

/** Somebody of the ring fetched it, and of those who are meant. */
function isOurs(page: Page | undefined, { fetchers }: Asked): boolean {
  if (page === undefined || isImported(page)) return false
  return fetchers === undefined || fetchers.has(page.fetchedBy.id)
}

function isGoodEnough(page: Page, asked: Asked): boolean {
  const { bySite, defaultMs, maxAgeMs, nowMs, witnesses } = asked
  if (witnesses !== undefined) return isWitnessed(page, { witnesses, maxAgeMs, nowMs })
  const passedMs = ageMs(page.fetchedAt, nowMs)
  if (passedMs < maxAgeMs) return true
  if (bySite !== true) return false
  // A site in trouble is not asked by everybody.
  if (page.status >= FIRST_TROUBLE && passedMs < FAILURE_FRESH_MS) return true
  return isFresh(storedOf(page), { nowMs, defaultMs })
}

const FIRST_TROUBLE = 500

/**
 * What may be as old as `maxAgeMs` when it is asked for may be older later: what was made for this
 * very asking is never too old for it. Instants of pages are whole milliseconds, and what was made
 * just before must not pass for it.
 */
function maxAgeAfter(maxAgeMs: number, passedMs: number): number {
  return maxAgeMs + Math.max(0, passedMs - 1)
}

/** `maxAgeAfter` of all that is wished. */
export function wishAfter({ bySite, maxAgeMs, ...wish }: Wish, passedMs: number): Wish {
  return {
    maxAgeMs: maxAgeAfter(maxAgeMs, passedMs),
    ...(bySite === true ? { bySite } : {}),
    ...moreOf(wish),
  }
}

/** Who is to see the page, without what nobody said. */
export function moreOf({
  vantage,
  witnesses,
}: {
  readonly vantage?: string | undefined
  readonly witnesses?: number | undefined
}): Pick<Wish, 'vantage' | 'witnesses'> {
  return {
    ...(witnesses === undefined ? {} : { witnesses }),
    ...(vantage === undefined ? {} : { vantage }),
  }
}

/** The site must be asked in any case: what is held need not be looked at. */
export function isForNothingHeld({ bySite, maxAgeMs }: Wish): boolean {
  return maxAgeMs <= 0 && bySite !== true
}

/** Never negative: another member's clock may be ahead. */
export function ageMs(instant: string, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(instant))
}
