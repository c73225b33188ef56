/**
 * What is kept of an address, and the decisions that rest on it. Pure; instants are ISO 8601 in
 * UTC.
 */
import type { AnilloError } from '../../../base/errors.ts'
import type { MemberRef, Page } from '../../../wire/api.ts'
import type { PageRecord } from '../../../wire/pages.ts'
import type { FetchedPage } from '../fetch/fetch-page.ts'
import { FAILURE_FRESH_MS, HISTORY_MAX } from '../limits.ts'

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
  const at = new Date(made.atMs).toISOString()
  const page: Page = { ...subject, ...fetched, fetchedAt: at, since: at, fetchedBy: made.by }
  return { ...subject, page, history: [{ at, by: made.by.name, status: fetched.status }] }
}

export function failureRecord(subject: Subject, error: AnilloError, made: Made): PageRecord {
  const at = new Date(made.atMs).toISOString()
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
  if (isSameContent(before, page)) return { ...page, since }
  // A member whose clock is behind must not put what came later before it.
  const laterMs = Math.max(Date.parse(page.fetchedAt), Date.parse(since) + 1)
  return { ...page, since: new Date(laterMs).toISOString() }
}

/** The instant that names a version: when its content was first seen. */
export function sinceOf({ fetchedAt, since }: Pick<Page, 'fetchedAt' | 'since'>): string {
  return since ?? fetchedAt
}

/** Seen again, it is the same version. */
export function isSameContent(a: Pick<Page, 'hash' | 'status'>, b: typeof a): boolean {
  return a.hash === b.hash && a.status === b.status
}

export interface Asked {
  readonly nowMs: number
  /** 0: nothing that is held is good enough. */
  readonly maxAgeMs: number
}

/** `page`: the copy will do. `failure`: it failed a moment ago. `none`: the site must be asked. */
export type Verdict = 'page' | 'failure' | 'none'

/** A copy that is young enough stays an answer even where a later attempt failed. */
export function verdictOn(record: PageRecord | undefined, asked: Asked): Verdict {
  if (record?.page !== undefined && ageMs(record.page.fetchedAt, asked.nowMs) < asked.maxAgeMs)
    return 'page'
  const failureMaxAgeMs = Math.min(asked.maxAgeMs, FAILURE_FRESH_MS)
  if (record?.failure !== undefined && ageMs(record.failure.at, asked.nowMs) < failureMaxAgeMs)
    return 'failure'
  return 'none'
}

/**
 * What may be as old as `maxAgeMs` when it is asked for may be older later: what was made for this
 * very asking is never too old for it. Instants of pages are whole milliseconds, and what was made
 * just before must not pass for it.
 */
export function maxAgeAfter(maxAgeMs: number, passedMs: number): number {
  return maxAgeMs + Math.max(0, passedMs - 1)
}

/** Never negative: another member's clock may be ahead. */
export function ageMs(instant: string, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(instant))
}
